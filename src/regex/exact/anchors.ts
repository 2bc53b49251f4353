/**
 * Places between characters, by Python's rules: only `\n` separates lines, words are Unicode's unless ASCII is asked for.
 * @module
 */
import { type Alphabet, codePointAfter, codePointBefore } from "./alphabet.ts";
import { ANCHOR_KINDS } from "./program.ts";

const NEWLINE = 0x0a;

/** Whether the anchor of that number holds at a place. */
export function holdsAnchor(kind: number, text: string, pos: number, alphabet: Alphabet): boolean {
  switch (ANCHOR_KINDS[kind]) {
    case "text-start":
      return pos === 0;
    case "text-end":
      return pos === text.length;
    case "line-start":
      return pos === 0 || text.charCodeAt(pos - 1) === NEWLINE;
    case "line-end":
      return pos === text.length || text.charCodeAt(pos) === NEWLINE;
    case "last-line-end":
      return pos === text.length || (pos === text.length - 1 && text.charCodeAt(pos) === NEWLINE);
    case "word-boundary":
      return isBoundary(text, pos, alphabet, false);
    case "no-word-boundary":
      // Python before 3.14: nowhere in an empty text.
      return text !== "" && !isBoundary(text, pos, alphabet, false);
    case "ascii-word-boundary":
      return isBoundary(text, pos, alphabet, true);
    case "no-ascii-word-boundary":
      return text !== "" && !isBoundary(text, pos, alphabet, true);
    default:
      return false;
  }
}

function isBoundary(text: string, pos: number, alphabet: Alphabet, ascii: boolean): boolean {
  const left = alphabet.isWord(codePointBefore(text, pos), ascii);
  return left !== alphabet.isWord(codePointAfter(text, pos), ascii);
}
