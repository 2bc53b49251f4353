/**
 * From a line to failures, in fail2ban's order: date, age, early ignoreregex, prefregex, failregex, late ignoreregex,
 * session, ID (A§2.1, A§2.14). This is the plain path, line by line: the reference for every faster one.
 * Counts nothing, resolves no names, reads no files; the present moment is a parameter.
 * Hot: per line.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { reprText } from "../config/python-text.ts";
import type { UseDns } from "../config/settings.ts";
import type { DetectorState, FoundDate } from "../date/detector.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import type { Failure, MatchLine } from "./failure.ts";
import { failuresOf, type RegexMatched } from "./failure-data.ts";
import { compileParts, type FilterDefinition, type FilterParts, type FilterPorts } from "./filter-parts.ts";
import { type Groups, NO_GROUPS, textOf } from "./groups.ts";
import { chooseId } from "./ids.ts";
import { ignoresEarly } from "./ignore-order.ts";
import { type BufferedLine, type SearchedText, searchedText } from "./line-buffer.ts";
import { type ClockState, LineClock, type TimingInput } from "./line-time.ts";
import type { Pattern } from "./patterns.ts";
import { type ExcessState, SearchExcess, type SearchedLine, stepsFor } from "./search-excess.ts";
import { SessionCache, type SessionState } from "./sessions.ts";
import { type DailyState, DailyWarnings, type FilterWarning, warningOf } from "./warnings.ts";

/** Longest text of a regex in a message, characters, as Python cuts it. */
const SHOWN_PATTERN_CHARS = 200;

export type Verdict = "matched" | "ignored" | "missed" | "too-old" | "no-fail";

/** Everything that the filter saw in a line; `gaoler regex` shows it. */
export interface LineReport {
  readonly verdict: Verdict;
  readonly matched: readonly RegexMatched[];
  /** indexes of the ignoreregexes that matched, one for each test */
  readonly ignoredBy: readonly number[];
  /** the match of the prefregex */
  readonly prefix: RegexMatch | undefined;
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

/** Where an ordinary stamp stands in its line, UTF-16 units. */
export interface StampPlace {
  readonly stampStart: number;
  readonly stampEnd: number;
}

/** What a walk over the bytes of a log has told of a line with an ordinary stamp. */
export interface LineHint extends StampPlace {
  /** indexes of the failregexes that may match, ascending; the others certainly do not */
  readonly mayMatch: readonly number[];
  /** lines with an ordinary stamp since the line before, which came to nothing and were left out */
  readonly skipped: number;
}

/** What a line comes to. */
export interface LineOutcome {
  readonly failures: readonly Failure[];
  readonly verdict: Verdict;
  /** the first failregex and the first ignoreregex that matched */
  readonly regexIndex: number | undefined;
  readonly ignoreIndex: number | undefined;
  readonly date: FoundDate | undefined;
  readonly warnings: readonly FilterWarning[];
}

/** What a filter carries from line to line, as plain data that may go to another thread. */
export interface FilterState {
  readonly detector: DetectorState;
  readonly clock: ClockState;
  readonly buffer: readonly BufferedLine[];
  readonly sessions: readonly (readonly [key: string, session: SessionState])[];
  readonly daily: DailyState;
  readonly excess: ExcessState;
}

const NONE: readonly never[] = [];

/** A line on its way through the filter: a report that is being written. */
class Passage implements LineReport, SearchedLine {
  readonly text: string;
  readonly now: EpochSeconds;
  readonly warn: (warning: FilterWarning) => void;
  readonly triesAll: boolean;
  isHard = false;
  verdict: Verdict = "missed";
  matched: readonly RegexMatched[] = NONE;
  ignoredBy: readonly number[] = NONE;
  prefix: RegexMatch | undefined = undefined;
  date: FoundDate | undefined = undefined;
  line: MatchLine;
  searched = "";
  at: EpochSeconds | undefined = undefined;
  isFloat = true;
  warnings: readonly FilterWarning[] = NONE;

