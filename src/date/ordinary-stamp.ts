/**
 * What a line must look like for its stamp to be *ordinary*: certain to be found by the detector, in its present state, with the template
 * of the line before, at a place that a walk over bytes tells, and to be convertible. Such lines need no search for their date, and
 * change nothing of the detector's state but its counts and the place of the last stamp. Knows neither detector nor scanner.
 * @module
 */
import type { Node } from "../regex/tree.ts";

/** Bit of an entry: the stamp may end before the byte just read. The last such place is the stamp's end. */
export const ENDS = 0x8000;

/** Bit of an entry whose next state is 0: no byte walk can tell. No stamp begins there, wherever it might have ended before. */
export const REFUSES = 0x4000;

/** Bit of an entry: the stamp may begin before the byte just read. The last such place before its end counts; without one, it is where the walk began. */
export const BEGINS = 0x2000;

/** The bits of an entry that are the next state; 0 ends the walk. */
export const NEXT_STATE = 0x1fff;

/** The state in which the walk begins. */
export const FIRST_STATE = 1;

/**
 * A stamp as a table over bytes. The walk begins behind `prefix`, or at one of the places that `inside` names, in state
 * {@link FIRST_STATE}. It reads byte after byte, and {@link endClass} at the line's end (without `\r` and `\n`), until the next state is 0.
 * Without an entry that {@link ENDS}, or if the last one {@link REFUSES}, there is no ordinary stamp at that place.
 */
export interface OrdinaryStamp {
  /** bytes that the line must begin with, before the stamp; at most two, often none; ASCII alone. None if there is `inside` */
  readonly prefix: Uint8Array;
  /** where the stamp stands if not behind `prefix` */
  readonly inside?: StampInside;
  /** by byte (256): its class */
  readonly classes: Uint8Array;
  /** class of "the line ends here" */
  readonly endClass: number;
  /** entries per state, a power of two */
  readonly stride: number;
  /** `table[state * stride + class]` = next state, with {@link ENDS} or {@link REFUSES} */
  readonly table: Uint16Array;
}

/** A stamp in the middle of a line, as in access logs: `192.0.2.1 - - [22/Nov/2026:10:20:30 +0000] "GET …`. */
export interface StampInside {
  /**
   * The byte right before the stamp. All bytes of the line before that are ASCII, for places are counted in UTF-16 units. `undefined`: the
   * walk begins with the line, and sees to that itself.
   */
  readonly before: number | undefined;
  /**
   * Whether only the first such byte of the line counts: if there is no ordinary stamp behind it, the line has none. Otherwise the stamp
   * stands behind the first of them from which the table gives one that `after` follows.
   */
  readonly isBehindFirst: boolean;
  /** the byte that must stand right behind the stamp; `undefined`: any, or the line's end */
  readonly after: number | undefined;
  /** the stamp begins at this offset of the line or later, else it is not ordinary */
  readonly minStart: number;
  /**
   * If this may match anywhere in the line and its newline, without the stamp (which leaves what is around it side by side), the line is
   * not ordinary: there might be another stamp. It holds all characters beyond ASCII, and no anchors. `undefined`: the line may be what it likes.
   */
  readonly strangers: Node | undefined;
}
