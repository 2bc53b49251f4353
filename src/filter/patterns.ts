/**
 * One regex of a filter: tags expanded, compiled, checked for what it must capture (A§2.11).
 * Knows no lines and no order of regexes.
 * @module
 */
import type { UseDns } from "../config/settings.ts";
import { compileRegex } from "../regex/compile.ts";
import type { CompiledRegex, EngineName, RegexMatch } from "../regex/compiled-regex.ts";
import { RegexSyntaxError } from "../regex/errors.ts";
import { GroupReader } from "./group-reader.ts";
import type { Groups } from "./groups.ts";
import { expandTags } from "./tags.ts";

/** One of these must be captured by a failregex or by the prefregex. */
const ID_GROUPS = ["fid", "ip4", "ip6", "dns", "mlfid"] as const;

/** A regex that cannot be used; the message is fail2ban's. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

export interface PatternOptions {
  readonly usedns: UseDns;
  /** `^` and `$` at every line (A§2.12) */
  readonly multiline?: boolean;
  /** the exact matcher, whatever would be faster */
  readonly exact?: boolean;
}

export interface Pattern {
  /** as configured */
  readonly source: string;
  /** with tags expanded, in Python's syntax */
  readonly expanded: string;
  /** which engine searches, why that one, and how the time of a search grows with the text */
  readonly engine: EngineName;
  readonly reason: string;
  readonly cost: string;
  /** @param maxSteps less than the usual budget */
  search(text: string, maxSteps?: number): RegexMatch | undefined;
  /** all named groups of a match of this pattern, over those of another match where there was one */
  groupsOf(match: RegexMatch, below?: Groups): Groups;
  /** what reads the matches */
  readonly reader: GroupReader;
  /** texts of the lines that the `<SKIPLINES>` of a match captured */
  skippedOf(match: RegexMatch): readonly string[];
  hasIdGroup(): boolean;
}

function linesOf(captured: string | undefined): readonly string[] {
  return captured === undefined ? [] : captured.split("\n").slice(0, -1);
}

function patternOf(source: string, regex: CompiledRegex): Pattern {
  const reader = new GroupReader(regex);
  const skipNames = regex.groupNames.filter((name) => /^skiplines\d+$/.test(name));
  return {
    source,
    expanded: regex.pattern,
    // asked for by reports alone: they would choose the engine
    get engine() {
      return regex.engine;
    },
    get reason() {
      return regex.reason;
    },
    get cost() {
      return regex.cost;
    },
    search: (text, maxSteps) => regex.search(text, 0, maxSteps),
    groupsOf: (match, below) => reader.read(match, below),
    reader,
    skippedOf: (match) =>
      skipNames.length === 0 ? skipNames : skipNames.flatMap((name) => linesOf(match.group(name))),
    hasIdGroup: () => ID_GROUPS.some((name) => regex.groupIndex.has(name)),
  };
}

/**
 * Compiles a regex of a filter.
 *
 * @throws {PatternError} blank, or not a regex, with fail2ban's text (A§2.11)
 */
export function compilePattern(source: string, options: PatternOptions): Pattern {
  if (source.trim() === "") throw new PatternError("Cannot add empty regex");
  const expanded = expandTags(source, options.usedns);
  try {
    const { multiline = false, exact = false } = options;
    return patternOf(source, compileRegex(expanded, { multiline, exact }));
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw new PatternError(`Unable to compile regular expression '${expanded}':\n${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Compiles a failregex.
 *
 * @param prefix the prefregex, which may capture the ID instead
 * @throws {PatternError} as above, or nothing in it tells who it was
 */
export function compileFailregex(
  source: string,
  options: PatternOptions,
  prefix: Pattern | undefined,
): Pattern {
  const pattern = compilePattern(source, options);
  if (pattern.hasIdGroup() || prefix?.hasIdGroup() === true) return pattern;
  throw new PatternError(`No failure-id group in '${pattern.expanded}'`);
}
