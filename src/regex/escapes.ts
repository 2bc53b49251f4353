/**
 * Backslash escapes outside and inside of character classes.
 * Reads them; what a reference may refer to is the parser's business.
 * @module
 */
import { codePointNamed } from "./character-names.ts";
import { RegexSyntaxError } from "./errors.ts";
import { lengthOf, type PatternReader } from "./pattern-reader.ts";
import { quoted } from "./python-names.ts";
import type { AnchorNode, Category } from "./tree.ts";

export type Escape =
  | { readonly kind: "literal"; readonly codePoint: number }
  | { readonly kind: "category"; readonly category: Category }
  | { readonly kind: "anchor"; readonly at: AnchorNode["at"] }
  /** `\1`; `text` as written, for messages */
  | { readonly kind: "reference"; readonly group: number; readonly text: string };

const CONTROL_LETTERS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

const ANCHORS: Readonly<Record<string, AnchorNode["at"]>> = {
  A: "text-start",
  Z: "text-end",
  b: "word-boundary",
  B: "no-word-boundary",
};

const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const HEX = /^[0-9a-fA-F]$/;
const OCTAL = /^[0-7]$/;
const DIGIT = /^[0-9]$/;

const literal = (codePoint: number): Escape => ({ kind: "literal", codePoint });

function isCategory(letter: string): letter is Category {
  return letter.length === 1 && "dDsSwW".includes(letter);
}

/** `\xhh`, `\uhhhh`, `\Uhhhhhhhh`, `\N{…}` and control letters, alike everywhere. */
function parseCommonEscape(reader: PatternReader, escaped: string): Escape | undefined {
  const letter = escaped.slice(1);
  const control = CONTROL_LETTERS[letter];
  if (control !== undefined) return literal(control);
  if (isCategory(letter)) return { kind: "category", category: letter };
  const digits = HEX_ESCAPES[letter];
  if (digits !== undefined) {
    const text = escaped + reader.takeWhile(digits, HEX);
    if (text.length !== digits + 2) throw reader.error(`incomplete escape ${text}`, text.length);
    const codePoint = Number.parseInt(text.slice(2), 16);
    // What does not fit into an int of C is another mistake, and one without a place.
    if (codePoint > 0x7fffffff) {
      throw new RegexSyntaxError("Python int too large to convert to C int", undefined);
    }
    if (codePoint > 0x10ffff) throw reader.error(`bad escape ${text}`, text.length);
    return literal(codePoint);
  }
  if (letter === "N") {
    if (!reader.accept("{")) throw reader.error("missing {");
    const name = reader.takeUntil("}", "character name");
    // Python stumbles over a lone surrogate before it looks for the name.
    if (!name.isWellFormed()) throw reader.error(`bad escape ${escaped}`, escaped.length);
    const codePoint = codePointNamed(name);
    if (codePoint !== undefined) return literal(codePoint);
    throw reader.error(`undefined character name ${quoted(name)}`, lengthOf(name) + 4);
  }
  return undefined;
}

/** What is no known escape: punctuation stands for itself, letters and digits are mistakes. */
function parseIdentityEscape(reader: PatternReader, escaped: string): Escape {
  const character = escaped.slice(1);
  if (/^[0-9A-Za-z]$/.test(character)) throw reader.error(`bad escape ${escaped}`, escaped.length);
  return literal(character.codePointAt(0) ?? 0);
}

function octalValue(reader: PatternReader, text: string): Escape {
  const codePoint = Number.parseInt(text.slice(1), 8);
  if (codePoint > 0o377) {
    throw reader.error(`octal escape value ${text} outside of range 0-0o377`, text.length);
  }
  return literal(codePoint);
}

/**
 * Reads an escape outside of a class; its first token is taken already.
 *
 * @throws {RegexSyntaxError} as Python words it
 */
export function parseEscape(reader: PatternReader, escaped: string): Escape {
  const letter = escaped.slice(1);
  const at = ANCHORS[letter];
  if (at !== undefined) return { kind: "anchor", at };
  const common = parseCommonEscape(reader, escaped);
  if (common !== undefined) return common;
  if (letter === "0") return octalValue(reader, escaped + reader.takeWhile(2, OCTAL));
  if (!DIGIT.test(letter)) return parseIdentityEscape(reader, escaped);
  // Three octal digits are a character, anything shorter is a reference.
  let text = escaped + reader.takeWhile(1, DIGIT);
  if (/^\\[0-7][0-7]$/.test(text)) {
    text += reader.takeWhile(1, OCTAL);
    if (text.length === 4) return octalValue(reader, text);
  }
  return { kind: "reference", group: Number(text.slice(1)), text };
}

/** Reads an escape inside of a class: `\b` is a backspace, digits are octal. */
export function parseClassEscape(
  reader: PatternReader,
  escaped: string,
): Extract<Escape, { kind: "literal" | "category" }> {
  const letter = escaped.slice(1);
  let result: Escape;
  if (letter === "b") result = literal(8);
  else if (OCTAL.test(letter)) result = octalValue(reader, escaped + reader.takeWhile(2, OCTAL));
  else result = parseCommonEscape(reader, escaped) ?? parseIdentityEscape(reader, escaped);
  if (result.kind !== "literal" && result.kind !== "category") throw reader.error(`bad escape ${escaped}`, 2);
  return result;
}
