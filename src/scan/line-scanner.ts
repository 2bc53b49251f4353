/**
 * Tells which lines of a chunk of a log may match which patterns, by one walk over their bytes; lines that match none are only
 * counted. It may say yes to what does not match, never no to what does. Knows neither filters nor dates, nor what stamps look like:
 * that is told by a table.
 * Hot: per line given out.
 * @module
 */
import type { OrdinaryStamp } from "../date/ordinary-stamp.ts";
import type { Node } from "../regex/tree.ts";
import { EVERY_PATTERN } from "./accept-sets.ts";
import { TransitionTable } from "./transition-table.ts";
import {
  IS_COUNTED,
  IS_ITEM,
  ITEM_WORDS,
  MAX_CHUNK_BYTES,
  MAX_PREFIX_BYTES,
  MAX_STAMP_ENTRIES,
  WalkMemory,
} from "./walk-memory.ts";

/** One regex, as far as the scanner goes. */
export interface ScanPattern {
  /** characters resolved to sets; the text is the line without its stamp, with a newline */
  readonly root: Node;
  /** "count": lines that match nothing else are counted, not given out; only where the scanner is exact, else as "candidate" */
  readonly use: "candidate" | "count";
}

// Where the numbers of an item stand.
export const LINE_START = 0;
/** without `\r` and `\n` */
export const LINE_END = 1;
/** -1: no ordinary stamp; nothing is known of the line */
export const STAMP_START = 2;
export const STAMP_END = 3;
export const ACCEPT_SET = 4;
/** ordinary lines since the item before that may match nothing, and of the last of them where it and its stamp's end lie */
export const SKIPPED = 5;
export const SKIPPED_START = 6;
export const SKIPPED_STAMP_END = 7;
/** Numbers from one item to the next. */
export const ITEM_STEP = ITEM_WORDS;

/** What a scan found; good until the next one. Offsets are those of the bytes given. */
export interface ScanResult {
  /** how many items there are */
  readonly count: number;
  /** {@link ITEM_STEP} numbers each */
  readonly items: Int32Array;
  /** ordinary lines behind the last item, and of the last of them where it and its stamp's end lie */
  readonly skipped: number;
  readonly skippedStart: number;
  readonly skippedStampEnd: number;
  /** by pattern: lines that were skipped although it matched them; of "count" patterns alone */
  readonly counted: Uint32Array;
}

const NEWLINE = 10;
const RETURN = 13;

// How a walk begins and ends, as in assembly/walk.ts.
const NEXT_LINE = 0;
const GIVE_LINE_UP = 0xffff;
const FULL = 1;
const MISSING = 2;

const FIRST_ITEMS = 64;

export class LineScanner {
  readonly #memory = new WalkMemory();
  readonly #table: TransitionTable;
  readonly #isExact: readonly boolean[];
  readonly #isCounted: readonly boolean[];
  #stamp: OrdinaryStamp | undefined;
  /** sets of patterns whose use the walk knows */
  #usesSet = 0;
  #items = new Int32Array(FIRST_ITEMS * ITEM_WORDS);
  #count = 0;
  #linesGivenUp = 0;

  constructor(patterns: readonly ScanPattern[]) {
    this.#table = new TransitionTable(
      patterns.map(({ root }) => root),
      this.#memory,
    );
    this.#isExact = this.#table.automaton.isExact;
    this.#isCounted = patterns.map(({ use }, index) => use === "count" && this.#isExact[index] === true);
    this.#setUses();
  }

  /** Whether, on lines of ASCII, it says yes to what the pattern matches and to nothing else. */
  isExact(index: number): boolean {
    return this.#isExact[index] === true;
  }

  /** Lines that were given out because looking at them would have taken too long. */
  get linesGivenUp(): number {
    return this.#linesGivenUp;
  }

  /** The patterns that may match a line accepted so, ascending. */
  patternsOf(acceptSet: number): readonly number[] {
    return this.#table.accepts.patternsOf(acceptSet);
  }

  /** What stamps look like from now on; without one, every line is odd. */
  setStamp(stamp: OrdinaryStamp | undefined): void {
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    if (
      stamp === undefined ||
      stamp.prefix.length > MAX_PREFIX_BYTES ||
      stamp.table.length > MAX_STAMP_ENTRIES
    ) {
      this.#memory.clearStamp();
      return;
    }
    const { prefix, endClass, table } = stamp;
    const classes = Uint8Array.from(stamp.classes);
    classes[NEWLINE] = endClass;
    this.#memory.setStamp({ prefix, classes, table, shift: Math.log2(stamp.stride) });
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
        at = end;
      } else at = this.#giveLongLine(bytes, at, to);
    }
    return {
      count: this.#count,
      items: this.#items,
      skipped: walk.skipped.value,
      skippedStart: walk.skippedStart.value,
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
        const row = this.#table.build(walk.missingState.value, walk.missingByte.value);
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

  #giveLongLine(bytes: Uint8Array, from: number, to: number): number {
    const { walk } = this.#memory;
    const newline = bytes.indexOf(NEWLINE, from);
    const next = newline < 0 || newline >= to ? to : newline + 1;
    let end = newline < 0 || newline >= to ? to : newline;
    while (end > from && bytes[end - 1] === RETURN) end--;
    const { skipped, skippedStart, skippedStampEnd } = walk;
    this.#addItems([
      from,
      end,
      -1,
      -1,
      EVERY_PATTERN,
      skipped.value,
      skippedStart.value,
      skippedStampEnd.value,
    ]);
    skipped.value = 0;
    return next;
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
      const patterns = accepts.patternsOf(this.#usesSet);
      const isItem =
        this.#usesSet === EVERY_PATTERN || patterns.some((index) => this.#isCounted[index] !== true);
      if (patterns.length > 0) this.#memory.setUse(this.#usesSet, isItem ? IS_ITEM : IS_COUNTED);
    }
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
