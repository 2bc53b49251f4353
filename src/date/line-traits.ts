/**
 * What a line has that a default template cannot match without: most lines without a stamp lack it, and are done with after one look
 * instead of a search by each template (A§2.5). Knows no template.
 * Hot: per candidate line.
 * @module
 */
import { hasCodePoint } from "../regex/char-set.ts";
import { DIGITS } from "../regex/unicode-tables.ts";

/**
 * `clock`: hours, minutes and seconds between colons; `count`: the digits of an epoch; `solid`: the eight digits of a date without signs,
 * and what parts them from its time; `label`: a TAI64N label.
 */
export type Need = "clock" | "count" | "solid" | "label";

/** What the texts of a need hold, in a syntax that is Python's as well. */
export const NEED_PATTERNS: Readonly<Record<Need, string>> = {
  clock: "\\d:\\d\\d?:\\d",
  count: "\\d{10}",
  solid: "\\d{8}[-T ] ?\\d",
  label: "@[\\da-f]{24}",
};
const NEEDS: Readonly<Record<Need, RegExp>> = {
  clock: new RegExp(NEED_PATTERNS.clock),
  count: new RegExp(NEED_PATTERNS.count),
  solid: new RegExp(NEED_PATTERNS.solid),
  label: new RegExp(NEED_PATTERNS.label),
};
const ANY_NEED = new RegExp(Object.values(NEED_PATTERNS).join("|"));

/** Beyond Latin-1, where the first digits of other scripts are. On one-byte strings this answers without looking at the text. */
const WIDE = /[^\0-\xff]/;
const WIDE_CHARACTERS = /[^\0-\xff]/gu;

/** Whether there is a digit of another script: patterns take those too, the looks above do not. */
function hasForeignDigit(line: string): boolean {
  if (!WIDE.test(line)) return false;
  for (const [character] of line.matchAll(WIDE_CHARACTERS)) {
    const codePoint = character.codePointAt(0);
    if (codePoint !== undefined && hasCodePoint(DIGITS, codePoint)) return true;
  }
  return false;
}

/** One line under the looks; each is taken once. */
export class LineTraits {
  readonly #line: string;
  readonly #seen = new Map<Need, boolean>();
  /** whether every need is there, or none; `undefined`: each is to be looked for */
  readonly #all: boolean | undefined;

  constructor(line: string) {
    this.#line = line;
    if (hasForeignDigit(line)) this.#all = true;
    else if (!ANY_NEED.test(line)) this.#all = false;
  }

  /** Whether the line may have what is needed. */
  has(need: Need): boolean {
    if (this.#all !== undefined) return this.#all;
    let seen = this.#seen.get(need);
    if (seen === undefined) {
      seen = NEEDS[need].test(this.#line);
      this.#seen.set(need, seen);
    }
    return seen;
  }
}
