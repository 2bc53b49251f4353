/**
 * What a line must look like for its stamp to be *ordinary*: certain to be found by the detector, in its present state, with the template
 * of the line before, at a place that a walk over bytes tells, and to be convertible. Such lines need no search for their date, and change nothing of the
 * detector's state but its counts and the place of the last stamp. Knows neither detector nor scanner.
 * @module
 */

/** Bit of an entry: the stamp may end before the byte just read. The last such place is the stamp's end. */
export const ENDS = 0x8000;

/** Bit of an entry whose next state is 0: no byte walk can tell. The line is not ordinary, wherever the stamp might have ended before. */
export const REFUSES = 0x4000;

/** The bits of an entry that are the next state; 0 ends the walk. */
export const NEXT_STATE = 0x3fff;

/** The state in which the walk begins. */
export const FIRST_STATE = 1;

/**
 * A stamp as a table over bytes. The walk begins behind `prefix` in state {@link FIRST_STATE}. It reads byte after byte, and {@link endClass}
 * at the line's end (without `\r` and `\n`), until the next state is 0. Without an entry that {@link ENDS}, or if the last one
 * {@link REFUSES}, the line is not ordinary.
 */
export interface OrdinaryStamp {
  /** bytes that the line must begin with, before the stamp; at most two, often none; ASCII alone */
  readonly prefix: Uint8Array;
  /** by byte (256): its class */
  readonly classes: Uint8Array;
  /** class of "the line ends here" */
  readonly endClass: number;
  /** entries per state, a power of two */
  readonly stride: number;
  /** `table[state * stride + class]` = next state, with {@link ENDS} or {@link REFUSES} */
  readonly table: Uint16Array;
}
