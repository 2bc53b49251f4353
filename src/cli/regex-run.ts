/**
 * One line after another through the filter: names looked up, hits counted, the line put among the matched, ignored or missed
 * ones, and told on to whoever prints as the lines come (A§4.3, A§4.4).
 * Holds no more than the statistics keep.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Level } from "../base/event.ts";
import type { CapturedLine } from "../filter/captured-line.ts";
import type { CapturedSearch } from "../filter/captured-search.ts";
import type { LineCounts } from "../filter/counted-lines.ts";
import { isHarmless, type RegexMatched } from "../filter/failure-data.ts";
import type { LineFilter } from "../filter/line-filter.ts";
import {
  type FirstMatch,
  type LineHint,
  type LineReport,
  Passage,
  type StampPlace,
} from "../filter/line-report.ts";
import type { TimingInput } from "../filter/line-time.ts";
import type { FilterWarning } from "../filter/warnings.ts";
import type { InputLine } from "./regex-lines.ts";
import type { RegexOptions } from "./regex-options.ts";
import type { RegexStatistics, ResolvedMatch, SeenLine } from "./regex-statistics.ts";

/** From the third on, a regex that matched a line is marked as a further one. */
const FIRST_FURTHER = 2;

/** Lines between two looks at the clock. */
const LINES_BETWEEN = 64;

const NOBODY = (): void => undefined;

/** Looks names up; an empty answer is an ordinary one. */
export interface NameLookup {
  addresses(name: string): Promise<readonly string[]>;
  nameOf(ip: string): Promise<string | undefined>;
}

export interface RegexRunDeps {
  readonly filter: LineFilter;
  readonly options: RegexOptions;
  readonly statistics: RegexStatistics;
  readonly clock: Clock;
  readonly names: NameLookup;
  /** prints as the lines come */
  readonly print: (seen: SeenLine) => void | Promise<void>;
  /** a message for people about a line */
  readonly tell: (level: Level, text: string, line: number) => void;
}

const idOf = ({ chosen }: RegexMatched): string => (chosen.kind === "id" ? chosen.id : "None");

export class RegexRun {
  readonly #deps: RegexRunDeps;
  /** nobody looks at what came of single lines, but in the lists */
  readonly countsAlone: boolean;
  #input: TimingInput | undefined;
  /** lines when the clock was looked at */
  #lookedAt = 0;

  constructor(deps: RegexRunDeps) {
    this.#deps = deps;
    const { verbosity, json, out } = deps.options;
    this.countsAlone = verbosity === 0 && !json && out === undefined;
  }

  /**
   * Takes one line; empty lines and those that begin with `#` do not count (A§4.2) unless told.
   *
   * @param hint what is known of it
   * @returns a promise where names must be looked up, or the output takes its time, before the next line
   */
  take({ number, text, at, atText }: InputLine, hint?: LineHint): void | Promise<void> {
    const { filter, options, statistics, clock } = this.#deps;
    if (!options.takesAllLines && (text === "" || text.startsWith("#"))) return undefined;
    statistics.lines++;
    const input = { now: clock.now(), inOperation: false, at, atText };
    const report = filter.report(text, input, options.triesAll ? "all" : "first", hint);
    return this.#weigh(number, text, report);
  }

  /** Takes one line that lies in its chunk, and is neither empty nor a comment. */
  takeCaptured(number: number, line: CapturedLine, search: CapturedSearch): void | Promise<void> {
    const { filter, options, statistics } = this.#deps;
    statistics.lines++;
    const report = filter.reportCaptured(line, search, this.inputNow(), options.triesAll ? "all" : "first");
    if (this.countsAlone && this.#countAlone(report)) return undefined;
    return this.#weigh(number, line.text, report);
  }

  /** The present moment, a few lines old at most. */
  inputNow(): TimingInput {
    const { lines } = this.#deps.statistics;
    if (lines - this.#lookedAt >= LINES_BETWEEN || this.#input === undefined) {
      this.#lookedAt = lines;
      this.#input = { now: this.#deps.clock.now(), inOperation: false };
    }
    return this.#input;
  }

  #weigh(number: number, text: string, report: LineReport): void | Promise<void> {
    this.#tellOf(report.warnings, number);
    const resolved: ResolvedMatch[] = [];
    for (const match of report.matched) {
      if (match.chosen.kind === "host")
        return this.#lookUp(report.matched).then((found) =>
          this.#see({ number, line: text, report, resolved: found }),
        );
      if (this.#isShown(match)) resolved.push(this.#resolved(match, [idOf(match)]));
    }
    return this.#see({ number, line: text, report, resolved });
  }

