/**
 * Command-line options by POSIX rules (B§1.2): short ones in bundles, long ones abbreviated where that is clear, all of them before the
 * first word that is none. Knows no option by name.
 * @module
 */

export interface OptionTable {
  /** letters; those that take a value are followed by a colon: `c:dV` */
  readonly short: string;
  /** names without dashes; those that take a value end in `=` */
  readonly long: readonly string[];
}

/** One option as it was given. */
export interface GivenOption {
  /** `-c`, `--conf`; long names in full */
  readonly name: string;
  /** empty for options without a value */
  readonly value: string;
}

export interface ParsedOptions {
  /** in order of appearance */
  readonly options: readonly GivenOption[];
  /** the command */
  readonly words: readonly string[];
}

/** An option that is unknown, ambiguous, or lacks or refuses a value. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** @throws {OptionError} */
export function parseOptions(argv: readonly string[], table: OptionTable): ParsedOptions {
  const options: GivenOption[] = [];
  let at = 0;
  const nextWord = (name: string): string => {
    const value = argv[at];
    if (value === undefined) throw new OptionError(`option ${name} requires argument`);
    at += 1;
    return value;
  };
  for (let word = argv[at]; word?.startsWith("-") === true && word !== "-"; word = argv[at]) {
    at += 1;
    if (word === "--") break;
    if (word.startsWith("--")) options.push(longOption(word.slice(2), table, nextWord));
    else options.push(...shortOptions(word.slice(1), table, nextWord));
  }
  return { options, words: argv.slice(at) };
}

function longOption(text: string, { long }: OptionTable, nextWord: (name: string) => string): GivenOption {
  const equals = text.indexOf("=");
  const given = equals < 0 ? text : text.slice(0, equals);
  const inline = equals < 0 ? undefined : text.slice(equals + 1);
  const known = completed(given, long);
  const takesValue = known.endsWith("=");
  const name = `--${takesValue ? known.slice(0, -1) : known}`;
  if (takesValue) return { name, value: inline ?? nextWord(name) };
  if (inline !== undefined) throw new OptionError(`option ${name} must not have an argument`);
  return { name, value: "" };
}

/** The table's entry that a name stands for, exactly or as its only beginning. */
function completed(given: string, long: readonly string[]): string {
  const exact = long.find((known) => known === given || known === `${given}=`);
  if (exact !== undefined) return exact;
  const [first, second] = long.filter((known) => known.startsWith(given));
  if (first === undefined) throw new OptionError(`option --${given} not recognized`);
  if (second !== undefined) throw new OptionError(`option --${given} not a unique prefix`);
  return first;
}

/** A bundle: `-vvd`; a letter that takes a value takes the rest of the word, or the next one. */
function shortOptions(
  text: string,
  { short }: OptionTable,
  nextWord: (name: string) => string,
): GivenOption[] {
  const options: GivenOption[] = [];
  for (const [at, letter] of Array.from(text).entries()) {
    const place = letter === ":" ? -1 : short.indexOf(letter);
    if (place < 0) throw new OptionError(`option -${letter} not recognized`);
    const name = `-${letter}`;
    if (short[place + 1] !== ":") {
      options.push({ name, value: "" });
      continue;
    }
    const rest = Array.from(text)
      .slice(at + 1)
      .join("");
    options.push({ name, value: rest === "" ? nextWord(name) : rest });
    break;
  }
  return options;
}
