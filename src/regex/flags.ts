/**
 * Inline flags: `(?i)` for the whole pattern, `(?i-s:…)` for a part.
 * @module
 */
import { lengthOf, type PatternReader } from "./pattern-reader.ts";
import { isLetter } from "./python-names.ts";

/** The flags in force at a place of the pattern. */
export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
}

type FlagLetter = "i" | "m" | "s" | "x" | "a" | "u" | "L" | "t";

/** What stands in the parentheses: letters on, letters off, and whether it is for the whole pattern. */
export interface InlineFlags {
  readonly global: boolean;
  readonly on: ReadonlySet<FlagLetter>;
  readonly off: ReadonlySet<FlagLetter>;
}

const LETTERS: ReadonlySet<string> = new Set<FlagLetter>(["i", "m", "s", "x", "a", "u", "L", "t"]);

/** Whether the token is one of Python's flag letters. */
export function isFlagLetter(token: string): token is FlagLetter {
  return LETTERS.has(token);
}

/**
 * Reads flags after `(?`; the first token, a letter or `-`, is taken already.
 *
 * @throws {RegexSyntaxError} as Python words it
 */
export function parseFlags(reader: PatternReader, first: string): InlineFlags {
  const on = new Set<FlagLetter>();
  const off = new Set<FlagLetter>();
  let token: string | undefined = first;
  if (token !== "-") {
    for (;;) {
      if (!isFlagLetter(token)) {
        throw reader.error(isLetter(token) ? "unknown flag" : "missing -, : or )", lengthOf(token));
      }
      if (token === "L") throw reader.error("bad inline flags: cannot use 'L' flag with a str pattern");
      on.add(token);
      if (on.has("a") && on.has("u")) {
        throw reader.error("bad inline flags: flags 'a', 'u' and 'L' are incompatible");
      }
      token = reader.take();
      if (token === undefined) throw reader.error("missing -, : or )");
      if (token === ")" || token === "-" || token === ":") break;
    }
  }
  if (token === ")") return { global: true, on, off };
  if (on.has("t")) throw reader.error("bad inline flags: cannot turn on global flag", 1);
  if (token === "-") parseFlagsOff(reader, off);
  for (const letter of on) {
    if (off.has(letter)) throw reader.error("bad inline flags: flag turned on and off", 1);
  }
  return { global: false, on, off };
}

/** Reads the letters after `-`, up to and with the colon. */
function parseFlagsOff(reader: PatternReader, off: Set<FlagLetter>): void {
  let token = reader.take();
  if (token === undefined) throw reader.error("missing flag");
  if (!isFlagLetter(token))
    throw reader.error(isLetter(token) ? "unknown flag" : "missing flag", lengthOf(token));
  for (;;) {
    if (token === "a" || token === "u" || token === "L") {
      throw reader.error("bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
    }
    off.add(token);
    token = reader.take();
    if (token === undefined) throw reader.error("missing :");
    if (token === ":") break;
    if (!isFlagLetter(token))
      throw reader.error(isLetter(token) ? "unknown flag" : "missing :", lengthOf(token));
  }
  if (off.has("t")) throw reader.error("bad inline flags: cannot turn off global flag", 1);
}

/** The flags in force after some were turned on and others off. */
export function withFlags(flags: Flags, on: ReadonlySet<FlagLetter>, off: ReadonlySet<FlagLetter>): Flags {
  const after = (letter: FlagLetter, before: boolean): boolean =>
    on.has(letter) || (before && !off.has(letter));
  return {
    ignoreCase: after("i", flags.ignoreCase),
    multiline: after("m", flags.multiline),
    dotAll: after("s", flags.dotAll),
    verbose: after("x", flags.verbose),
    ascii: on.has("a") || (flags.ascii && !on.has("u")),
  };
}
