/**
 * Reads `*`, `+`, `?` and `{m,n}`. A brace that is no quantifier is a literal brace; `{,n}` is `{0,n}`.
 * @module
 */
import { RegexSyntaxError } from "./errors.ts";
import type { PatternReader } from "./pattern-reader.ts";

export interface Quantifier {
  readonly min: number;
  /** `Infinity` for no limit */
  readonly max: number;
  /** code points read since the quantifier began, for messages */
  readonly back: number;
}

/** Repetitions from which on Python refuses. */
const TOO_MANY_REPEATS = 4_294_967_295;

const DIGIT = /^[0-9]$/;

export function isQuantifier(token: string): boolean {
  return token === "*" || token === "+" || token === "?" || token === "{";
}

/**
 * Reads the rest of a quantifier whose first token is taken already, without a `?` or `+` after it.
 *
 * @returns `undefined` if the brace is a literal
 * @throws {RegexSyntaxError} as Python words it
 */
export function parseQuantifier(reader: PatternReader, token: string): Quantifier | undefined {
  if (token !== "{") {
    return { min: token === "+" ? 1 : 0, max: token === "?" ? 1 : Infinity, back: 1 };
  }
  if (reader.next === "}") return undefined;
  const start = reader.position;
  const low = reader.takeWhile(Infinity, DIGIT);
  const high = reader.accept(",") ? reader.takeWhile(Infinity, DIGIT) : low;
  if (!reader.accept("}")) {
    reader.seek(start);
    return undefined;
  }
  const min = low === "" ? 0 : Number(low);
  const max = high === "" ? Infinity : Number(high);
  if (min >= TOO_MANY_REPEATS || (high !== "" && max >= TOO_MANY_REPEATS)) {
    throw new RegexSyntaxError("the repetition number is too large", undefined);
  }
  const back = reader.position - start;
  if (max < min) throw reader.error("min repeat greater than max repeat", back);
  return { min, max, back: back + 1 };
}
