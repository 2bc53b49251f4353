/**
 * From a line to failures, in fail2ban's order: date, age, early ignoreregex, prefregex, failregex, late ignoreregex,
 * session, ID (A§2.1, A§2.14). This is the plain path, line by line: the reference for every faster one.
 * Counts nothing, resolves no names, reads no files; the present moment is a parameter.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { reprText } from "../config/python-text.ts";
import type { UseDns } from "../config/settings.ts";
import type { FoundDate } from "../date/detector.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import type { Failure, MatchLine } from "./failure.ts";
import { failureOf, type RegexMatched, snapshot } from "./failure-data.ts";
import { compileParts, type FilterDefinition, type FilterParts, type FilterPorts } from "./filter-parts.ts";
import { type Groups, type GroupValue, overlay, textOf } from "./groups.ts";
import { chooseId } from "./ids.ts";
import { LineBuffer } from "./line-buffer.ts";
import { LineClock, type TimingInput } from "./line-time.ts";
import type { Pattern } from "./patterns.ts";
import { SearchExcess, type SearchedLine, stepsFor } from "./search-excess.ts";
import { SessionCache } from "./sessions.ts";
import { DailyWarnings, type FilterWarning, warningOf } from "./warnings.ts";

/** The early ignore test pays only with this many more failregexes than ignoreregexes (A§2.14). */
const EARLY_IGNORE_MARGIN = 2;
/** Longest text of a regex in a message, characters, as Python cuts it. */
const SHOWN_PATTERN_CHARS = 200;

export type Verdict = "matched" | "ignored" | "missed" | "too-old" | "no-fail";

/** Everything that the filter saw in a line; `gaoler regex` shows it. */
export interface LineReport {
  readonly verdict: Verdict;
  readonly matched: readonly RegexMatched[];
  /** indexes of the ignoreregexes that matched, one for each test */
  readonly ignoredBy: readonly number[];
  /** groups of the prefregex, where it matched */
  readonly prefix: ReadonlyMap<string, GroupValue> | undefined;
  readonly date: FoundDate | undefined;
  /** the line as matches hold it */
  readonly line: MatchLine;
  /** what the prefregex, or without one the failregexes, searched; empty where it did not come to that */
  readonly searched: string;
  /** time of the line after the age rule */
  readonly at: EpochSeconds | undefined;
  /** whether fail2ban would hold that time as a float: a stamp of local time, or none */
  readonly isFloat: boolean;
  readonly warnings: readonly FilterWarning[];
}

/** What a line comes to. */
export interface LineOutcome {
  readonly failures: readonly Failure[];
  readonly verdict: Verdict;
  readonly regexIndex?: number;
  readonly ignoreIndex?: number;
  readonly date?: FoundDate;
  readonly warnings: readonly FilterWarning[];
}

/** A line on its way through the filter. */
interface Passage extends SearchedLine {
  readonly at: EpochSeconds | undefined;
  readonly triesAll: boolean;
  readonly matched: RegexMatched[];
  readonly ignoredBy: number[];
}

export class LineFilter {
  readonly #name: string;
  readonly #usedns: UseDns;
  readonly #parts: FilterParts;
  readonly #clock: LineClock;
  readonly #buffer: LineBuffer;
  readonly #sessions = new SessionCache();
  readonly #daily = new DailyWarnings();
  readonly #excess: SearchExcess;

  /** @param checkFindTime whether the age rule applies: always in the server, never in `gaoler regex` (A§2.3) */
  constructor(definition: FilterDefinition, parts: FilterParts, checkFindTime: boolean) {
    this.#name = definition.name;
    this.#usedns = definition.usedns;
    this.#parts = parts;
    this.#clock = new LineClock(definition.name, definition.findtime, checkFindTime);
    this.#buffer = new LineBuffer(definition.maxlines);
    this.#excess = new SearchExcess(definition.name);
  }

  /** The compiled parts, for those who show them. */
  get parts(): FilterParts {
    return this.#parts;
  }

  /** Searches that took too long and counted as not matching. */
  get searchesGivenUp(): number {
    return this.#excess.count;
  }

  /** `set J findtime` at run time; the age limit of old lines follows. */
  setFindtime(findtime: Seconds): void {
    this.#clock.findtime = findtime;
  }

