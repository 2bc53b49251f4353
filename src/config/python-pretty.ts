/**
 * Words of the command stream as Python's `pprint` prints them, for `--dp`: on one line while it fits, else an item a line, long
 * texts cut at line ends and blanks (B§1.2).
 * @module
 */
import { pythonRepr } from "./python-repr.ts";
import { reprText } from "./python-text.ts";
import type { StreamWord } from "./settings.ts";

/** Columns of a line. */
const WIDTH = 1000;
/** Columns by which the items of a list stand deeper. */
const INDENT = 2;

const isList = (word: StreamWord): word is readonly StreamWord[] => Array.isArray(word);
const lengthOf = (text: string): number => [...text].length;

/** The line's chunks: as many words as fit into one literal, blanks staying with the word before them. */
function chunksOfLine(line: string, width: number, lastWidth: number): readonly string[] {
  const parts = line.match(/\S+\s*|\s+/g) ?? [];
  const chunks: string[] = [];
  let current = "";
  for (const [index, part] of parts.entries()) {
    const room = index === parts.length - 1 ? lastWidth : width;
    if (lengthOf(reprText(current + part)) <= room) {
      current += part;
      continue;
    }
    if (current !== "") chunks.push(reprText(current));
    current = part;
  }
  if (current !== "") chunks.push(reprText(current));
  return chunks;
}

function prettyText(text: string, indent: number, allowance: number): string {
  const lines = text.match(/[^\n\r]*(?:\r\n|[\n\r]|$)/g)?.filter((line) => line !== "") ?? [];
  const width = WIDTH - indent;
  const chunks = lines.flatMap((line, index) => {
    const lastWidth = index === lines.length - 1 ? width - allowance : width;
    const whole = reprText(line);
    return lengthOf(whole) <= lastWidth ? [whole] : chunksOfLine(line, width, lastWidth);
  });
  return chunks.join(`\n${" ".repeat(indent)}`);
}

/**
 * The word, pretty.
 *
 * @param indent column at which it begins
 * @param allowance columns that the closing brackets and the comma behind it need
 */
export function pythonPretty(word: StreamWord, indent = 0, allowance = 0): string {
  const plain = pythonRepr(word);
  if (lengthOf(plain) <= WIDTH - indent - allowance) return plain;
  if (typeof word === "string") return prettyText(word, indent, allowance);
  if (!isList(word)) return plain;
  const items = word.map((item, index) =>
    pythonPretty(item, indent + INDENT, index === word.length - 1 ? allowance + 1 : 1),
  );
  return `[${" ".repeat(INDENT - 1)}${items.join(`,\n${" ".repeat(indent + INDENT)}`)}]`;
}
