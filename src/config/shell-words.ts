/**
 * Splits a line into words as a shell does, quotes and backslashes included; Python's `shlex.split`. Nothing is substituted.
 * @module
 */

/** Why the line cannot be split, in Python's words. */
export interface SplitFailure {
  readonly error: "No closing quotation" | "No escaped character";
}

/** The words of a line; `#` is an ordinary character. */
export function splitShellWords(line: string): readonly string[] | SplitFailure {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote === "'" && character !== quote) word += character;
    else if (quote !== "" && character === quote) quote = "";
    else if (character === "\\") {
      at += 1;
      if (at >= line.length) return { error: "No escaped character" };
      const next = line.charAt(at);
      // between double quotes a backslash is one unless it hides a quote or itself
      word = (word ?? "") + (quote === '"' && next !== '"' && next !== "\\" ? `\\${next}` : next);
    } else if (quote !== "") word += character;
    else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") return { error: "No closing quotation" };
  if (word !== undefined) words.push(word);
  return words;
}
