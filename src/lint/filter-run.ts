/**
 * Whom a filter takes by one line: prefregex, failregexes in order, ignoreregexes, choice of the ID, as the filter itself does it, but
 * without a memory, so that one trial does not change the next. Dates are left out: the line begins after its time.
 * @module
 */
import type { UseDns } from "../config/settings.ts";
import type { FilterParts } from "../filter/filter-parts.ts";
import { NO_GROUPS, textOf } from "../filter/groups.ts";
import { chooseId } from "../filter/ids.ts";
import type { Pattern } from "../filter/patterns.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import { RegexBudgetError } from "../regex/errors.ts";

export interface Taken {
  /** address or name */
  readonly host: string;
  readonly regexIndex: number;
}

/** Steps that the exact matcher may take for one trial. */
const TRIAL_STEPS = 200_000;

function search(pattern: Pattern, text: string): RegexMatch | undefined {
  try {
    return pattern.search(text, TRIAL_STEPS);
  } catch (error) {
    if (!(error instanceof RegexBudgetError)) throw error;
    return undefined;
  }
}

/** @returns `undefined`: the line is no failure of anybody */
export function whomTakes(parts: FilterParts, usedns: UseDns, line: string): Taken | undefined {
  const { prefix, failures, ignores } = parts;
  const before = prefix === undefined ? undefined : search(prefix, line);
  if (prefix !== undefined && before === undefined) return undefined;
  const defaults = prefix === undefined || before === undefined ? NO_GROUPS : prefix.groupsOf(before);
  const content = textOf(defaults, "content") ?? line;
  defaults.delete("content");
  for (const [regexIndex, pattern] of failures.entries()) {
    const match = search(pattern, content);
    if (match === undefined) continue;
    if (ignores.some((ignore) => search(ignore, content) !== undefined)) return undefined;
    const groups = pattern.groupsOf(match, defaults);
    // who has got in did nothing wrong
    if (textOf(groups, "mlfgained") !== undefined) return undefined;
    const chosen = chooseId(groups, usedns);
    if (chosen.kind === "id") return { host: chosen.ip ?? chosen.id, regexIndex };
    if (chosen.kind === "host") return { host: chosen.host, regexIndex };
    // without anybody captured the next regex is tried, as the filter does
    if (chosen.kind !== "none") return undefined;
  }
  return undefined;
}