  /**
   * Takes the next line of the log.
   *
   * @param line without its newline
   * @see compat A§2.1–2.3, A§2.12–2.16
   */
  process(line: string, input: TimingInput): LineOutcome {
    const { verdict, matched, ignoredBy, date, warnings } = this.report(line, input, "first");
    const failures = matched.flatMap((match) => failureOf(match) ?? []);
    const [regexIndex] = matched.map((match) => match.regexIndex);
    const [ignoreIndex] = ignoredBy;
    return {
      failures,
      verdict: verdict === "matched" && failures.length === 0 ? "missed" : verdict,
      ...(regexIndex === undefined ? {} : { regexIndex }),
      ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
      ...(date === undefined ? {} : { date }),
      warnings,
    };
  }

  /** As {@link process} with everything seen; `all` goes on after the first regex that matched (A§4.3). */
  report(line: string, input: TimingInput, mode: "first" | "all"): LineReport {
    const warnings: FilterWarning[] = [];
    const warn = (warning: FilterWarning): void => {
      warnings.push(warning);
    };
    const { now } = input;
    const date = input.at === undefined ? this.#findDate(line, now, warn) : undefined;
    const nothing = { matched: [], ignoredBy: [], prefix: undefined, date, searched: "", warnings };
    if (date?.empty === true && line === "") {
      return { ...nothing, verdict: "missed", line, at: undefined, isFloat: true };
    }

    const timed = this.#clock.time(line, date, input, warn);
    const aged = this.#clock.age(timed, line, input, warn);
    const { isFloat } = timed;
    if (aged.isTooOld) return { ...nothing, verdict: "too-old", line: timed.line, at: timed.at, isFloat };
    const { at } = aged;
    this.#buffer.add(timed.text, timed.line);
    const searched = this.#buffer.text();
    const done = (verdict: Verdict): LineReport => ({
      ...nothing,
      verdict,
      line: timed.line,
      at,
      isFloat,
      searched,
    });

    const passage: Passage = {
      line,
      at,
      now,
      warn,
      triesAll: mode === "all",
      matched: [],
      ignoredBy: [],
    };
    if (this.#ignoresEarly(passage)) return { ...done("ignored"), ignoredBy: passage.ignoredBy };
    const prefix = this.#applyPrefix(passage);
    if (prefix === undefined) return done("missed");
    this.#tryFailregexes(prefix.defaults, passage);

    const { matched, ignoredBy } = passage;
    if (matched.some(({ kind }) => kind === "failure")) {
      const undated = this.#clock.matchedUndated(timed, line, now);
      if (undated !== undefined) warn(undated);
    }
    return { ...done(verdictOf(matched, ignoredBy)), matched, ignoredBy, prefix: prefix.shown };
  }

  /** The first ignoreregex test, on the whole text, only where it can save work (A§2.14 step 1). */
  #ignoresEarly(passage: Passage): boolean {
    const { ignores, failures } = this.#parts;
    if (ignores.length === 0 || ignores.length >= failures.length - EARLY_IGNORE_MARGIN) return false;
    return this.#ignores(this.#buffer.text(), passage);
  }

