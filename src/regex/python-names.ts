/**
 * Python's own rules for text in patterns: what is a name, what is a number, and how a message shows either.
 * @module
 */
import { hasCodePoint } from "./char-set.ts";
import { BLANKS, DIGITS, UNASSIGNED } from "./unicode-tables.ts";

const IDENTIFIER = /^[\p{XIDS}_]\p{XIDC}*$/u;
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
const CODES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/** Digits that Python's `int` reads, and no more. */
const MAX_DIGITS = 4300;

/** What may stand in names only since a later Unicode than Python's. */
const NEW_IN_NAMES = /\u200c|\u200d|\u30fb|\uff65/;

function isAssigned(character: string): boolean {
  return !hasCodePoint(UNASSIGNED, character.codePointAt(0) ?? 0);
}

/** `str.isidentifier()`. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !NEW_IN_NAMES.test(text) && Array.from(text).every(isAssigned);
}

/** `str.isalpha()` of one token. */
export function isLetter(token: string): boolean {
  return /^\p{L}$/u.test(token) && isAssigned(token);
}

/** `repr()` of a text: what cannot be printed is written as an escape. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = "";
  for (const character of text) {
    const isPrintable = character === " " || (!UNPRINTABLE.test(character) && isAssigned(character));
    if (character === quote) body += `\\${quote}`;
    else body += CODES[character] ?? (isPrintable ? character : codeOf(character));
  }
  return quote + body + quote;
}

function codeOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const digits = codePoint.toString(16);
  if (codePoint < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return codePoint < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** `int()` of a text: digits of any script with underscores between, a sign, blanks around; `undefined` for anything else. */
export function numberOf(text: string): bigint | undefined {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  while (hasCodePoint(BLANKS, characters.at(-1) ?? -1)) characters.pop();
  const start = characters.findIndex((codePoint) => !hasCodePoint(BLANKS, codePoint));
  // Digits stand in tens, each ten beginning with its zero.
  const bare = characters
    .slice(Math.max(start, 0))
    .map((codePoint) => {
      if (codePoint < 0x80 || !hasCodePoint(DIGITS, codePoint)) return String.fromCodePoint(codePoint);
      return String(digitOf(codePoint));
    })
    .join("");
  const [, sign = "", digits = ""] = /^([+-]?)([0-9]+(?:_[0-9]+)*)$/.exec(bare) ?? [];
  const plain = digits.replaceAll("_", "");
  if (plain === "" || plain.length > MAX_DIGITS) return undefined;
  return sign === "-" ? -BigInt(plain) : BigInt(plain);
}

function digitOf(codePoint: number): number {
  for (let i = 0; i + 1 < DIGITS.length; i += 2) {
    const low = DIGITS[i] ?? 0;
    if (codePoint >= low && codePoint <= (DIGITS[i + 1] ?? 0)) return (codePoint - low) % 10;
  }
  return 0;
}
