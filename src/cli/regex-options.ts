/**
 * Options and arguments of `gaoler regex`, as Python's optparse reads them: abbreviations, `--name=value`, `-xVALUE`, options
 * between arguments (A§4.1). Knows no filters and prints nothing.
 * @module
 */
import { parsePythonInt } from "../config/python-text.ts";
import type { UseDns } from "../config/settings.ts";
import { OPTION_SPECS, type OptionSpec, OWN_OPTION_SPECS } from "./regex-option-table.ts";

export interface RegexOptions {
  readonly config: string | undefined;
  readonly datepattern: string | undefined;
  readonly timezone: string | undefined;
  readonly encoding: string;
  readonly usedns: UseDns;
  /** 0: not given */
  readonly maxlines: number;
  readonly journalmatch: string | undefined;
  readonly logLevel: string;
  readonly verbosity: number;
  readonly showsDateRegexes: boolean;
  readonly showsDebuggex: boolean;
  readonly triesAll: boolean;
  /** format of `-o`; `undefined`: the report */
  readonly out: string | undefined;
  readonly inverts: boolean;
  readonly printsAllMatched: boolean;
  readonly printsAllMissed: boolean;
  readonly printsAllIgnored: boolean;
  readonly printsNoMissed: boolean;
  readonly printsNoIgnored: boolean;
  /** one JSON document instead of the report; our own */
  readonly json: boolean;
  /** tells why lines are missed or ignored; our own */
  readonly explains: boolean;
  /** empty lines and comments are lines, too; our own */
  readonly takesAllLines: boolean;
}

export type RegexArguments =
  | { readonly kind: "run"; readonly options: RegexOptions; readonly words: readonly string[] }
  | { readonly kind: "help" | "version" | "short-version" }
  /** a mistake in the options: usage, then this text, exit 2 */
  | { readonly kind: "syntax"; readonly text: string }
  /** options that exclude one another: help, then this text, exit 255 */
  | { readonly kind: "exclusive"; readonly text: string };

const EXCLUSIVE = [
  ["noMissed", "--print-no-missed", "allMissed", "--print-all-missed"],
  ["noIgnored", "--print-no-ignored", "allIgnored", "--print-all-ignored"],
  ["json", "--json", "out", "--out"],
  ["explain", "--explain", "out", "--out"],
] as const;

class OptionSyntax extends Error {}

/** Options that end the reading of the words at once. */
const ENDING = ["help", "version", "shortVersion"];

const namesOf = (specs: readonly OptionSpec[]): ReadonlyMap<string, OptionSpec> =>
  new Map(specs.flatMap((spec) => spec.names.map((name) => [name, spec] as const)));

const theirNames = namesOf(OPTION_SPECS);
const ownNames = namesOf(OWN_OPTION_SPECS);

/** The long option that a word means, in full or by an unambiguous beginning; our own take no abbreviation away. */
function findLong(word: string): { readonly name: string; readonly spec: OptionSpec } {
  const exact = theirNames.get(word) ?? ownNames.get(word);
  if (exact !== undefined) return { name: word, spec: exact };
  const beginning = (names: ReadonlyMap<string, OptionSpec>): readonly string[] =>
    [...names.keys()].filter((name) => name.startsWith("--") && name.startsWith(word)).sort();
  const theirs = beginning(theirNames);
  const names = theirs.length > 0 ? theirs : beginning(ownNames);
  const [name = ""] = names;
  const spec = theirNames.get(name) ?? ownNames.get(name);
  if (spec === undefined) throw new OptionSyntax(`no such option: ${word}`);
  if (names.length > 1) throw new OptionSyntax(`ambiguous option: ${word} (${names.join(", ")}?)`);
  return { name, spec };
}

/** Reads the words one after another; given values are collected by key. */
class ArgumentReader {
  readonly #rest: string[];
  readonly values = new Map<string, string>();
  readonly numbers = new Map<string, number>();
  readonly counts = new Map<string, number>();
  /** `-v` adds one, `--verbosity` sets it */
  verbosity = 0;
  readonly words: string[] = [];

  constructor(argv: readonly string[]) {
    this.#rest = [...argv];
  }

