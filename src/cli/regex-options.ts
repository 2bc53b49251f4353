/**
 * Options and arguments of `gaoler regex`, as Python's optparse reads them: abbreviations, `--name=value`, `-xVALUE`, options
 * between arguments (A§4.1). Knows no filters and prints nothing.
 * @module
 */
import { parsePythonInt } from "../config/python-text.ts";
import type { UseDns } from "../config/settings.ts";

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

interface OptionSpec {
  readonly key: string;
  readonly names: readonly string[];
  /** name of the value in the help; `undefined`: a switch */
  readonly value?: string;
  readonly isNumber?: boolean;
  readonly help: string;
}

/** Every option of `fail2ban-regex`, in the order of the help. */
export const OPTION_SPECS: readonly OptionSpec[] = [
  { key: "version", names: ["--version"], help: "print the version and exit" },
  { key: "help", names: ["-h", "--help"], help: "print this text and exit" },
  { key: "config", names: ["-c", "--config"], value: "CONFIG", help: "directory of the configuration" },
  {
    key: "datepattern",
    names: ["-d", "--datepattern"],
    value: "DATEPATTERN",
    help: "pattern of the dates in the log",
  },
  { key: "timezone", names: ["--timezone", "--TZ"], value: "TIMEZONE", help: "zone of dates that name none" },
  {
    key: "encoding",
    names: ["-e", "--encoding"],
    value: "ENCODING",
    help: "encoding of the log; the locale's by default",
  },
  { key: "raw", names: ["-r", "--raw"], help: "take host names as they stand, resolve nothing" },
  { key: "usedns", names: ["--usedns"], value: "USEDNS", help: "host names: yes, warn, no or raw" },
  {
    key: "maxlines",
    names: ["-L", "--maxlines"],
    value: "MAXLINES",
    isNumber: true,
    help: "lines that a regex may look at together",
  },
  {
    key: "journalmatch",
    names: ["-m", "--journalmatch"],
    value: "JOURNALMATCH",
    help: "which journal entries, instead of the filter's own match",
  },
  {
    key: "logLevel",
    names: ["-l", "--log-level"],
    value: "LOG_LEVEL",
    help: "tell messages of this level and above: critical (default), error, warning, notice, info, debug, ...",
  },
  { key: "shortVersion", names: ["-V"], help: "print the version as numbers and exit" },
  {
    key: "verbose",
    names: ["-v", "--verbose"],
    help: "tell more: hits, all regexes with their engines; -vv filter options",
  },
  {
    key: "verbosity",
    names: ["--verbosity"],
    value: "VERBOSE",
    isNumber: true,
    help: "how much to tell, 0 to 4",
  },
  { key: "verboseDate", names: ["--verbose-date", "--VD"], help: "show the regexes of the date patterns" },
  {
    key: "debuggex",
    names: ["-D", "--debuggex"],
    help: "print a debuggex.com address for each line and regex",
  },
  {
    key: "noCheckAll",
    names: ["--no-check-all"],
    help: "stop at the first regex that matches, as the server does",
  },
  {
    key: "out",
    names: ["-o", "--out"],
    value: "OUT",
    help: "print failures only: row, id, ip, msg, a group's name, or a text with <tags>",
  },
  { key: "invert", names: ["-i", "--invert"], help: "with -o: print the lines that are no failures" },
  { key: "noMissed", names: ["--print-no-missed"], help: "print no missed lines" },
  { key: "noIgnored", names: ["--print-no-ignored"], help: "print no ignored lines" },
  { key: "allMatched", names: ["--print-all-matched"], help: "print all matched lines" },
  { key: "allMissed", names: ["--print-all-missed"], help: "print all missed lines, however many" },
  { key: "allIgnored", names: ["--print-all-ignored"], help: "print all ignored lines, however many" },
  { key: "traceback", names: ["-t", "--log-traceback"], help: "accepted for compatibility" },
  { key: "fullTraceback", names: ["--full-traceback"], help: "accepted for compatibility" },
];

/** Options that `fail2ban-regex` does not have. */
export const OWN_OPTION_SPECS: readonly OptionSpec[] = [
  {
    key: "json",
    names: ["--json"],
    help: "print one JSON document: all failures (of the first regex, as in the server), ignored and missed lines, counts",
  },
  {
    key: "explain",
    names: ["--explain"],
    help: "say of each printed line why it was missed or ignored: its date, and where which regex stopped",
  },
  { key: "allLines", names: ["--all-lines"], help: "do not skip empty lines and lines that begin with #" },
];

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
