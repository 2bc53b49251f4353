/**
 * Tells which lines of a chunk of a log may match which patterns, by one walk over their bytes; lines that match none are only
 * counted. It may say yes to what does not match, never no to what does. Knows neither filters nor dates, nor what stamps look like:
 * that is told by a table.
 * @module
 */
import type { OrdinaryStamp } from "../date/ordinary-stamp.ts";
import type { Node } from "../regex/tree.ts";
import { ChunkWalk } from "./chunk-walk.ts";
import { ITEM_WORDS } from "./walk-memory.ts";

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
/** ordinary lines since the item before that may match nothing, and of the last of them where it and its stamp lie */
export const SKIPPED = 5;
export const SKIPPED_START = 6;
export const SKIPPED_STAMP_END = 7;
export const SKIPPED_STAMP_START = 8;
/** Numbers from one item to the next. */
export const ITEM_STEP = ITEM_WORDS;

/** What a scan found; good until the next one. Offsets are those of the bytes given. */
export interface ScanResult {
  /** how many items there are */
  readonly count: number;
  /** {@link ITEM_STEP} numbers each */
  readonly items: Int32Array;
  /** ordinary lines behind the last item, and of the last of them where it and its stamp lie */
  readonly skipped: number;
  readonly skippedStart: number;
  readonly skippedStampStart: number;
  readonly skippedStampEnd: number;
  /** by pattern: lines that were skipped although it matched them; of "count" patterns alone */
  readonly counted: Uint32Array;
}

/** Kinds of strangers that are known at once: each takes a walk of its own. */
const MAX_WALKS = 3;

/** One more kind takes the place of the oldest, if so many bytes were scanned since it last happened; else stamps count as none. */
const BYTES_PER_WALK = 1024 * 1024;

export class LineScanner {
  readonly #patterns: readonly ScanPattern[];
  /** by the strangers that keep a line from having an ordinary stamp */
  readonly #walks = new Map<Node | undefined, ChunkWalk>();
  #walk: ChunkWalk | undefined;
  #stamp: OrdinaryStamp | undefined;
  #bytesOfWalk = 0;

  constructor(patterns: readonly ScanPattern[]) {
    this.#patterns = patterns;
  }

  /** Whether, on lines of ASCII, it says yes to what the pattern matches and to nothing else. */
  isExact(index: number): boolean {
    return this.#current().isExact[index] === true;
  }

  /** Lines that were given out because looking at them would have taken too long. */
  get linesGivenUp(): number {
    return [...this.#walks.values()].reduce((sum, { linesGivenUp }) => sum + linesGivenUp, 0);
  }

  /** The patterns that may match a line that the last scan gave out, ascending. */
  patternsOf(acceptSet: number): readonly number[] {
    return this.#current().patternsOf(acceptSet);
  }

  /** What stamps look like from now on; without one, every line is odd. */
  setStamp(stamp: OrdinaryStamp | undefined): void {
    if (stamp === this.#stamp) return;
    const walk = stamp === undefined ? undefined : this.#walkFor(stamp.inside?.strangers);
    this.#stamp = walk === undefined ? undefined : stamp;
    this.#walk = walk ?? this.#current();
    this.#walk.setStamp(this.#stamp);
  }

  /** Scans complete lines, each with its newline. */
  scan(bytes: Uint8Array, from: number, to: number): ScanResult {
    this.#bytesOfWalk += to - from;
    return this.#current().scan(bytes, from, to);
  }

  #current(): ChunkWalk {
    this.#walk ??= this.#newWalk(undefined);
    return this.#walk;
  }

  #walkFor(strangers: Node | undefined): ChunkWalk | undefined {
    const known = this.#walks.get(strangers);
    if (known !== undefined) return known;
    if (this.#walks.size >= MAX_WALKS) {
      if (this.#bytesOfWalk < BYTES_PER_WALK) return undefined;
      for (const oldest of [...this.#walks.keys()].slice(0, 1)) this.#walks.delete(oldest);
    }
    return this.#newWalk(strangers);
  }

  #newWalk(strangers: Node | undefined): ChunkWalk {
    this.#bytesOfWalk = 0;
    const walk = new ChunkWalk(this.#patterns, strangers);
    this.#walks.set(strangers, walk);
    return walk;
  }
}
