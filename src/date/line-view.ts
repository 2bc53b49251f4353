/**
 * A line as the default templates search it. They say nothing of characters beyond the basic plane but whether those belong to words, so
 * such characters are searched as a stand-in of one unit each: the native engine, which counts units, then counts right, and the slow
 * exact one is spared. Knows no template.
 * Hot: per candidate line.
 * @module
 */

import { characterAt } from "../base/code-point.ts";
import { hasCodePoint } from "../regex/char-set.ts";
import type { CompiledRegex, RegexMatch, Span } from "../regex/compiled-regex.ts";
import { DIGITS, WORD_CHARACTERS } from "../regex/unicode-tables.ts";
import { LineTraits, type Need } from "./line-traits.ts";

const SURROGATE = /[\ud800-\udfff]/;
const FIRST_ASTRAL = 0x10000;

/** A letter that is the other case of none in a stamp, and a sign. */
const WORD_STAND_IN = "\u0141";
const OTHER_STAND_IN = "\u2603";

/** Whether every character is one unit, so that places counted in characters are offsets. */
export const isPlain = (text: string): boolean => !SURROGATE.test(text);

/** How many characters stand before an offset: state that goes from line to line counts as Python does. */
export function charactersBefore(text: string, offset: number): number {
  let count = offset;
  for (const { index } of text.slice(0, offset).matchAll(/[\u{10000}-\u{10ffff}]/gu))
    if (index < offset) count--;
  return count;
}

/** The offset behind so many characters, at most the text's end. */
export function offsetBehind(text: string, characters: number): number {
  let offset = 0;
  for (let left = characters; left > 0 && offset < text.length; left--) {
    offset += characterAt(text, offset) >= FIRST_ASTRAL ? 2 : 1;
  }
  return offset;
}

export class LineView {
  readonly text: string;
  readonly #isPlain: boolean;
  #traits: LineTraits | undefined;
  #plain: PlainText | "needless" | undefined;

  constructor(text: string, isPlainText = isPlain(text)) {
    this.text = text;
    this.#isPlain = isPlainText;
  }

  /** Whether something is needed that the line has not. */
  lacks(need: Need | undefined): boolean {
    if (need === undefined) return false;
    this.#traits ??= new LineTraits(this.text);
    return !this.#traits.has(need);
  }

  /** As {@link CompiledRegex.search}, for the regex of a default template. */
  searchWith(regex: CompiledRegex, from: number): RegexMatch | undefined {
    if (this.#isPlain) return regex.search(this.text, from);
    this.#plain ??= plainTextOf(this.text) ?? "needless";
    return this.#plain === "needless" ? regex.search(this.text, from) : this.#plain.searchWith(regex, from);
  }
}

/** The text with stand-ins; `undefined` where none are needed, or where a digit of such a script may belong to a stamp. */
function plainTextOf(text: string): PlainText | undefined {
  if (!SURROGATE.test(text)) return undefined;
  let plain = "";
  const pairs: number[] = [];
  let from = 0;
  // half of a pair, which a decoder never makes
  if (/[\ud800-\udfff]/u.test(text)) return undefined;
  for (const { index, 0: character } of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) {
    const codePoint = character.codePointAt(0) ?? FIRST_ASTRAL;
    if (hasCodePoint(DIGITS, codePoint)) return undefined;
    plain += text.slice(from, index);
    pairs.push(plain.length);
    plain += hasCodePoint(WORD_CHARACTERS, codePoint) ? WORD_STAND_IN : OTHER_STAND_IN;
    from = index + character.length;
  }
  return new PlainText(plain + text.slice(from), pairs);
}

class PlainText {
  readonly #text: string;
  /** where in the text stand-ins are, ascending */
  readonly #pairs: readonly number[];

  constructor(text: string, pairs: readonly number[]) {
    this.#text = text;
    this.#pairs = pairs;
  }

  searchWith(regex: CompiledRegex, from: number): RegexMatch | undefined {
    const match = regex.search(this.#text, this.#plainOffset(from));
    return match === undefined ? undefined : new ShiftedMatch(match, (offset) => this.#lineOffset(offset));
  }

  /** The offset in the line. */
  #lineOffset(offset: number): number {
    let [low, high] = [0, this.#pairs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pairs[middle] ?? offset) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  }

  #plainOffset(lineOffset: number): number {
    let [low, high] = [0, lineOffset];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#lineOffset(middle) < lineOffset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A match in the text with stand-ins, told in offsets of the line. */
class ShiftedMatch implements RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly #match: RegexMatch;
  readonly #lineOffset: (offset: number) => number;

  constructor(match: RegexMatch, lineOffset: (offset: number) => number) {
    this.start = lineOffset(match.start);
    this.end = lineOffset(match.end);
    this.#match = match;
    this.#lineOffset = lineOffset;
  }

  group(key: number | string): string | undefined {
    return this.#match.group(key);
  }

  span(key: number | string): Span | undefined {
    const span = this.#match.span(key);
    return span === undefined ? undefined : [this.#lineOffset(span[0]), this.#lineOffset(span[1])];
  }
}
