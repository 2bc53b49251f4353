/**
 * Makes text from outside harmless in a log: nothing that a log line, a command's output or an ID contains can begin a line of
 * its own, move a terminal's cursor or turn the reading direction. The one log escaper of gaoler.
 * Hot: per failure.
 * @module
 */

/** C0 and C1 controls, line and paragraph separators, and what changes the direction of text; tab is harmless. */
export const HARMFUL = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** What most values consist of: looking is cheaper than replacing nothing. */
const PLAIN = /^[\t -~]*$/;

/** What begins a further line of one message; no date, level or logger can stand where a line begins. */
export const CONTINUATION = "\n  | ";

/** A value within a line: newlines are shown as the two characters `\n`. */
export function escapeValue(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(HARMFUL, shown);
}

/** A message of one or more lines: line breaks stay and are marked, so that none looks like a log line of its own. */
export function escapeMessage(text: string): string {
  return text.trimEnd().split(/\r?\n/).map(escapeValue).join(CONTINUATION);
}

function shown(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
