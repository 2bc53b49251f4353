/**
 * Turns what a pattern says about characters into sets of code points: categories, Unicode or ASCII, case or not.
 * Case is Python's simple folding: one character against one, `ß` never `ss`.
 * @module
 */
import {
  ALL_CHARACTERS,
  type CharSet,
  charSet,
  complementOf,
  hasCodePoint,
  intersectionOf,
  rangesOf,
  unionOf,
} from "./char-set.ts";
import type { Category, ClassNode } from "./tree.ts";
import { BLANKS, CASE_GROUPS, CASED, DIGITS, UNASSIGNED, WORD_CHARACTERS } from "./unicode-tables.ts";

const ASCII_DIGITS: CharSet = [0x30, 0x39];
const ASCII_BLANKS: CharSet = [0x09, 0x0d, 0x20, 0x20];
const ASCII_WORD: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const ASCII_LETTERS: CharSet = [0x41, 0x5a, 0x61, 0x7a];

/** `.` without DOTALL: everything but the newline. */
const NO_NEWLINE: CharSet = complementOf([0x0a, 0x0a]);

/** What `.` takes. */
export function anySet(newline: boolean): CharSet {
  return newline ? ALL_CHARACTERS : NO_NEWLINE;
}

/** What `\w` takes. */
export function wordSet(ascii: boolean): CharSet {
  return ascii ? ASCII_WORD : WORD_CHARACTERS;
}

function categorySet(category: Category, ascii: boolean): CharSet {
  switch (category) {
    case "d":
      return ascii ? ASCII_DIGITS : DIGITS;
    case "s":
      return ascii ? ASCII_BLANKS : BLANKS;
    case "w":
      return wordSet(ascii);
    case "D":
      return complementOf(categorySet("d", ascii));
    case "S":
      return complementOf(categorySet("s", ascii));
    case "W":
      return complementOf(categorySet("w", ascii));
  }
}

/** JavaScript's letters are of a later Unicode than Python's: some have got a partner since. */
const isUnassigned = (codePoint: number): boolean => hasCodePoint(UNASSIGNED, codePoint);

/** The one code point of a text, `undefined` if it has more or Python knows no such character. */
function knownCodePoint(text: string): number | undefined {
  const codePoint = text.codePointAt(0);
  if (codePoint === undefined || String.fromCodePoint(codePoint) !== text) return undefined;
  return isUnassigned(codePoint) ? undefined : codePoint;
}

/** Python's lower case of one character: always one character. */
export function simpleLower(codePoint: number, ascii: boolean): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
  if (ascii) return codePoint;
  if (isUnassigned(codePoint)) return codePoint;
  // İ alone has a longer lower case, of which `i` is the simple one.
  if (codePoint === 0x130) return 0x69;
  return knownCodePoint(String.fromCodePoint(codePoint).toLowerCase()) ?? codePoint;
}

/** Variants of the letters asked for so far; at most one entry for each in `CASED`. */
const knownVariants = new Map<number, readonly number[]>();

/** The characters that Python's `(?i)` takes for the same, the character itself among them. */
function caseVariants(codePoint: number): readonly number[] {
  let variants = knownVariants.get(codePoint);
  if (variants === undefined) {
    variants = findVariants(codePoint);
    knownVariants.set(codePoint, variants);
  }
  return variants;
}

function findVariants(codePoint: number): readonly number[] {
  const group = CASE_GROUPS.find((members) => members.includes(codePoint));
  if (group !== undefined) return group;
  const lower = simpleLower(codePoint, false);
  const upper = knownCodePoint(String.fromCodePoint(lower).toUpperCase());
  if (upper === undefined) return [codePoint];
  return simpleLower(upper, false) === lower ? [codePoint, lower, upper] : [codePoint];
}

/** The set with the other cases of its letters. */
export function closedOverCase(set: CharSet, ascii: boolean): CharSet {
  const letters = intersectionOf(set, ascii ? ASCII_LETTERS : CASED);
  const more: (readonly [number, number])[] = [];
  for (const [low, high] of rangesOf(letters)) {
    for (let codePoint = low; codePoint <= high; codePoint++) {
      const variants = ascii ? [codePoint ^ 0x20] : caseVariants(codePoint);
      for (const variant of variants) more.push([variant, variant]);
    }
  }
  return more.length === 0 ? set : unionOf(set, charSet(more));
}

/** Sets kept of classes as they are written: the same few come again and again, and who compares sets finds them to be one. */
const MAX_KEPT_SETS = 1000;
const keptSets = new Map<string, CharSet>();
/** of single characters of ASCII, by {@link placeOfSingle} */
const keptSingles: (CharSet | undefined)[] = [];

/** The code points that a class or literal takes. */
export function classSet(node: ClassNode): CharSet {
  const place = placeOfSingle(node);
  if (place >= 0) {
    keptSingles[place] ??= makeSet(node);
    return keptSingles[place];
  }
  const key = keyOf(node);
  const known = keptSets.get(key);
  if (known !== undefined) return known;
  const set = makeSet(node);
  if (keptSets.size < MAX_KEPT_SETS) keptSets.set(key, set);
  return set;
}

/** -1 for classes that are more than one character of ASCII. */
function placeOfSingle({ items, negated, ignoreCase, ascii }: ClassNode): number {
  const [first] = items;
  if (negated || items.length > 1 || first?.kind !== "range") return -1;
  if (first.low !== first.high || first.low > 0x7f) return -1;
  return 4 * first.low + (ignoreCase ? 2 : 0) + (ascii ? 1 : 0);
}

function keyOf({ items, negated, ignoreCase, ascii }: ClassNode): string {
  let key = `${negated ? "^" : ""}${ignoreCase ? "i" : ""}${ascii ? "a" : ""}`;
  for (const item of items)
    key += item.kind === "category" ? `,${item.category}` : `,${item.low}-${item.high}`;
  return key;
}

function makeSet(node: ClassNode): CharSet {
  const ranges: (readonly [number, number])[] = [];
  const categories = new Set<Category>();
  for (const item of node.items) {
    if (item.kind === "category") categories.add(item.category);
    else ranges.push([item.low, item.high]);
  }
  let set = charSet(ranges);
  if (node.ignoreCase) set = closedOverCase(set, node.ascii);
  for (const category of categories) set = unionOf(set, categorySet(category, node.ascii));
  return node.negated ? complementOf(set) : set;
}
