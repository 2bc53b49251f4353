/**
 * Reads a script that means nothing to a shell but words: one command a line, quotes and backslashes, and not a single character that
 * a shell could expand, redirect or interpret. Whatever else is in a script, it is left to the shell.
 * Knows no tools.
 * @module
 */

/** Lines of a script that is read. */
const MAX_LINES = 8;
/** Characters of such a script. */
const MAX_CHARS = 1024;

/** One part of a word: bare text (`-!` is ipset's), 'text', "text" or an escaped character. Nothing in them is expanded, not even by bash. */
const PART = /-!(?=[ \t]|$)|[\w./:,+@%=-]+|'([\x20-\x26\x28-\x7e]*)'|"([\x20-\x7e]*)"|\\([\x20-\x7e])/y;
/** A brace by itself is a word, except at a command's begin. */
const BRACE = /[{}](?=[ \t]|$)/y;
const BLANKS = /[ \t]*/y;
/** What a shell looks at inside double quotes; a history mark is for those that are talked to, but who knows. */
const LIVE_IN_QUOTES = /["$`\\!]/;

/** The words of one line; `undefined` if the shell would make anything else of it. */
function wordsOf(line: string): string[] | undefined {
  const words: string[] = [];
  let at = skip(BLANKS, line, 0);
  while (at < line.length) {
    BRACE.lastIndex = at;
    const brace = words.length > 0 ? BRACE.exec(line) : null;
    let word = brace?.[0] ?? "";
    let end = at + word.length;
    if (brace === null) {
      for (;;) {
        PART.lastIndex = end;
        const part = PART.exec(line);
        if (part === null) break;
        const [whole, single, double, escaped] = part;
        if (double !== undefined && LIVE_IN_QUOTES.test(double)) return undefined;
        word += single ?? double ?? escaped ?? whole;
        end += whole.length;
      }
    }
    if (end === at) return undefined;
    const next = skip(BLANKS, line, end);
    // something follows the word that is neither a blank nor understood
    if (next === end && end < line.length) return undefined;
    words.push(word);
    at = next;
  }
  return words;
}

function skip(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(line)?.[0].length ?? 0);
}

/**
 * The commands of a script, each as its words.
 *
 * @returns `undefined` if it is not certain that a shell would run exactly these words
 */
export function plainCommands(script: string): readonly (readonly string[])[] | undefined {
  if (script.length > MAX_CHARS) return undefined;
  const lines = script.split("\n");
  if (lines.length > MAX_LINES) return undefined;
  const commands: string[][] = [];
  for (const line of lines) {
    const words = wordsOf(line);
    if (words === undefined) return undefined;
    if (words.length > 0) commands.push(words);
  }
  return commands;
}
