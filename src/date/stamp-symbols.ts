/**
 * What a walk over a stamp's bytes reads, as far as the stamp tells it apart: ASCII bytes, all others together, the line's end.
 * @module
 */
import { type CharSet, hasCodePoint } from "../regex/char-set.ts";
import { wordSet } from "../regex/character-sets.ts";
import type { AnchorNode, LookNode } from "../regex/tree.ts";
import { lookedFor, type StampSteps } from "./stamp-steps.ts";

/** Symbols below are ASCII bytes. */
export const BEYOND_ASCII = 0x80;
export const LINE_END = 0x81;
const SYMBOLS = 0x82;

export interface Symbols {
  /** by symbol: the class of those that are not told apart */
  readonly classOf: Uint8Array;
  /** by class: the first symbol of it */
  readonly firsts: readonly number[];
}

/** Whether a symbol is of a word; what is beyond ASCII is not known to be. */
export function isWord(symbol: number): boolean {
  return symbol < BEYOND_ASCII && hasCodePoint(wordSet(true), symbol);
}

/** Whether the symbol is in the set; `undefined`: some of the characters for which it stands may be. */
export function isIn(set: CharSet, symbol: number): boolean | undefined {
  if (symbol < BEYOND_ASCII) return hasCodePoint(set, symbol);
  return symbol === LINE_END || (set.at(-1) ?? 0) < BEYOND_ASCII ? false : undefined;
}

/** Whether a place is there between what stands before and the symbol; `undefined`: the symbol does not say. */
export function isAt(
  place: AnchorNode | LookNode,
  isBehindWord: boolean,
  symbol: number,
): boolean | undefined {
  if (place.kind === "look") {
    const answers = lookedFor(place.body).map((sought) => {
      if (sought.kind === "anchor") return isAt(sought, isBehindWord, symbol);
      return sought.kind === "set" && isIn(sought.set, symbol);
    });
    if (answers.includes(true)) return !place.negated;
    return answers.includes(undefined) ? undefined : place.negated;
  }
  if (place.at === "text-end" || place.at === "last-line-end") return symbol === LINE_END;
  if (symbol === BEYOND_ASCII) return undefined;
  return (isWord(symbol) !== isBehindWord) === (place.at === "word-boundary");
}

/** The classes of symbols that the steps tell apart; what fields are made of is told apart altogether. */
export function symbolsOf({ steps, fieldCharacters }: StampSteps): Symbols {
  const sets = new Set(steps.flatMap((step) => (step.kind === "read" ? [step.set] : [])));
  const places = steps.flatMap((step) => (step.kind === "place" ? [step.place] : []));
  const numbers = new Map<string, number>();
  const firsts: number[] = [];
  const classOf = Uint8Array.from({ length: SYMBOLS }, (_, symbol) => {
    const isOwn = symbol >= BEYOND_ASCII || fieldCharacters.some((set) => hasCodePoint(set, symbol));
    let key = String(symbol);
    if (!isOwn) {
      const answers = [false, true].map((isBehind) => places.map((place) => isAt(place, isBehind, symbol)));
      key = `${isWord(symbol)} ${answers.join()} ${Array.from(sets, (set) => hasCodePoint(set, symbol)).join()}`;
    }
    const known = numbers.get(key) ?? firsts.push(symbol) - 1;
    numbers.set(key, known);
    return known;
  });
  return { classOf, firsts };
}
