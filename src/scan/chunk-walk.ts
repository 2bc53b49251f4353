/**
 * One byte walk over chunks: lays lines down in its memory, builds the transitions that it asks for, collects what it gives out.
 * Knows no choice of stamps.
 * Hot: per line given out.
 * @module
 */
import type { OrdinaryStamp } from "../date/ordinary-stamp.ts";
import type { Node } from "../regex/tree.ts";
import { EVERY_PATTERN, STRANGER } from "./accept-sets.ts";
import { LineSamples, type StampedLine } from "./line-samples.ts";
import type { ScanPattern, ScanResult } from "./line-scanner.ts";
import { TransitionTable } from "./transition-table.ts";
import {
  IS_COUNTED,
  IS_ITEM,
  IS_ODD,
  ITEM_WORDS,
  MAX_CHUNK_BYTES,
  type Use,
  WalkMemory,
} from "./walk-memory.ts";

const NEWLINE = 10;
const RETURN = 13;

// How a walk begins and ends, as in assembly/walk.ts.
const NEXT_LINE = 0;
const GIVE_LINE_UP = 0xffff;
const FULL = 1;
const MISSING = 2;

const FIRST_ITEMS = 64;

export class ChunkWalk {
  readonly #memory = new WalkMemory();
  readonly #table: TransitionTable;
  readonly #hasStranger: boolean;
  readonly #isCounted: readonly boolean[];
  /** sets of patterns whose use the walk knows */
  #usesSet = 0;
  #items = new Int32Array(FIRST_ITEMS * ITEM_WORDS);
  #count = 0;
  readonly #samples = new LineSamples();
  #linesGivenUp = 0;

  /** @param stranger lines that it may match are odd */
  constructor(patterns: readonly ScanPattern[], stranger: Node | undefined) {
    const roots = patterns.map(({ root }) => root);
    this.#table = new TransitionTable(roots, stranger, this.#memory);
    this.#hasStranger = stranger !== undefined;
    const { isExact } = this.#table.automaton;
    this.#isCounted = patterns.map(({ use }, index) => use === "count" && isExact[index] === true);
    this.#setUses();
  }

  /** By pattern: whether lines of ASCII are accepted exactly where it matches. */
  get isExact(): readonly boolean[] {
    return this.#table.automaton.isExact;
  }

  get linesGivenUp(): number {
    return this.#linesGivenUp;
  }

  patternsOf(acceptSet: number): readonly number[] {
    return this.#table.accepts.patternsOf(acceptSet);
  }

  setStamp(stamp: OrdinaryStamp | undefined): void {
    if (stamp === undefined || !this.#memory.setStamp(stamp)) this.#memory.clearStamp();
  }

  /** Scans complete lines, each with its newline. */
  scan(bytes: Uint8Array, from: number, to: number): ScanResult {
    const { walk } = this.#memory;
    this.#count = 0;
    walk.skipped.value = 0;
    for (let at = from; at < to; ) {
      const last = Math.min(at + MAX_CHUNK_BYTES, to);
      const end = bytes.lastIndexOf(NEWLINE, last - 1) + 1;
      if (end > at) {
        this.#scanLines(bytes, at, end);
        if (this.#samples.wants(end - at)) this.#learn(bytes, at, end);
        at = end;
      } else at = this.#giveLongLine(bytes, at, to);
    }
    return {
      count: this.#count,
      items: this.#items,
      skipped: walk.skipped.value,
      skippedStart: walk.skippedStart.value,
      skippedStampStart: walk.skippedStampStart.value,
      skippedStampEnd: walk.skippedStampEnd.value,
      counted: this.#takeCounts(),
    };
  }

  #scanLines(bytes: Uint8Array, from: number, to: number): void {
    const { walk } = this.#memory;
    this.#memory.load(bytes, from, to);
    this.#table.earn(to - from);
    let next = NEXT_LINE;
    for (;;) {
      const end = walk.walk(next);
      if (end === MISSING) {
        const row = this.#table.build(walk.missingRow.value, walk.missingByte.value);
        this.#setUses();
        if (row === undefined) this.#linesGivenUp++;
        next = row ?? GIVE_LINE_UP;
        continue;
      }
      this.#addItems(this.#memory.takeItems());
      if (end !== FULL) return;
      next = NEXT_LINE;
    }
  }

  /** Learns from the lines just scanned. */
  #learn(bytes: Uint8Array, from: number, to: number): void {
    const line = this.#lastOrdinary(from);
    const samples = line && this.#samples.take(bytes, from, to, line);
    if (samples !== undefined) this.#table.learn(samples);
  }

