/**
 * References: the text of a group once more.
 * @module
 */
import { type Alphabet, codePointAfter, sizeOf } from "./alphabet.ts";

/** How a reference compares: as it is, by simple lower case, or by ASCII's alone. */
const AS_IT_IS = 0;
const BY_ASCII_CASE = 2;

/** Characters that are compared in the time of a step. */
const CHARACTERS_PER_STEP = 16;

/** Steps that a comparison of so many characters counts for. */
export function referenceSteps(length: number, mode: number): number {
  return mode === AS_IT_IS ? Math.floor(length / CHARACTERS_PER_STEP) : length;
}

/** The end of the text from `start` to `end` where it stands again at `from`, or -1. */
export function matchReference(
  text: string,
  from: number,
  [start, end]: readonly [start: number, end: number],
  mode: number,
  alphabet: Alphabet,
): number {
  if (mode === AS_IT_IS) return text.startsWith(text.slice(start, end), from) ? from + end - start : -1;
  let pos = from;
  for (let i = start; i < end; ) {
    const wanted = codePointAfter(text, i);
    const codePoint = codePointAfter(text, pos);
    if (codePoint < 0 || !alphabet.equalsIgnoringCase(wanted, codePoint, mode === BY_ASCII_CASE)) return -1;
    i += sizeOf(wanted);
    pos += sizeOf(codePoint);
  }
  return pos;
}
