/**
 * Lines of which no more is wanted than what they come to, in numbers: those that come to a plain conclusion are counted where they lie,
 * many by one call, and leave behind what they would leave one after another. What is plain, {@link Conclusions.concludePlainly} says.
 * Hot: per few lines that may come to something.
 * @module
 */
import type { LineCaptures } from "../scan/line-captures.ts";
import {
  PlainLines,
  type PlainShape,
  type PlainCounts as RegexCounts,
  TAKES_HARMLESS,
  TAKES_MISSED,
} from "../scan/plain-lines.ts";
import type { CapturedBatch } from "./captured-batch.ts";
import type { CapturedGroups } from "./captured-groups.ts";
import type { CapturedSearch } from "./captured-search.ts";
import type { LineFilter } from "./line-filter.ts";
import type { TimingInput } from "./line-time.ts";
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

/** Asks for nothing of a line but what it comes to, in numbers; tries all failregexes on each line, and checks no age. */
export interface LineCounting {
  /** whether matched lines are only counted at the moment; and those that come to nothing, and harmless ones */
  readonly countsMatched: boolean;
  readonly countsMissed: boolean;
  readonly countsHarmless: boolean;
  /** the present moment */
  input(): TimingInput;
  /** So many lines were counted, the last of which ends there. */
  counted(lines: number, end: number): void;
  /** What they came to; told later than they were. */
  came(counts: LineCounts): void;
}

export class CountedLines {
  readonly #filter: LineFilter;
  readonly #captures: LineCaptures;
  readonly #search: CapturedSearch;
  readonly #batch: CapturedBatch;
  #held: HeldInMemory | undefined;
  // Of those that were counted last: lines that were left out between them, and the present moment.
  skipped = 0;
  input: TimingInput = { now: 0, inOperation: false };

  constructor(filter: LineFilter, captures: LineCaptures, search: CapturedSearch, batch: CapturedBatch) {
    this.#filter = filter;
    this.#captures = captures;
    this.#search = search;
    this.#batch = batch;
  }

  /**
   * Counts lines of the batch, up to the first to which there is more.
   *
   * @param item of the first line, one with a stamp
   * @returns how many
   */
  count(item: number, counting: LineCounting): number {
    this.input = counting.input();
    const { now } = this.input;
    const stamp = this.#filter.parts.detector.latestStamps(now);
    if (stamp === undefined || this.#filter.parts.ignores.length > 0) return 0;
    const first = this.#batch.lineOf(item);
    const { searched } = this.#batch;
    if (first >= searched) return 0;
    const { countsMissed, countsHarmless } = counting;
    // lines that were left out before one of them are told before it is taken
    const end = countsMissed ? searched : first + 1;
    const lines = this.#shared();
    lines.setStamp(stamp);
    const wanted = (countsMissed ? TAKES_MISSED : 0) | (countsHarmless ? TAKES_HARMLESS : 0);
    let next = first;
    let unknown: number;
    do {
      next = lines.count(next, end, wanted, now);
      unknown = lines.unknownRegex;
      if (unknown >= 0) lines.setShape(unknown, shapeOf(this.#search.readerOf(unknown)));
    } while (unknown >= 0);
    this.skipped = this.#batch.skippedBetween(first, next);
    return next - first;
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
  #shared(): PlainLines {
    const { sessions } = this.#filter;
    this.#held ??= new HeldInMemory(
      new PlainLines(this.#captures.memory, sessions.words),
      this.#captures,
      this.#search,
    );
    sessions.share(this.#held);
    return this.#held.lines;
  }
}

/** First lines of sessions that were counted. */
class HeldInMemory implements HeldLines {
  readonly lines: PlainLines;
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

  take(slot: number): HeldLine | undefined {
    const held = this.lines.heldAt(slot);
    const captured = held && this.#search.readerOf(held.regex);
    if (held === undefined || captured === undefined) return undefined;
    this.lines.release(slot);
    const { text, since, from, to, prefixBase, ownBase } = held;
    const { allPlaces: places } = this.#captures;
    captured.place(
      { from: 0, to: text.length, places, base: prefixBase },
      { from, to, places, base: ownBase },
    );
    return { captured, text, since };
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
