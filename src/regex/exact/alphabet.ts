/**
 * Characters as the exact matcher meets them: code points of a UTF-16 text, and the sets of one program made quick to ask.
 * Hot: per character.
 * @module
 */
import { characterAt } from "../../base/code-point.ts";
import { type CharSet, hasCodePoint } from "../char-set.ts";
import { simpleLower, wordSet } from "../character-sets.ts";

/** Code points below this are looked up in a table, the rest by bisection. */
const TABLE_SIZE = 256;

/** The code point at a place, -1 at the end of the text. */
export function codePointAfter(text: string, pos: number): number {
  if (pos >= text.length) return -1;
  return characterAt(text, pos);
}

/** The code point that ends at a place, -1 at the start of the text. */
export function codePointBefore(text: string, pos: number): number {
  if (pos <= 0) return -1;
  const unit = text.charCodeAt(pos - 1);
  if (unit < 0xdc00 || unit > 0xdfff || pos < 2) return unit;
  const codePoint = characterAt(text, pos - 2);
  return codePoint > 0xffff ? codePoint : unit;
}

/** UTF-16 units of a code point; 1 for "none", so that a search always goes on. */
export function sizeOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

/** The place `count` code points further, or -1 if that lies behind `end`. */
export function skip(text: string, from: number, end: number, count: number): number {
  if (end - from < count) return -1;
  let pos = from;
  for (let i = 0; i < count; i++) {
    if (pos >= end) return -1;
    pos += sizeOf(codePointAfter(text, pos));
  }
  return pos;
}

/** The place `count` code points to the left, or -1 if the text begins before. */
export function stepBack(text: string, from: number, count: number): number {
  let pos = from;
  for (let i = 0; i < count; i++) {
    if (pos <= 0) return -1;
    pos -= sizeOf(codePointBefore(text, pos));
  }
  return pos;
}

export class Alphabet {
  readonly #sets: readonly CharSet[];
  /** one row of 0 and 1 for each set */
  readonly #table: Uint8Array;
  readonly #first: number;
  readonly #word: number;
  readonly #asciiWord: number;

  constructor(sets: readonly CharSet[], firstCharacters: CharSet | undefined) {
    this.#sets = [...sets, firstCharacters ?? [], wordSet(false), wordSet(true)];
    this.#first = sets.length;
    this.#word = sets.length + 1;
    this.#asciiWord = sets.length + 2;
    this.#table = new Uint8Array(this.#sets.length * TABLE_SIZE);
    for (const [number, set] of this.#sets.entries()) {
      for (let codePoint = 0; codePoint < TABLE_SIZE; codePoint++) {
        if (hasCodePoint(set, codePoint)) this.#table[number * TABLE_SIZE + codePoint] = 1;
      }
    }
  }

  /** Whether the set of that number holds the code point. */
  has(set: number, codePoint: number): boolean {
    if (codePoint < TABLE_SIZE) return this.#table[set * TABLE_SIZE + codePoint] === 1;
    return hasCodePoint(this.#sets[set] ?? [], codePoint);
  }

  /** Whether a match can begin with the code point. */
  startsWith(codePoint: number): boolean {
    return this.has(this.#first, codePoint);
  }

  /** Whether the code point is a word character; -1 is none. */
  isWord(codePoint: number, ascii: boolean): boolean {
    return codePoint >= 0 && this.has(ascii ? this.#asciiWord : this.#word, codePoint);
  }

  /** Python's comparison in a reference: by simple lower case alone. */
  equalsIgnoringCase(one: number, other: number, ascii: boolean): boolean {
    return one === other || simpleLower(one, ascii) === simpleLower(other, ascii);
  }
}