  constructor(text: string, now: EpochSeconds, triesAll: boolean, warn: (warning: FilterWarning) => void) {
    this.text = text;
    this.line = text;
    this.now = now;
    this.warn = warn;
    this.triesAll = triesAll;
  }
}

export class LineFilter {
  readonly #name: string;
  readonly #usedns: UseDns;
  readonly #parts: FilterParts;
  readonly #clock: LineClock;
  readonly #buffer: SearchedText;
  readonly #sessions = new SessionCache();
  readonly #daily = new DailyWarnings();
  readonly #excess: SearchExcess;
  readonly #hasEarlyIgnores: boolean;
  /** whether lines may be left out that come to nothing */
  readonly takesHints: boolean;
  readonly #allFailregexes: readonly number[];
  /** told while the present line is taken */
  #warnings: FilterWarning[] = [];
  readonly #warn = (warning: FilterWarning): void => {
    this.#warnings.push(warning);
  };

  /**
   * @param options `checkFindTime`: whether the age rule applies: always in the server, never in `gaoler regex` (A§2.3); `plain`: every
   * line is to go through the filter
   */
  constructor(
    definition: FilterDefinition,
    parts: FilterParts,
    options: { readonly checkFindTime?: boolean; readonly plain?: boolean },
  ) {
    const { checkFindTime = true, plain = false } = options;
    this.takesHints = !plain && definition.maxlines <= 1;
    this.#name = definition.name;
    this.#usedns = definition.usedns;
    this.#parts = parts;
    this.#clock = new LineClock(definition.name, definition.findtime, checkFindTime);
    this.#buffer = searchedText(definition.maxlines);
    this.#excess = new SearchExcess(definition.name);
    this.#hasEarlyIgnores = ignoresEarly(parts);
    this.#allFailregexes = [...parts.failures.keys()];
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

  /** What the lines so far have left behind. */
  state(): FilterState {
    return {
      detector: this.#parts.detector.state(),
      clock: this.#clock.state(),
      buffer: this.#buffer.state(),
      sessions: this.#sessions.state(),
      daily: this.#daily.state(),
      excess: this.#excess.state(),
    };
  }

  /** Goes on where the {@link state} of a filter of the same definition was taken. */
  restore(state: FilterState): void {
    this.#parts.detector.restore(state.detector);
    this.#clock.restore(state.clock);
    this.#buffer.restore(state.buffer);
    this.#sessions.restore(state.sessions);
    this.#daily.restore(state.daily);
    this.#excess.restore(state.excess);
  }

  /**
   * Takes the next line of the log.
   *
   * @param line without its newline
   * @param hint what is known of it
   * @see compat A§2.1–2.3, A§2.12–2.16
   */
  process(line: string, input: TimingInput, hint?: LineHint): LineOutcome {
    const { verdict, matched, ignoredBy, date, warnings } = this.report(line, input, "first", hint);
    const failures = failuresOf(matched);
    return {
      failures,
      verdict: verdict === "matched" && failures.length === 0 ? "missed" : verdict,
      regexIndex: matched[0]?.regexIndex,
      ignoreIndex: ignoredBy[0],
      date,
      warnings,
    };
  }

  /** As {@link process} with everything seen; `all` goes on after the first regex that matched (A§4.3). */
  report(line: string, input: TimingInput, mode: "first" | "all", hint?: LineHint): LineReport {
    const passage = new Passage(line, input.now, mode === "all", this.#warn);
    passage.verdict = this.#take(passage, input, hint);
    passage.warnings = this.#takeWarnings();
    return passage;
  }

  /**
   * Lets lines go that have an ordinary stamp and come to nothing, as {@link process} would leave the filter behind. Of what once a day
   * is told about times, only what the last of them gives cause for is told.
   *
   * @param count lines, one at least
   * @param last the last of them
   */
  passOver(count: number, last: string, stamp: StampPlace, input: TimingInput): readonly FilterWarning[] {
    const passage = new Passage(last, input.now, false, this.#warn);
    const date = this.#findDate(passage, { ...stamp, mayMatch: NONE, skipped: count - 1 });
    const timed = this.#clock.time(last, date, input, this.#warn);
    this.#clock.age(timed, last, input, this.#warn);
    return this.#takeWarnings();
  }

  #takeWarnings(): readonly FilterWarning[] {
    const warnings = this.#warnings;
    if (warnings.length === 0) return NONE;
    this.#warnings = [];
    return warnings;
  }

  #take(passage: Passage, input: TimingInput, hint: LineHint | undefined): Verdict {
    const { text, now, warn } = passage;
    const date = input.at === undefined ? this.#findDate(passage, hint) : undefined;
    passage.date = date;
    if (date?.empty === true && text === "") return "missed";

    const timed = this.#clock.time(text, date, input, warn);
    passage.line = timed.line;
    passage.at = timed.at;
    passage.isFloat = timed.isFloat;
    const aged = this.#clock.age(timed, text, input, warn);
    if (aged.isTooOld) return "too-old";
    passage.at = aged.at;
    this.#buffer.add(timed.text, timed.line);
    passage.searched = this.#buffer.text();

    if (this.#ignoresEarly(passage)) return "ignored";
    const defaults = this.#applyPrefix(passage);
    if (defaults === undefined) return "missed";
    this.#tryFailregexes(hint?.mayMatch ?? this.#allFailregexes, defaults, passage);

    const verdict = verdictOf(passage.matched, passage.ignoredBy);
    if (verdict === "matched") {
      const undated = this.#clock.matchedUndated(timed, text, now);
      if (undated !== undefined) warn(undated);
    }
    return verdict;
  }

  /** The first ignoreregex test, on the whole text, only where it can save work (A§2.14 step 1). */
  #ignoresEarly(passage: Passage): boolean {
    return this.#hasEarlyIgnores && this.#ignores(this.#buffer.text(), passage);
  }

  #ignores(text: string, passage: Passage): boolean {
    const { ignores } = this.#parts;
    for (let index = 0; index < ignores.length; index++) {
      const pattern = ignores[index];
      if (pattern === undefined || this.#search(pattern, text, passage) === undefined) continue;
      passage.ignoredBy = [...passage.ignoredBy, index];
      return true;
    }
    return false;
  }

  /** The prefregex and what it captured; `undefined`: the line is none of the filter's (A§2.14 step 2). */
  #applyPrefix(passage: Passage): Groups | undefined {
    const { prefix } = this.#parts;
    if (prefix === undefined) return NO_GROUPS;
    const match = this.#search(prefix, this.#buffer.text(), passage);
    if (match === undefined) return undefined;
    passage.prefix = match;
    const defaults = prefix.groupsOf(match);
    const content = textOf(defaults, "content");
    defaults.delete("content");
    if (content !== undefined) this.#buffer.replaceWith(content);
    return defaults;
  }

