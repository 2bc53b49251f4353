/**
 * From a line to failures, in fail2ban's order: date, age, early ignoreregex, prefregex, failregex, late ignoreregex,
 * session, ID (A§2.1, A§2.14). This is the plain path, line by line: the reference for every faster one.
 * Counts nothing, resolves no names, reads no files; the present moment is a parameter.
 * Hot: per line.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Seconds } from "../base/units.ts";
import type { DetectorState, FoundDate } from "../date/detector.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import type { CapturedLine } from "./captured-line.ts";
import { type CapturedSearch, MATCH, NO_MATCH, UNKNOWN } from "./captured-search.ts";
import { type ConclusionState, Conclusions, UNKEPT_LINE } from "./conclusions.ts";
import { failuresOf } from "./failure-data.ts";
import { compileParts, type FilterDefinition, type FilterParts, type FilterPorts } from "./filter-parts.ts";
import { type Groups, NO_GROUPS, textOf } from "./groups.ts";
import { ignoresEarly } from "./ignore-order.ts";
import { type BufferedLine, type SearchedText, searchedText } from "./line-buffer.ts";
import {
  type FirstMatch,
  type LineHint,
  type LineOutcome,
  type LineReport,
  Passage,
  type StampPlace,
  type Verdict,
} from "./line-report.ts";
import { type ClockState, LineClock, type TimingInput, TOO_OLD } from "./line-time.ts";
import type { Pattern } from "./patterns.ts";
import { type ExcessState, SearchExcess, stepsFor } from "./search-excess.ts";
import type { FilterWarning } from "./warnings.ts";

/** What a filter carries from line to line, as plain data that may go to another thread. */
export interface FilterState {
  readonly detector: DetectorState;
  readonly clock: ClockState;
  readonly buffer: readonly BufferedLine[];
  readonly conclusions: ConclusionState;
  readonly excess: ExcessState;
}

const NONE: readonly never[] = [];

