/**
 * A line of interactive mode as words, by the shell's rules of quoting (B§1.20).
 * @module
 */

/** The line cannot be cut into words. */
export class WordsError extends Error {
  override readonly name = "WordsError";
}

/** @throws {WordsError} `No closing quotation`, `No escaped character` */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  const characters = Array.from(line);
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "\\" && quote !== "'") {
      const next = characters[at + 1];
      if (next === undefined) throw new WordsError("No escaped character");
      // Inside double quotes a backslash is one, unless it escapes itself or the quote.
      const isLiteral = quote === '"' && next !== '"' && next !== "\\";
      word = `${word ?? ""}${isLiteral ? "\\" : ""}${next}`;
      at += 1;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = `${word ?? ""}${character}`;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ""}${character}`;
  }
  if (quote !== "") throw new WordsError("No closing quotation");
  if (word !== undefined) words.push(word);
  return words;
}
