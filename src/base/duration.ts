/**
 * Time strings of the configuration ("1d 12h", "2.5h", "5*60") and the way back (A§1.10).
 * @module
 */
import { evaluateExact } from "./arithmetic.ts";
import { ArithmeticError, type ArithmeticNumber } from "./arithmetic-syntax.ts";
import { roundHalfEven } from "./rounding.ts";
import type { Seconds } from "./units.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const WEEK = 604_800;
/** A year of the text form; a year of the configuration has 365.25 days. */
const PLAIN_YEAR = 365 * DAY;

/** A time string that has no value; the message is worded as Python words it. */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

/** Spellings and what they are replaced by; a trailing `.0` makes the result a float, as fail2ban's is. */
const UNITS: readonly (readonly [spelling: string, seconds: string])[] = [
  ["years?|yea?|yy?", "31557600.0"],
  ["months?|mon?", "2629800.0"],
  ["weeks?|wee?|ww?", "604800"],
  ["days?|da|dd?", "86400"],
  ["hours?|hou?|hh?", "3600"],
  ["minutes?|min?|mm?", "60"],
  ["seconds?|sec?|ss?", "1"],
];

const REWRITES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/(?<=[a-z])(?=\d)/gi, " "],
  ...UNITS.map(
    ([spelling, seconds]) => [new RegExp(`(?<=[\\d\\s])(?:${spelling})\\b`, "gi"), `*${seconds}`] as const,
  ),
  [/(?<=\d)\s+(?=\d)/g, "+"],
];

/**
 * A time string in seconds, with Python's idea of whether the number is a float (`1mo` prints as `2629800.0`).
 *
 * @throws {DurationError} if the text has no value
 */
export function parseDurationExact(text: string): ArithmeticNumber {
  let expression = text;
  for (const [pattern, replacement] of REWRITES) expression = expression.replace(pattern, replacement);
  try {
    return evaluateExact(expression);
  } catch (error) {
    if (error instanceof ArithmeticError) throw new DurationError(error.message, { cause: error });
    throw error;
  }
}

/**
 * A time string in seconds: `600`, `10m`, `1d 12h`, `1h-30m`; a negative number stands for "for ever" where the option allows it.
 *
 * @throws {DurationError} if the text has no value
 */
export function parseDuration(text: string): Seconds {
  return parseDurationExact(text).value;
}

interface Group {
  readonly letter: string;
  readonly seconds: number;
}

const YEARS: readonly Group[] = [
  { letter: "y", seconds: PLAIN_YEAR },
  { letter: "w", seconds: WEEK },
  { letter: "d", seconds: DAY },
];
const WEEKS: readonly Group[] = [
  { letter: "w", seconds: WEEK },
  { letter: "d", seconds: DAY },
  { letter: "h", seconds: HOUR },
];
const DAYS: readonly Group[] = [
  { letter: "d", seconds: DAY },
  { letter: "h", seconds: HOUR },
  { letter: "m", seconds: MINUTE },
];
const HOURS: readonly Group[] = [
  { letter: "h", seconds: HOUR },
  { letter: "m", seconds: MINUTE },
];
const MINUTES: readonly Group[] = [
  { letter: "m", seconds: MINUTE },
  { letter: "s", seconds: 1 },
];

function spell(seconds: number, unit: number, groups: readonly Group[]): string {
  let rest = roundHalfEven(seconds / unit) * unit;
  const parts: string[] = [];
  for (const group of groups) {
    const count = Math.floor(rest / group.seconds);
    rest -= count * group.seconds;
    if (count > 0) parts.push(`${count}${group.letter}`);
  }
  return parts.length === 0 ? "0" : parts.join(" ");
}

/** Seconds for people, in at most three groups: `59m 50s`, `1h`, `1h 6m`, `2d 7h 15m`, `1y 3w 4d` (A§1.10). */
export function formatDuration(seconds: Seconds): string {
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds >= PLAIN_YEAR) return spell(seconds, DAY, YEARS);
  if (seconds >= WEEK) return spell(seconds, HOUR, WEEKS);
  if (seconds >= DAY) return spell(seconds, MINUTE, DAYS);
  if (seconds >= 3595) return spell(seconds, 10, HOURS);
  return spell(seconds, 1, MINUTES);
}
