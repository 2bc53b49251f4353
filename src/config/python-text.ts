/**
 * The few string rules of Python that configuration files were written for: what counts as a blank, strip, split, int, repr of text.
 * Knows nothing of configuration.
 * @module
 */

/** Python's `str.isspace` for one character: more than JavaScript's `\s` in the control range, less by U+FEFF. */
const BLANK = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
const INTEGER = /^[+-]?\d+(?:_\d+)*$/;

/** Whether the character at the index is a blank as Python sees it; false past the end. */
export function isBlankAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (Number.isNaN(code) || (code > 0x20 && code < 0x7f)) return false;
  return BLANK.test(text.charAt(index));
}

/** First index that is no blank, from `start`; the length if all are blank. */
export function skipBlanks(text: string, start = 0): number {
  let index = start;
  while (index < text.length && isBlankAt(text, index)) index += 1;
  return index;
}

/** Where the text ends without its trailing blanks; never below `start`. */
export function endWithoutBlanks(text: string, start = 0): number {
  let end = text.length;
  while (end > start && isBlankAt(text, end - 1)) end -= 1;
  return end;
}

/** `str.strip()`. */
export function strip(text: string): string {
  const start = skipBlanks(text);
  return text.slice(start, endWithoutBlanks(text, start));
}

/** `int(text)`: sign, digits, underscores between digits, blanks around; `undefined` for anything else (A§1.10). */
export function parsePythonInt(text: string): number | undefined {
  const bare = strip(text);
  return INTEGER.test(bare) ? Number(bare.replaceAll("_", "")) : undefined;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code === 0x09) return "\\t";
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** `repr()` of a text: single quotes unless it holds one and no double quote; what cannot be printed is escaped. */
export function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const character of text) {
    if (character === quote || character === "\\") result += `\\${character}`;
    else if (character === " " || !UNPRINTABLE.test(character)) result += character;
    else result += escapeCharacter(character);
  }
  return result + quote;
}
