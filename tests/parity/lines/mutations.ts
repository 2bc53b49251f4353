/**
 * Spoils lines: characters changed, dropped, doubled, cases flipped, tails cut, bytes that are no text.
 * Lines are held byte by byte (one character for one byte), so that anything can be in them.
 * @module
 */
import type { Dice } from "../../dice.ts";

/** A line as its bytes, one character for each. */
export type ByteLine = string;

export const bytesOfText = (text: string): ByteLine => Buffer.from(text, "utf8").toString("latin1");

/** Bytes that are no UTF-8 where they stand, and some characters that are odd in a line. */
const ODD_BYTES = [
  "\xff",
  "\xc3",
  "\xe2\x82",
  "\xed\xa0\x80",
  "\xf8\x88",
  "\xc0\xaf",
  "\x80",
  "\xf0\x9f\x98",
  "\x00",
  "\x07",
  "\x08",
  "\x1b[31m",
  "\x1c",
  "\x7f",
  "\r",
  "\x0b",
  "\x0c",
  "\xc2\x85",
  "\xc2\xa0",
  "\xe2\x80\xa8",
  "\xe2\x80\xa9",
  "\xef\xbb\xbf",
  "\xe3\x80\x80",
  "\xe2\x80\x8b",
  "\xcc\x81",
  "\xf0\x9f\x98\x80",
  "\xd9\xa1",
] as const; // prettier-ignore

const CHARACTERS = " \t.:;,-_/\\[](){}<>\"'=%#@!?*+^$|~`0123456789abcxyzABCXYZ";

type Mutation = (line: ByteLine, at: number, dice: Dice) => ByteLine;

const insert = (line: ByteLine, at: number, what: string): ByteLine =>
  line.slice(0, at) + what + line.slice(at);

const MUTATIONS: readonly Mutation[] = [
  (line, at, dice) => line.slice(0, at) + dice.pick([...CHARACTERS]) + line.slice(at + 1),
  (line, at, dice) => insert(line, at, dice.pick([...CHARACTERS])),
  (line, at, dice) => insert(line, at, dice.pick(ODD_BYTES)),
  (line, at, dice) => line.slice(0, at) + line.slice(at + 1 + dice.below(4)),
  (line, at, dice) => insert(line, at, line.slice(at, at + 1 + dice.below(12))),
  (line, at) => line.slice(0, at),
  (line, at) => line.slice(at),
  (line, at) => insert(line, at, " "),
  (line, at, dice) =>
    insert(line, at, dice.pick(["x", " ", "\t", "A", "1", ".", ":"]).repeat(dice.once(20) ? 3000 : 30)),
  (line, at) => line.slice(0, at) + flipped(line.slice(at, at + 1)) + line.slice(at + 1),
  (line) => line.replace(/[a-z]+/gi, flipped),
  (line) => line.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  (line) => line.trimStart(),
  (line) => `${line} `,
  (line) => ` ${line}`,
  (line) => `${line}\r`,
  (line) => `#${line}`,
  (line) => line.replaceAll(/ +/g, "  "),
  (line) => line.replaceAll(" ", ""),
  (line) => `${line} ${line}`,
];

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

function flipped(text: string): string {
  if (!isAscii(text)) return text;
  const upper = text.toUpperCase();
  return text === upper ? text.toLowerCase() : upper;
}

/** The line with one to three changes; never a newline in it. */
export function mutated(line: ByteLine, dice: Dice): ByteLine {
  let changed = line;
  for (let left = 1 + dice.few(1, 2); left > 0; left--) {
    changed = dice.pick(MUTATIONS)(changed, dice.below(changed.length + 1), dice);
  }
  return changed.replaceAll("\n", " ");
}