  /** A line of them whose stamp was found. */
  #lastOrdinary(from: number): StampedLine | undefined {
    for (let item = (this.#count - 1) * ITEM_WORDS; item >= 0; item -= ITEM_WORDS) {
      const [start = -1, , stampStart = -1, stampEnd = -1] = this.#items.subarray(item);
      if (start < from) break;
      if (stampStart >= 0) return { start, stampStart, stampEnd };
    }
    const { skipped, skippedStart, skippedStampStart, skippedStampEnd } = this.#memory.walk;
    if (skipped.value === 0 || skippedStart.value < from) return undefined;
    return {
      start: skippedStart.value,
      stampStart: skippedStampStart.value,
      stampEnd: skippedStampEnd.value,
    };
  }

  /** A line that does not fit, or one without a newline. */
  #giveLongLine(bytes: Uint8Array, from: number, to: number): number {
    const newline = bytes.indexOf(NEWLINE, from);
    const isWhole = newline >= 0 && newline < to;
    let end = isWhole ? newline : to;
    while (end > from && bytes[end - 1] === RETURN) end--;
    const { skipped, skippedStart, skippedStampStart, skippedStampEnd } = this.#memory.walk;
    const before = [skipped, skippedStart, skippedStampEnd, skippedStampStart].map(({ value }) => value);
    this.#addItems([from, end, -1, -1, EVERY_PATTERN, ...before]);
    skipped.value = 0;
    return isWhole ? newline + 1 : to;
  }

  #addItems(items: ArrayLike<number>): void {
    const used = this.#count * ITEM_WORDS;
    if (used + items.length > this.#items.length) {
      const larger = new Int32Array(2 * (used + items.length));
      larger.set(this.#items.subarray(0, used));
      this.#items = larger;
    }
    this.#items.set(items, used);
    this.#count += items.length / ITEM_WORDS;
  }

  /** Tells the walk what to do with lines that are accepted by sets that are new. */
  #setUses(): void {
    const { accepts } = this.#table;
    for (; this.#usesSet < accepts.count; this.#usesSet++) {
      if (accepts.patternsOf(this.#usesSet).length > 0)
        this.#memory.setUse(this.#usesSet, this.#useOf(this.#usesSet));
    }
  }

  #useOf(acceptSet: number): Use {
    if (acceptSet === STRANGER) return IS_ODD;
    // whether there is a stranger in a line that was not looked at is not known
    if (acceptSet === EVERY_PATTERN) return this.#hasStranger ? IS_ODD : IS_ITEM;
    const patterns = this.patternsOf(acceptSet);
    return patterns.every((index) => this.#isCounted[index] === true) ? IS_COUNTED : IS_ITEM;
  }

  #takeCounts(): Uint32Array {
    const { accepts } = this.#table;
    const counted = new Uint32Array(this.#isCounted.length);
    const counts = this.#memory.counts(accepts.count);
    for (const [acceptSet, lines] of counts.entries()) {
      if (lines === 0) continue;
      for (const pattern of accepts.patternsOf(acceptSet)) counted[pattern] = (counted[pattern] ?? 0) + lines;
    }
    counts.fill(0);
    return counted;
  }
}
