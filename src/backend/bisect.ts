/**
 * Finds by bisection where in a log the lines of interest begin, so that a first read need not begin years ago (A§5.2).
 * Knows neither files nor date formats; both come as callbacks.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";

/** A line found from a byte offset. */
export interface LineAt {
  /** where the line begins, bytes */
  readonly start: number;
  /** where the next one begins */
  readonly next: number;
  /** the line with its newline */
  readonly bytes: Uint8Array;
}

/** Gives the first whole line that begins at the offset or after it; `undefined`: none, or none within reach. */
export type ReadLineAt = (offset: number) => Promise<LineAt | undefined>;

/** Lines looked at from one offset for one with a date. */
const LINES_PER_PROBE = 5;
/** A span this short is read, not searched; bytes. */
const SPAN_ENOUGH = 4096;

export interface TimeSearch {
  /** bytes; a line begins here */
  readonly from: number;
  /** bytes */
  readonly size: number;
  readonly since: EpochSeconds;
  readonly readLineAt: ReadLineAt;
  readonly timeOfLine: (bytes: Uint8Array) => EpochSeconds | undefined;
}

/**
 * Offset of a line's beginning from which on no line younger than `since` is missed in a log that is sorted by time, at
 * most a few thousand bytes too early. Without dates it is `from`. An optimisation: older lines are dropped later anyway.
 */
export async function findTime(search: TimeSearch): Promise<number> {
  let low = search.from;
  let high = search.size;
  while (high - low > SPAN_ENOUGH) {
    const middle = Math.floor((low + high) / 2);
    const older = await probe(search, middle, high);
    if (older === undefined || older <= low) high = middle;
    else low = older;
  }
  return low;
}

/** The beginning of the first dated line from `offset` on, if it is older than `since`; else `undefined`. */
async function probe(search: TimeSearch, offset: number, limit: number): Promise<number | undefined> {
  let at = offset;
  for (let lines = 0; lines < LINES_PER_PROBE; lines++) {
    const line = await search.readLineAt(at);
    if (line === undefined || line.start >= limit) return undefined;
    const time = search.timeOfLine(line.bytes);
    if (time !== undefined) return time < search.since ? line.start : undefined;
    at = line.next;
  }
  return undefined;
}