  /** Counts a line that nothing is wanted of but that. @returns false: there is more to it, and nothing is counted */
  #countAlone(report: LineReport & FirstMatch): boolean {
    if (report.matches > 1 || report.ignoredBy.length > 0 || report.warnings.length > 0) return false;
    const { statistics } = this.#deps;
    const isMatched = report.matches > 0;
    if (isMatched && report.idKind === "host") return false;
    const isShown = isMatched && this.#isShown(report);
    const list = !isShown ? statistics.missed : report.isHarmless ? statistics.ignored : statistics.matched;
    if (!list.isFull) return false;
    if (report.isPrefixed) statistics.prefixCount++;
    if (isShown) statistics.failures[report.regexIndex]?.add(undefined);
    list.addUnseen(1);
    return true;
  }

  /** Counts lines of which the filter tells what they came to, where it is asked for numbers alone ({@link countsAlone}). */
  came({ lines, prefixed, missed, harmless, matched }: LineCounts): void {
    const { statistics } = this.#deps;
    for (const [index, count] of matched) statistics.failures[index]?.addUnseen(count);
    statistics.prefixCount += prefixed;
    statistics.missed.addUnseen(missed);
    statistics.ignored.addUnseen(harmless);
    statistics.matched.addUnseen(lines - missed - harmless);
  }

  /** Lists a line that was left out because it comes to nothing. */
  miss(number: number, line: string): void {
    const { statistics } = this.#deps;
    statistics.lines++;
    statistics.addMissed({ number, line, report: new Passage(NOBODY), resolved: [] });
  }

  /** Counts lines that were left out because they come to nothing. */
  skip(lines: number): void {
    this.#deps.statistics.addUnseen(lines);
  }

  /** As {@link LineFilter.passOver}; `number` is that of the last line. */
  passOver(count: number, { number, text }: InputLine, stamp: StampPlace): void {
    const { filter, clock } = this.#deps;
    this.#tellOf(filter.passOver(count, text, stamp, { now: clock.now(), inOperation: false }), number);
  }

  #tellOf(warnings: readonly FilterWarning[], number: number): void {
    for (const { lines } of warnings) {
      for (const said of lines) this.#deps.tell(said.level, said.text, number);
    }
  }

  /** As in the server, a line that is harmless by itself yields nothing where the first match ends the search. */
  #isShown({ kind }: Pick<RegexMatched, "kind">): boolean {
    const { options } = this.#deps;
    return kind !== "no-fail" || options.triesAll || options.json;
  }

  async #lookUp(matched: readonly RegexMatched[]): Promise<readonly ResolvedMatch[]> {
    const resolved: ResolvedMatch[] = [];
    for (const match of matched) {
      if (!this.#isShown(match)) continue;
      const { chosen } = match;
      const ids = chosen.kind === "host" ? await this.#deps.names.addresses(chosen.host) : [idOf(match)];
      if (ids.length > 0) resolved.push(this.#resolved(match, ids));
    }
    return resolved;
  }

  /** In the report a line that waits for its session's address is a matched one, as in fail2ban-regex; in data it is not. */
  #resolved(match: RegexMatched, ids: readonly string[]): ResolvedMatch {
    const counts = !isHarmless(match) && (match.kind === "failure" || !this.#deps.options.json);
    return { match, ids, counts };
  }

  #see(seen: SeenLine): void | Promise<void> {
    this.#count(seen);
    return this.#deps.print(seen);
  }

  #count(seen: SeenLine): void {
    const { report, resolved } = seen;
    const { prefix, isPrefixed } = report;
    const { statistics, options, filter } = this.#deps;
    const isVerbose = options.verbosity > 0;
    if (isPrefixed) {
      const pattern = isVerbose ? filter.parts.prefix : undefined;
      statistics.addPrefix(pattern && prefix && (() => pattern.groupsOf(prefix)));
    }
    for (const index of report.ignoredBy) statistics.ignores[index]?.add(undefined);
    let isIgnored = resolved.length === 0 && report.ignoredBy.length > 0;
    let order = 0;
    for (const { match, ids, counts } of resolved) {
      const hits = statistics.failures[match.regexIndex];
      const isFurther = order++ >= FIRST_FURTHER;
      for (const id of ids) hits?.add(isVerbose ? { id, at: match.at, isFurther } : undefined);
      if (!counts) isIgnored = true;
    }
    if (isIgnored) statistics.ignored.add(seen);
    else if (resolved.length > 0) statistics.addMatched(seen);
    else statistics.addMissed(seen);
  }
}
