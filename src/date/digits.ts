/**
 * Digits of any script as our own: patterns take them all, as Python's `\d` does, and so does its `int`.
 * @module
 */
import { rangesOf } from "../regex/char-set.ts";
import { DIGITS } from "../regex/unicode-tables.ts";

const PLAIN = /^[\0-\xff]*$/;

function digitOf(character: string): string {
  const codePoint = character.codePointAt(0);
  if (codePoint === undefined) return character;
  for (const [low, high] of rangesOf(DIGITS)) {
    // scripts have their ten digits in a row, one set after the other
    if (codePoint >= low && codePoint <= high) return String((codePoint - low) % 10);
  }
  return character;
}

/** The text with `0` to `9` for the digits of other scripts. */
export function withPlainDigits(text: string): string {
  return PLAIN.test(text) ? text : Array.from(text, digitOf).join("");
}
