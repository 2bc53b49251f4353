/**
 * Words of the command stream as Python prints them, for `-d` (B§1.17).
 * @module
 */
import { reprText } from "./python-text.ts";
import type { StreamWord } from "./settings.ts";

const isList = (word: StreamWord): word is readonly StreamWord[] => Array.isArray(word);

/** `repr()` of a word: text quoted, numbers and booleans bare, lists and maps inside out. */
export function pythonRepr(word: StreamWord): string {
  if (word === null) return "None";
  if (typeof word === "string") return reprText(word);
  if (typeof word === "boolean") return word ? "True" : "False";
  if (typeof word === "number") return String(word);
  if (isList(word)) return `[${word.map(pythonRepr).join(", ")}]`;
  const entries = Object.entries(word).map(([key, value]) => `${reprText(key)}: ${pythonRepr(value)}`);
  return `{${entries.join(", ")}}`;
}