  /** The failregexes in order; the first that matches ends it, unless all are tried (A§2.14 steps 3 and 4). */
  #tryFailregexes(mayMatch: readonly number[], defaults: Groups, passage: Passage): void {
    const { failures } = this.#parts;
    for (const index of mayMatch) {
      const pattern = failures[index];
      if (pattern === undefined) continue;
      const match = this.#search(pattern, this.#buffer.text(), passage);
      if (match === undefined) continue;
      const covered = this.#buffer.covered(match.start, match.end, pattern.skippedOf(match));
      const captured = pattern.groupsOf(match, defaults);
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
      const match = { regexIndex, kind, chosen, at: passage.at, groups, matches };
      passage.matched = passage.matched.length === 0 ? [match] : [...passage.matched, match];
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

  #findDate(passage: Passage, hint: LineHint | undefined): FoundDate | undefined {
    const { detector } = this.#parts;
    const { text, now } = passage;
    try {
      if (hint === undefined) return detector.find(text, now);
      const { skipped, stampStart, stampEnd } = hint;
      // the last of those lines leaves nothing behind that this one does not overwrite
      if (skipped > 0) detector.noteOrdinary(skipped, text, stampStart, stampEnd, now);
      return detector.findOrdinary(text, stampStart, stampEnd, now);
    } catch (error) {
      return this.#excess.giveUp(error, "datepattern", passage);
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
    passage.warn(warningOf("no-address", "WARNING", said, `[${this.#name}] Line: ${passage.text}`));
  }

  #warnNoGroup(pattern: Pattern, lines: readonly MatchLine[], passage: Passage): void {
    const text = lines.map((line) => (typeof line === "string" ? line : line[0] + line[2])).join("\n");
    const regex = reprText(pattern.expanded).slice(0, SHOWN_PATTERN_CHARS);
    const said = `No group found in '${text}\n' using 're.compile(${regex})'`;
    passage.warn(warningOf("no-group", "ERROR", said));
  }
}

function verdictOf(matched: readonly RegexMatched[], ignoredBy: readonly number[]): Verdict {
  if (matched.length === 0) return ignoredBy.length > 0 ? "ignored" : "missed";
  return matched.some(({ kind }) => kind === "failure") ? "matched" : "no-fail";
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
    parts === undefined
      ? undefined
      : new LineFilter(definition, parts, { ...ports, plain: ports.plain === true || ports.exact === true });
  return { filter, diagnostics };
}
