/**
 * Lines of which no more is wanted than what they come to, in numbers: those that come to a plain conclusion are counted where they lie,
 * many by one call, and leave behind what they would leave one after another. What is plain, {@link Conclusions.concludePlainly} says.
 * Hot: per few lines that may come to something.
 * @module
 */
import { BATCH_WORDS } from "../scan/capture-memory.ts";
import type { LineCaptures } from "../scan/line-captures.ts";
import {
  NOTES_FAILURES,
  ONLY_FIRST,
  PlainLines,
  type PlainShape,
  type PlainCounts as RegexCounts,
  TAKES_FAILURES,
  TAKES_HARMLESS,
  TAKES_MISSED,
} from "../scan/plain-lines.ts";
import type { CapturedBatch } from "./captured-batch.ts";
import type { CapturedGroups } from "./captured-groups.ts";
import type { CapturedLine } from "./captured-line.ts";
import type { CapturedSearch } from "./captured-search.ts";
import { UNKEPT_LINE } from "./conclusions.ts";
import type { MatchLine } from "./failure.ts";
import type { LineFilter } from "./line-filter.ts";
import type { LineHint } from "./line-report.ts";
import type { TimingInput } from "./line-time.ts";
import type { PassedLines } from "./passed-lines.ts";
import type { HeldLine, HeldLines } from "./sessions.ts";

/** What lines came to that were counted. */
export interface LineCounts {
  /** all of them, and those that the prefregex matched */
  readonly lines: number;
  readonly prefixed: number;
  /** those that came to nothing */
  readonly missed: number;
  /** those that a failregex matched and that are no failure by themselves */
  readonly harmless: number;
  /** by failregex, those that it matched, the harmless ones as well */
  readonly matched: ReadonlyMap<number, number>;
}

/** Asks for nothing of some lines but what they come to, in numbers. */
export interface LineCounting {
  /** whether lines are only counted at the moment that are failures; that come to nothing; and harmless ones */
  readonly countsFailures: boolean;
  readonly countsMissed: boolean;
  readonly countsHarmless: boolean;
  /** the present moment */
  input(): TimingInput;
  /** So many lines were counted, the last of which ends there. */
  counted(lines: number, end: number): void;
  /** What they came to; told later than they were. */
  came(counts: LineCounts): void;
  /**
   * Takes a plain failure that is not counted, in the order of the lines; without it such lines are searched one by one.
   *
   * @param captured what the failregex captured; good until the next line, as the line is
   * @param input what was asked for when it was found
   */
  failed?(line: CapturedLine, regexIndex: number, captured: CapturedGroups, input: TimingInput): void;
}

/** What goes on besides. */
export interface CountedSink {
  /** So many lines were left out. */
  skipped(lines: number): void;
  /** The line is to go through the filter as text. */
  line(start: number, end: number, hint: LineHint | undefined): void;
}

export class CountedLines {
  readonly #filter: LineFilter;
  readonly #captures: LineCaptures;
  readonly #search: CapturedSearch;
  readonly #batch: CapturedBatch;
  readonly #triesAll: boolean;
  #held: HeldInMemory | undefined;
  // Of those that were counted last: the first one, how many they are, and the present moment.
  #first = 0;
  #count = 0;
  #input: TimingInput = { now: 0, inOperation: false };

  /** @param triesAll whether on each line all failregexes are tried, whichever match */
  constructor(
    filter: LineFilter,
    captures: LineCaptures,
    search: CapturedSearch,
    batch: CapturedBatch,
    triesAll: boolean,
  ) {
    this.#triesAll = triesAll;
    this.#filter = filter;
    this.#captures = captures;
    this.#search = search;
    this.#batch = batch;
  }

