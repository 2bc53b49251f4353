/**
 * The open ways of a pattern at one place of a text, and how they went from there to the next place. Data only.
 * @module
 */

/** The way began here. */
export const BEGINS = -1;

/** Instead of a way: the pattern does not match. */
export const NO_MATCH = -2;

/** Open ways at a place, in order. */
export interface Row {
  /** states that wait: for a character, to be told what is behind, or that accept */
  readonly open: Int32Array;
  /** by way: what it still looks ahead for, if there are such looks */
  readonly outlooks: Int32Array | undefined;
  /** what stands before, if it is asked for */
  readonly before: number;
  /** class of the character before, likewise */
  readonly previous: number | undefined;
  /** there was a match: no way begins any more */
  readonly isFound: boolean;
  /** some way waits to be told what is behind; some looks for something */
  readonly asksBehind: boolean;
  readonly isLooking: boolean;
}

/** How the ways went from one place to the next. */
export interface Step {
  /** by way of the next row: the way of this row it goes on from, or {@link BEGINS} */
  readonly from: Int32Array;
  /** by way of the next row: group places passed before the character, and behind it; the match's end if it is not where it is known */
  readonly here: readonly (readonly number[])[];
  readonly behind: readonly (readonly number[])[];
  /** the way by which the pattern matches up to this place, {@link NO_MATCH} for none; and the group places it passes */
  readonly match: number;
  readonly matchTags: readonly number[];
}

/** Equal rows have the same. */
export function keyOf({ open, outlooks, before, previous, isFound }: Row): string {
  const key = `${before}:${previous}:${isFound}:${open.join()}`;
  return outlooks === undefined ? key : `${key}:${outlooks.join()}`;
}