  read(): void {
    while (!ENDING.some((key) => this.counts.has(key))) {
      const word = this.#rest.shift();
      if (word === undefined) return;
      if (word === "--") {
        this.words.push(...this.#rest);
        return;
      }
      if (word.startsWith("--")) this.#readLong(word);
      else if (word.startsWith("-") && word !== "-") this.#readShort(word);
      else this.words.push(word);
    }
  }

  #readLong(word: string): void {
    const equals = word.indexOf("=");
    const { name, spec } = findLong(equals < 0 ? word : word.slice(0, equals));
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    if (spec.value === undefined) {
      if (inline !== undefined) throw new OptionSyntax(`${name} option does not take a value`);
      this.#count(spec);
    } else this.#set(spec, name, inline ?? this.#rest.shift());
  }

  #readShort(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const name = `-${word.charAt(at)}`;
      const spec = theirNames.get(name);
      if (spec === undefined) throw new OptionSyntax(`no such option: ${name}`);
      if (spec.value === undefined) {
        this.#count(spec);
        if (ENDING.includes(spec.key)) return;
        continue;
      }
      this.#set(spec, name, word.length > at + 1 ? word.slice(at + 1) : this.#rest.shift());
      return;
    }
  }

  #count({ key }: OptionSpec): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (key === "verbose") this.verbosity++;
  }

  #set({ key, isNumber }: OptionSpec, name: string, value: string | undefined): void {
    if (value === undefined) throw new OptionSyntax(`${name} option requires 1 argument`);
    if (isNumber === true) this.#setNumber(key, name, value);
    else this.values.set(key, value);
  }

  #setNumber(key: string, name: string, value: string): void {
    const number = parseNumber(value);
    if (number === undefined) throw new OptionSyntax(`option ${name}: invalid integer value: '${value}'`);
    if (key === "verbosity") this.verbosity = number;
    else this.numbers.set(key, number);
  }
}

/** A number as optparse reads it: hexadecimal, binary or octal by its prefix. */
function parseNumber(text: string): number | undefined {
  const [, digits] = /^0[xX]([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)$/.exec(text) ?? [];
  if (digits !== undefined) return Number.parseInt(digits.replaceAll("_", ""), 16);
  const [, bits] = /^0[bB]([01]+(?:_[01]+)*)?$/.exec(text) ?? [];
  if (bits !== undefined || /^0[bB]$/.test(text)) return Number.parseInt(bits?.replaceAll("_", "") ?? "0", 2);
  if (!text.startsWith("0")) return parsePythonInt(text);
  return /^[0-7]+(?:_[0-7]+)*$/.test(text) ? Number.parseInt(text.replaceAll("_", ""), 8) : undefined;
}

function useDnsOf(raw: boolean, given: string | undefined): UseDns {
  const value = (given ?? (raw ? "raw" : "warn")).toLowerCase();
  return value === "yes" || value === "warn" || value === "raw" ? value : "no";
}

/** Reads the command line. Never throws. */
export function readRegexArguments(argv: readonly string[]): RegexArguments {
  const reader = new ArgumentReader(argv);
  try {
    reader.read();
  } catch (error) {
    if (error instanceof OptionSyntax) return { kind: "syntax", text: error.message };
    throw error;
  }
  const { values, counts, words } = reader;
  const has = (key: string): boolean => counts.has(key) || (values.get(key) ?? "") !== "";
  if (has("help")) return { kind: "help" };
  if (has("version")) return { kind: "version" };
  if (has("shortVersion")) return { kind: "short-version" };
  for (const [no, noName, all, allName] of EXCLUSIVE) {
    if (has(no) && has(all)) {
      return { kind: "exclusive", text: `ERROR: ${noName} and ${allName} are mutually exclusive.` };
    }
  }
  const out = values.get("out");
  const options: RegexOptions = {
    config: values.get("config"),
    datepattern: values.get("datepattern") || undefined,
    timezone: values.get("timezone"),
    encoding: values.get("encoding") ?? "auto",
    usedns: useDnsOf(has("raw"), values.get("usedns")),
    maxlines: reader.numbers.get("maxlines") ?? 0,
    journalmatch: values.get("journalmatch"),
    logLevel: values.get("logLevel") ?? "critical",
    verbosity: reader.verbosity,
    showsDateRegexes: has("verboseDate"),
    showsDebuggex: has("debuggex"),
    triesAll: !has("noCheckAll") && !has("json") && (out === undefined || out === ""),
    out: out === "" ? undefined : out,
    inverts: has("invert"),
    printsAllMatched: has("allMatched"),
    printsAllMissed: has("allMissed"),
    printsAllIgnored: has("allIgnored"),
    printsNoMissed: has("noMissed"),
    printsNoIgnored: has("noIgnored"),
    json: has("json"),
    explains: has("explain"),
    takesAllLines: has("allLines"),
  };
  return { kind: "run", options, words };
}