  #ignores(text: string, passage: Passage): boolean {
    const index = this.#parts.ignores.findIndex(
      (pattern) => this.#search(pattern, text, passage) !== undefined,
    );
    if (index < 0) return false;
    passage.ignoredBy.push(index);
    return true;
  }

  /** The prefregex; `undefined`: the line is none of the filter's (A§2.14 step 2). */
  #applyPrefix(
    passage: Passage,
  ): { readonly defaults: Groups; readonly shown: Groups | undefined } | undefined {
    const { prefix } = this.#parts;
    if (prefix === undefined) return { defaults: new Map(), shown: undefined };
    const match = this.#search(prefix, this.#buffer.text(), passage);
    if (match === undefined) return undefined;
    const shown = prefix.groupsOf(match);
    const defaults = new Map(shown);
    const content = textOf(defaults, "content");
    defaults.delete("content");
    if (content !== undefined) this.#buffer.replaceWith(content);
    return { defaults, shown };
  }

  /** The failregexes in order; the first that matches ends it, unless all are tried (A§2.14 steps 3 and 4). */
  #tryFailregexes(defaults: Groups, passage: Passage): void {
    for (const [index, pattern] of this.#parts.failures.entries()) {
      const match = this.#search(pattern, this.#buffer.text(), passage);
      if (match === undefined) continue;
      const covered = this.#buffer.covered(match.start, match.end, pattern.skippedOf(match));
      const captured = mergeGroups(defaults, pattern.groupsOf(match));
      covered.take();
      const isDone =
        this.#ignores(covered.text, passage) ||
        this.#conclude(index, pattern, captured, covered.lines, passage);
      if (isDone && !passage.triesAll) return;
    }
  }

  /** Session and ID of a match; false: nothing captured tells who it was, the next regex is tried. */
  #conclude(
    regexIndex: number,
    pattern: Pattern,
    captured: Groups,
    lines: readonly MatchLine[],
    passage: Passage,
  ): boolean {
    const key = textOf(captured, "mlfid");
    const session = key === undefined ? undefined : this.#sessions.join(key, captured, lines, passage.now);
    const groups = session?.groups ?? captured;
    const chosen = chooseId(groups, this.#usedns);
    if (chosen.kind === "id" && chosen.ip !== undefined) groups.set("ip", chosen.ip);
    const add = (kind: RegexMatched["kind"]): boolean => {
      const matches = session?.matches ?? lines;
      passage.matched.push({ regexIndex, kind, chosen, at: passage.at, groups: snapshot(groups), matches });
      return true;
    };

    if (session?.isQuiet === true) {
      // trying all regexes, fail2ban-regex has a harmless line without an address wait for one, too
      if (passage.triesAll && chosen.kind === "none") session.wait();
      return add("no-fail");
    }
    switch (chosen.kind) {
      case "id":
      case "host":
        return add("failure");
      case "name-refused":
        return true;
      case "no-address":
        this.#warnNoAddress(chosen.text, passage);
        return true;
      case "none":
        if (session !== undefined) {
          session.wait();
          return add("pending");
        }
        this.#warnNoGroup(pattern, lines, passage);
        return false;
    }
  }

  #findDate(line: string, now: EpochSeconds, warn: Passage["warn"]): FoundDate | undefined {
    try {
      return this.#parts.detector.find(line, now);
    } catch (error) {
      return this.#excess.giveUp(error, "datepattern", { line, now, warn });
    }
  }

  #search(pattern: Pattern, text: string, passage: Passage): RegexMatch | undefined {
    try {
      return pattern.search(text, stepsFor(passage));
    } catch (error) {
      return this.#excess.giveUp(error, pattern.source, passage);
    }
  }

  #warnNoAddress(text: string, passage: Passage): void {
    if (!this.#daily.isDue("no-address", passage.now)) return;
    const said = `[${this.#name}] Found '${text}', which looks like an address but is none; no failure is counted.`;
    passage.warn(warningOf("no-address", "WARNING", said, `[${this.#name}] Line: ${passage.line}`));
  }

  #warnNoGroup(pattern: Pattern, lines: readonly MatchLine[], passage: Passage): void {
    const text = lines.map((line) => (typeof line === "string" ? line : line[0] + line[2])).join("\n");
    const regex = reprText(pattern.expanded).slice(0, SHOWN_PATTERN_CHARS);
    const said = `No group found in '${text}\n' using 're.compile(${regex})'`;
    passage.warn(warningOf("no-group", "ERROR", said));
  }
}

/** The prefregex's groups below those of the failregex that took part (A§2.14). */
function mergeGroups(defaults: Groups, captured: Groups): Groups {
  if (defaults.size === 0) return captured;
  const merged: Groups = new Map(defaults);
  for (const name of captured.keys()) if (!merged.has(name)) merged.set(name, undefined);
  overlay(merged, captured);
  return merged;
}

function verdictOf(matched: readonly RegexMatched[], ignoredBy: readonly number[]): Verdict {
  if (matched.some(({ kind }) => kind !== "no-fail")) {
    return matched.some(({ kind }) => kind === "failure") ? "matched" : "no-fail";
  }
  if (matched.length > 0) return "no-fail";
  return ignoredBy.length > 0 ? "ignored" : "missed";
}

/**
 * Builds the filter of a jail.
 *
 * @returns `filter` is `undefined` where prefregex or datepattern cannot be used; a bad failregex or ignoreregex is left
 * out. Every mistake is a diagnostic with its place.
 */
export function compileFilter(
  definition: FilterDefinition,
  ports: FilterPorts & { readonly checkFindTime?: boolean },
): { readonly filter: LineFilter | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { parts, diagnostics } = compileParts(definition, ports);
  const filter =
    parts === undefined ? undefined : new LineFilter(definition, parts, ports.checkFindTime ?? true);
  return { filter, diagnostics };
}
