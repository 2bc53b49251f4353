/**
 * The filter of a jail: takes lines as text, or as they lie in their chunk, and tells what they come to. Holds what lines leave behind for
 * the next ones, and warnings until they are told.
 * Counts nothing, resolves no names, reads no files; the present moment is a parameter.
 * Hot: per line.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Seconds } from "../base/units.ts";
import type { DetectorState } from "../date/detector.ts";
import type { StampRanges } from "../date/latest-date.ts";
import type { CapturedGroups } from "./captured-groups.ts";
import type { CapturedLine } from "./captured-line.ts";
import { CapturedPath } from "./captured-path.ts";
import type { CapturedSearch } from "./captured-search.ts";
import { type ConclusionState, Conclusions } from "./conclusions.ts";
import type { Failure } from "./failure.ts";
import { failuresOf } from "./failure-data.ts";
import { compileParts, type FilterDefinition, type FilterParts, type FilterPorts } from "./filter-parts.ts";
import { type BufferedLine, type SearchedText, searchedText } from "./line-buffer.ts";
import {
  type FirstMatch,
  type LineHint,
  type LineOutcome,
  type LineReport,
  Passage,
  type StampPlace,
} from "./line-report.ts";
import { type ClockState, LineClock, type TimingInput } from "./line-time.ts";
import { PlainPath } from "./plain-path.ts";
import { type ExcessState, SearchExcess } from "./search-excess.ts";
import type { SessionCache } from "./sessions.ts";
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
  readonly #plain: PlainPath;
  readonly #captured: CapturedPath;
  /** whether lines may be left out that come to nothing */
  readonly takesHints: boolean;
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
    const path = {
      parts,
      clock: this.#clock,
      buffer: this.#buffer,
      conclusions: this.#conclusions,
      excess: this.#excess,
    };
    this.#plain = new PlainPath(path);
    this.#captured = new CapturedPath(this.#plain, path);
  }

  /** The compiled parts, for those who show them. */
  get parts(): FilterParts {
    return this.#parts;
  }

  get sessions(): SessionCache {
    return this.#conclusions.sessions;
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
    const report = this.report(line, input, "first", hint);
    return outcomeOf(report, report.matched[0]?.regexIndex, failuresOf(report.matched));
  }

  /** As {@link process}, for a line that lies in its chunk. Its failures are good until the next line. */
  processCaptured(line: CapturedLine, captures: CapturedSearch, input: TimingInput): LineOutcome {
    const report = this.reportCaptured(line, captures, input, "first");
    return outcomeOf(report, report.matches > 0 ? report.regexIndex : undefined, report.failures);
  }

  /** As {@link process} with everything seen; `all` goes on after the first regex that matched (A§4.3). */
  report(line: string, input: TimingInput, mode: "first" | "all", hint?: LineHint): LineReport {
    const passage = new Passage(this.#warn).begin(line, input.now, mode === "all");
    passage.verdict = this.#plain.take(passage, input, hint);
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
    passage.verdict = this.#captured.take(passage, line, captures, input);
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
    const date = this.#plain.findDate(passage, { ...stamp, mayMatch: NONE, skipped: count - 1 });
    const timed = this.#clock.time(last, date, input, this.#warn);
    this.#clock.age(timed.at, passage, input, this.#warn);
    return this.#takeWarnings();
  }

  /** The stamps of which lines may be counted where they lie: their times are taken as they are. */
  countedStamps(input: TimingInput): StampRanges | undefined {
    const stamps = this.#parts.detector.latestStamps(input.now);
    if (stamps?.dates === undefined) return this.#clock.checksAge ? undefined : stamps;
    const [earliest, latest] = stamps.dates;
    return this.#clock.takesAsTheyAre(earliest, latest, input) ? stamps : undefined;
  }

  /**
   * Takes the stamp of a line that was counted where it lies, as one after another would have been taken.
   *
   * @param line the last one of those with this stamp
   * @param count how many they are, with those that were left out
   */
  passOverCounted(line: CapturedLine, count: number, input: TimingInput): void {
    const date = this.#parts.detector.sameOrdinary(line, count, input.now);
    if (date !== undefined) this.#clock.dated(date, input);
  }

  /**
   * As {@link reportCaptured}, for a line that was found to be a plain failure where it lies, and has left behind there what it leaves behind
   * but its time.
   *
   * @param captured what the failregex captured, placed in the line
   */
  reportFailing(
    line: CapturedLine,
    regexIndex: number,
    captured: CapturedGroups,
    input: TimingInput,
  ): LineReport & FirstMatch {
    const passage = this.#passage.begin(line, input.now, false);
    const date = this.#parts.detector.sameOrdinary(line, 1 + line.skipped, input.now);
    // the stamp is one of those that were counted, and known; a failure is not lost whatever it is
    passage.at = (date && this.#clock.dated(date, input)) ?? input.now;
    passage.date = date;
    passage.isFloat = date?.isFloat ?? true;
    passage.verdict = "matched";
    passage.addPlain(regexIndex, "failure", false, captured, undefined);
    return passage;
  }

  #takeWarnings(): readonly FilterWarning[] {
    const warnings = this.#warnings;
    if (warnings.length === 0) return NONE;
    this.#warnings = [];
    return warnings;
  }
}

function outcomeOf(
  { verdict, ignoredBy, date, warnings }: LineReport,
  regexIndex: number | undefined,
  failures: readonly Failure[],
): LineOutcome {
  return {
    failures,
    verdict: verdict === "matched" && failures.length === 0 ? "missed" : verdict,
    regexIndex,
    ignoreIndex: ignoredBy[0],
    date,
    warnings,
  };
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