  /**
   * Counts lines of the batch, up to the first to which there is more.
   *
   * @param item of the first line, one with a stamp
   * @param keepsLines whether somebody asks for the lines of failures that are not counted
   * @returns how many
   */
  count(item: number, counting: LineCounting, keepsLines: boolean): number {
    if (this.#filter.parts.ignores.length > 0) return 0;
    this.#input = counting.input();
    const { now } = this.#input;
    const stamp = this.#filter.countedStamps(this.#input);
    if (stamp === undefined) return 0;
    const first = this.#batch.lineOf(item);
    const { searched } = this.#batch;
    if (first >= searched) return 0;
    const { countsFailures, countsMissed, countsHarmless } = counting;
    // lines that were left out before one of them are told before it is taken
    const end = countsMissed ? searched : first + 1;
    const lines = this.#shared(keepsLines);
    lines.setStamp(stamp);
    const wanted =
      (countsFailures ? TAKES_FAILURES : 0) |
      (countsMissed ? TAKES_MISSED : 0) |
      (countsHarmless ? TAKES_HARMLESS : 0) |
      (this.#triesAll ? 0 : ONLY_FIRST) |
      (counting.failed === undefined ? 0 : NOTES_FAILURES);
    let next = first;
    let unknown: number;
    do {
      next = lines.count(next, end, wanted, now);
      unknown = lines.unknownRegex;
      if (unknown >= 0) lines.setShape(unknown, shapeOf(this.#search.readerOf(unknown)));
      // what was noted is forgotten with the next call
    } while (unknown >= 0 && next === first);
    this.#first = first;
    this.#count = next - first;
    return this.#count;
  }

  /**
   * Tells of the lines that were counted last, in their order.
   *
   * @param line stands for one after another
   * @param passed lines that came to nothing before them
   * @param mayMatch which failregexes may match lines that a set accepted
   */
  tell(
    line: CapturedLine,
    passed: PassedLines,
    mayMatch: (acceptSet: number) => readonly number[],
    counting: LineCounting,
    sink: CountedSink,
  ): void {
    const lines = this.#held?.lines;
    const noted = lines?.noted ?? 0;
    const end = this.#first + this.#count;
    let next = this.#first;
    let before = passed.take();
    for (let index = 0; index < noted && lines !== undefined; index++) {
      const number = lines.notedAt(index);
      before += this.#tellBetween(next, number, line, counting, sink, true);
      this.#batch.place(number, line);
      line.skipped = before;
      before = 0;
      this.#tellFailing(number, line, mayMatch(this.#batch.setOf(number)), counting, sink);
      next = number + 1;
    }
    before += this.#tellBetween(next, end, line, counting, sink, false);
    if (next < end) this.#filter.passOverCounted(line, before, this.#input);
  }

  /**
   * Tells of lines that are no failures.
   *
   * @param isBehind whether those that were left out before the end are meant, too
   * @returns how many they are, with those that were left out
   */
  #tellBetween(
    from: number,
    end: number,
    line: CapturedLine,
    counting: LineCounting,
    sink: CountedSink,
    isBehind: boolean,
  ): number {
    let skipped = 0;
    // before the first one of all they were told already
    const last = isBehind ? end + 1 : end;
    for (let number = Math.max(from, this.#first + 1); number < last; number++)
      skipped += this.#batch.skippedBefore(number);
    if (skipped > 0) sink.skipped(skipped);
    if (end > from) {
      this.#batch.place(end - 1, line);
      counting.counted(end - from, line.end);
    }
    return skipped + end - from;
  }

  #tellFailing(
    number: number,
    line: CapturedLine,
    mayMatch: readonly number[],
    counting: LineCounting,
    sink: CountedSink,
  ): void {
    const index = this.#search.beginKnown(line, number * BATCH_WORDS, mayMatch);
    const captured = this.#search.groupsAt(index);
    if (captured !== undefined) counting.failed?.(line, index, captured, this.#input);
    else sink.line(line.start, line.end, undefined);
  }

  /** No more lines are counted: the sessions that they began are those of the filter alone. */
  leave(): void {
    if (this.#held !== undefined) this.#filter.sessions.unshare(this.#held);
    this.#held = undefined;
  }

  /** What lines came to since it was asked before. */
  take(): LineCounts | undefined {
    const counts = this.#held?.lines.take();
    return counts && this.#named(counts);
  }

  #named({ lines, missed, unmatched, harmless, matched }: RegexCounts): LineCounts {
    const prefixed = this.#filter.parts.prefix === undefined ? 0 : lines - unmatched;
    const byFailregex = [...matched].map(
      ([regex, count]) => [this.#search.failregexOf(regex), count] as const,
    );
    return { lines, prefixed, missed, harmless, matched: new Map(byFailregex) };
  }

  /** The sessions are those of the filter, wherever they begin. */
  #shared(keepsLines: boolean): PlainLines {
    const { sessions } = this.#filter;
    this.#held ??= new HeldInMemory(
      new PlainLines(this.#captures.memory, sessions.words),
      this.#captures,
      this.#search,
    );
    this.#held.keepsLines = keepsLines;
    sessions.share(this.#held);
    return this.#held.lines;
  }
}

/** Lines of sessions that were counted. */
class HeldInMemory implements HeldLines {
  readonly lines: PlainLines;
  keepsLines = false;
  readonly #captures: LineCaptures;
  readonly #search: CapturedSearch;

  constructor(lines: PlainLines, captures: LineCaptures, search: CapturedSearch) {
    this.lines = lines;
    this.#captures = captures;
    this.#search = search;
  }

  get table(): Int32Array {
    return this.lines.slots;
  }

  *take(slot: number): Iterable<HeldLine> {
    for (const { regex, text, stamp, since, from, to, prefixBase, ownBase } of this.lines.heldAt(slot)) {
      const captured = this.#search.readerOf(regex);
      if (captured === undefined) continue;
      const { allPlaces: places } = this.#captures;
      captured.place(
        { from: 0, to: text.length, places, base: prefixBase },
        { from, to, places, base: ownBase },
      );
      // nothing stands before the stamp
      const lines: readonly MatchLine[] = this.keepsLines ? [["", stamp, text]] : UNKEPT_LINE;
      yield { captured, text, lines, since };
    }
    this.lines.release(slot);
  }

  release(slot: number): void {
    this.lines.release(slot);
  }
}

/** What of a regex's groups decides; `undefined`: that depends on more than where they stand. */
function shapeOf(captured: CapturedGroups | undefined): PlainShape | undefined {
  const numbers = captured?.numbers;
  if (captured === undefined || numbers === undefined) return undefined;
  const { fid, cidr, ip4, ip6, mlfid, nofail, mlfgained, mlfforget } = captured.names;
  const meanings = [fid, cidr, ip4, ip6, mlfid, nofail, mlfgained, mlfforget].flatMap(
    (name) => captured.numbersOf(name) ?? [],
  );
  const isWhole = meanings.length === MEANINGS;
  return isWhole ? { groupCount: captured.groupCount, meanings, ...numbers } : undefined;
}

const MEANINGS = 8;
