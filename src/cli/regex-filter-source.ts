/**
 * The regexes and settings that `gaoler regex` takes over from a filter's options or a jail's commands (A§4.2).
 * @module
 */
import type { Values } from "../config/definition-source.ts";
import { parsePythonInt } from "../config/python-text.ts";
import type { StreamCommand, StreamWord } from "../config/settings.ts";
import { splitShellWords } from "../config/shell-words.ts";

/** The settings that a jail or filter brings; `usedns` and zones are not taken over (A§4.2). */
export interface FilterSource {
  readonly prefregex: string | undefined;
  readonly failregex: readonly string[];
  readonly ignoreregex: readonly string[];
  readonly maxlines: number | undefined;
  readonly datepattern: string | undefined;
  readonly journalmatch: readonly (readonly string[])[];
}

const linesOf = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : text.split("\n").filter((line) => line.trim() !== "");

/** The words of a journal match; one with a quote that is never closed is cut at its blanks. */
function matchWords(line: string): readonly string[] {
  const words = splitShellWords(line);
  return Array.isArray(words) ? words : line.split(/\s+/);
}

/** The standard options of a filter. */
export function sourceOfValues(values: Values): FilterSource {
  const text = (name: string): string | undefined => values.get(name)?.text;
  const prefregex = text("prefregex");
  const datepattern = text("datepattern");
  return {
    prefregex: prefregex === "" ? undefined : prefregex,
    failregex: linesOf(text("failregex")),
    ignoreregex: linesOf(text("ignoreregex")),
    maxlines: parsePythonInt(text("maxlines") ?? ""),
    datepattern: datepattern === "" ? undefined : datepattern,
    journalmatch: linesOf(text("journalmatch")).map(matchWords),
  };
}

const wordsOf = (word: StreamWord | undefined): readonly string[] =>
  (Array.isArray(word) ? word : [word]).map(String);

/** The same from a jail's commands; a later command overrides, lists grow. */
export function sourceOfCommands(commands: readonly StreamCommand[]): FilterSource {
  const last = new Map<string, string>();
  const lists = new Map<string, string[]>([
    ["addfailregex", []],
    ["addignoreregex", []],
  ]);
  const journalmatch: (readonly string[])[] = [];
  for (const { words } of commands) {
    const [, , option, value, ...more] = words;
    if (typeof option !== "string" || value === undefined) continue;
    const list = lists.get(option);
    if (list !== undefined) list.push(...wordsOf(value));
    else if (option === "addjournalmatch") journalmatch.push([...wordsOf(value), ...more.map(String)]);
    else last.set(option, String(value));
  }
  return {
    prefregex: last.get("prefregex"),
    failregex: lists.get("addfailregex") ?? [],
    ignoreregex: lists.get("addignoreregex") ?? [],
    maxlines: parsePythonInt(last.get("maxlines") ?? ""),
    datepattern: last.get("datepattern"),
    journalmatch,
  };
}