export class LineFilter {
  readonly #parts: FilterParts;
  readonly #clock: LineClock;
  readonly #buffer: SearchedText;
  readonly #conclusions: Conclusions;
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
  /** the line that lies in its chunk */
  readonly #passage = new Passage(this.#warn);

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
    this.#parts = parts;
    this.#clock = new LineClock(definition.name, definition.findtime, checkFindTime);
    this.#buffer = searchedText(definition.maxlines);
    this.#conclusions = new Conclusions(definition.name, definition.usedns);
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
      conclusions: this.#conclusions.state(),
      excess: this.#excess.state(),
    };
  }

  /** Goes on where the {@link state} of a filter of the same definition was taken. */
  restore(state: FilterState): void {
    this.#parts.detector.restore(state.detector);
    this.#clock.restore(state.clock);
    this.#buffer.restore(state.buffer);
    this.#conclusions.restore(state.conclusions);
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
    return outcomeOf(this.report(line, input, "first", hint));
  }

  /** As {@link process}, for a line that lies in its chunk. */
  processCaptured(line: CapturedLine, captures: CapturedSearch, input: TimingInput): LineOutcome {
    return outcomeOf(this.reportCaptured(line, captures, input, "first"));
  }

  /** As {@link process} with everything seen; `all` goes on after the first regex that matched (A§4.3). */
  report(line: string, input: TimingInput, mode: "first" | "all", hint?: LineHint): LineReport {
    const passage = new Passage(this.#warn).begin(line, input.now, mode === "all");
    passage.verdict = this.#take(passage, input, hint);
    passage.warnings = this.#takeWarnings();
    return passage;
  }

  /**
   * As {@link report}, for a line that lies in its chunk.
   *
   * @param captures the line was taken there
   * @returns the report, good until the next line
   */
  reportCaptured(
    line: CapturedLine,
    captures: CapturedSearch,
    input: TimingInput,
    mode: "first" | "all",
  ): LineReport & FirstMatch {
    const passage = this.#passage.begin(line, input.now, mode === "all");
    passage.verdict = this.#takeCaptured(passage, line, captures, input);
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
    const passage = new Passage(this.#warn).begin(last, input.now, false);
    const date = this.#findDate(passage, { ...stamp, mayMatch: NONE, skipped: count - 1 });
    const timed = this.#clock.time(last, date, input, this.#warn);
    this.#clock.age(timed.at, passage, input, this.#warn);
    return this.#takeWarnings();
  }

  #takeWarnings(): readonly FilterWarning[] {
    const warnings = this.#warnings;
    if (warnings.length === 0) return NONE;
    this.#warnings = [];
    return warnings;
  }

  #take(passage: Passage, input: TimingInput, hint: LineHint | undefined): Verdict {
    const date = input.at === undefined ? this.#findDate(passage, hint) : undefined;
    return this.#takeDated(passage, date, input, hint?.mayMatch ?? this.#allFailregexes);
  }

  #takeDated(
    passage: Passage,
    date: FoundDate | undefined,
    input: TimingInput,
    mayMatch: readonly number[],
  ): Verdict {
    const { text, now, warn } = passage;
    passage.date = date;
    if (date?.empty === true && text === "") return "missed";

    const timed = this.#clock.time(text, date, input, warn);
    passage.line = timed.line;
    passage.at = timed.at;
    passage.isFloat = timed.isFloat;
    const at = this.#clock.age(timed.at, passage, input, warn);
    if (at === TOO_OLD) return "too-old";
    passage.at = at;
    this.#buffer.add(timed.text, timed.line);
    passage.searched = this.#buffer.text();

    if (this.#ignoresEarly(passage)) return "ignored";
    const verdict = this.#search(passage, mayMatch);
    if (verdict === "matched") {
      const undated = this.#clock.matchedUndated(timed, text, now);
      if (undated !== undefined) warn(undated);
    }
    return verdict;
  }

  /** Prefregex and failregexes on what is in the buffer. */
  #search(passage: Passage, mayMatch: readonly number[]): Verdict {
    const defaults = this.#applyPrefix(passage);
    if (defaults === undefined) return "missed";
    this.#tryFailregexes(mayMatch, defaults, passage);
    return verdictOf(passage);
  }

  #takeCaptured(passage: Passage, line: CapturedLine, captures: CapturedSearch, input: TimingInput): Verdict {
    captures.begin(line.cutLength);
    const date = this.#findCapturedDate(passage, line);
    const stampAt = date === undefined || date.empty ? undefined : this.#clock.dated(date, input);
    if (date === undefined || stampAt === undefined) {
      captures.isUnsure = true;
      return this.#takeDated(passage, date, input, line.mayMatch);
    }

    passage.date = date;
    passage.at = stampAt;
    passage.isFloat = date.isFloat;
    const at = this.#clock.age(stampAt, passage, input, passage.warn);
    if (at === TOO_OLD) return "too-old";
    passage.at = at;
    if (this.#hasEarlyIgnores && this.#ignoresCaptured(true, line, captures, passage)) return "ignored";
    if (this.#parts.prefix !== undefined) {
      const outcome = captures.runPrefix();
      if (outcome === NO_MATCH) return "missed";
      if (outcome === UNKNOWN) {
        this.#buffer.add(line.cut, passage.line);
        return this.#search(passage, line.mayMatch);
      }
      passage.isPrefixed = true;
    }
    this.#tryCaptured(passage, line, captures);
    return verdictOf(passage);
  }

  /** As {@link #tryFailregexes} on a line that lies in its chunk. */
  #tryCaptured(passage: Passage, line: CapturedLine, captures: CapturedSearch): void {
    const { failures, ignores } = this.#parts;
    const { mayMatch } = line;
    for (let at = 0; at < mayMatch.length; at++) {
      const index = mayMatch[at] ?? 0;
      const pattern = failures[index];
      if (pattern === undefined) continue;
      const outcome = captures.runFailregex(index);
      if (outcome === NO_MATCH) continue;
      let groups: Groups | undefined;
      let coversLine = true;
      if (outcome === MATCH) {
        groups = captures.groupsOf(index, line);
        coversLine = captures.coversLine;
      } else {
        const text = `${line.cut.slice(captures.from, captures.to)}\n`;
        const match = this.#ask(pattern, text, passage);
        if (match === undefined) continue;
        groups = pattern.groupsOf(match, captures.groupsOfPrefix(index, line));
        coversLine = match.start < text.length;
      }
      const isIgnored =
        ignores.length > 0 &&
        (coversLine ? this.#ignoresCaptured(false, line, captures, passage) : this.#ignores("", passage));
      const kept = line.keepsLines ? [passage.line] : UNKEPT_LINE;
      const lines = coversLine ? kept : NONE;
      const isDone =
        isIgnored || this.#conclusions.conclude(index, pattern, groups ?? NO_GROUPS, lines, passage);
      if (isDone && !passage.triesAll) return;
    }
  }

  /** As {@link #ignores} on a line that lies in its chunk. */
  #ignoresCaptured(
    isWhole: boolean,
    line: CapturedLine,
    captures: CapturedSearch,
    passage: Passage,
  ): boolean {
    const { ignores } = this.#parts;
    for (let index = 0; index < ignores.length; index++) {
      const pattern = ignores[index];
      if (pattern === undefined) continue;
      const outcome = captures.runIgnoreregex(index, isWhole);
      if (outcome === NO_MATCH) continue;
      if (outcome === UNKNOWN) {
        const text = isWhole ? line.cut : line.cut.slice(captures.from, captures.to);
        if (this.#ask(pattern, `${text}\n`, passage) === undefined) continue;
      }
      passage.ignoredBy = [...passage.ignoredBy, index];
      return true;
    }
    return false;
  }

  /** The first ignoreregex test, on the whole text, only where it can save work (A§2.14 step 1). */
  #ignoresEarly(passage: Passage): boolean {
    return this.#hasEarlyIgnores && this.#ignores(this.#buffer.text(), passage);
  }

  #ignores(text: string, passage: Passage): boolean {
    const { ignores } = this.#parts;
    for (let index = 0; index < ignores.length; index++) {
      const pattern = ignores[index];
      if (pattern === undefined || this.#ask(pattern, text, passage) === undefined) continue;
      passage.ignoredBy = [...passage.ignoredBy, index];
      return true;
    }
    return false;
  }

  /** The prefregex and what it captured; `undefined`: the line is none of the filter's (A§2.14 step 2). */
  #applyPrefix(passage: Passage): Groups | undefined {
    const { prefix } = this.#parts;
    if (prefix === undefined) return NO_GROUPS;
    const match = this.#ask(prefix, this.#buffer.text(), passage);
    if (match === undefined) return undefined;
    passage.isPrefixed = true;
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
      const match = this.#ask(pattern, this.#buffer.text(), passage);
      if (match === undefined) continue;
      const covered = this.#buffer.covered(match.start, match.end, pattern.skippedOf(match));
      const groups = pattern.groupsOf(match, defaults);
      covered.take();
      const isDone =
        this.#ignores(covered.text, passage) ||
        this.#conclusions.conclude(index, pattern, groups, covered.lines, passage);
      if (isDone && !passage.triesAll) return;
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

  /** As {@link #findDate}: where the stamp is that of the line before, without its text. */
  #findCapturedDate(passage: Passage, line: CapturedLine): FoundDate | undefined {
    const known = this.#parts.detector.sameOrdinary(line, 1 + line.skipped, passage.now);
    if (known !== undefined) return known;
    const { start, skipped, mayMatch } = line;
    const stampStart = line.stampStart - start;
    const stampEnd = line.stampEnd - start;
    return this.#findDate(passage, { stampStart, stampEnd, skipped, mayMatch });
  }

  #ask(pattern: Pattern, text: string, passage: Passage): RegexMatch | undefined {
    try {
      return pattern.search(text, stepsFor(passage));
    } catch (error) {
      return this.#excess.giveUp(error, pattern.source, passage);
    }
  }
}

function outcomeOf({ verdict, matched, ignoredBy, date, warnings }: LineReport): LineOutcome {
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

function verdictOf({ matches, hasFailure, ignoredBy }: Passage): Verdict {
  if (matches === 0) return ignoredBy.length > 0 ? "ignored" : "missed";
  return hasFailure ? "matched" : "no-fail";
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
