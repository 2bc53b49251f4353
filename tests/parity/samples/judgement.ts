/**
 * Holds what came of a line against its annotation.
 * @module
 */
import { canonicalId } from "../../../src/address/address.ts";
import type { SampleLine } from "./annotations.ts";

/** A failure as `gaoler regex --json` writes it. */
export interface FoundFailure {
  readonly line: number;
  readonly id: string;
  readonly at: number | null;
  readonly matches: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** The years in which lines without a year were annotated, and the days of those without a date. */
const GUESSED_YEAR = /^200[45]-/;
const GUESSED_DAY = /^2005-08-1[34]T/;
/** What a line with such a day would hold. */
const GIVEN_DAY = /aug|\b0?8\D1[34]\b|\b1[34]\D0?8\b|081[34]/i;

/** The zone of the annotations: an hour ahead of UTC, two in summer. */
export const ZONE = "Europe/Berlin";
const localFormat = new Intl.DateTimeFormat("sv-SE", {
  timeZone: ZONE,
  dateStyle: "short",
  timeStyle: "medium",
});

/** Year, month, day, hour, minute, second and millisecond of a local time in ISO form. */
const partsOf = (time: string): readonly number[] => {
  const [whole = "", fraction = ""] = time.split(".");
  return [...whole.split(/[^0-9]+/).map(Number), Number(fraction.padEnd(3, "0").slice(0, 3))];
};

const localTime = (at: number): string =>
  `${localFormat.format(Math.floor(at) * 1000).replace(" ", "T")}.${String(Math.round((at % 1) * 1000)).padStart(3, "0")}`;

/** How many leading parts the line does not have itself: none, the year, or the whole day. */
function missingParts(wanted: string, line: string): number {
  if (GUESSED_DAY.test(wanted) && !GIVEN_DAY.test(line)) return 3;
  return GUESSED_YEAR.test(wanted) && !line.includes(wanted.slice(0, 4)) ? 1 : 0;
}

function isSameTime(at: number, wanted: string, line: string): boolean {
  const found = partsOf(localTime(at));
  const expected = partsOf(wanted);
  const missing = missingParts(wanted, line);
  // a fraction is annotated where it was thought of
  const end = wanted.includes(".") ? expected.length : expected.length - 1;
  return expected.slice(missing, end).every((part, index) => part === found[missing + index]);
}

function isSame(actual: unknown, wanted: unknown): boolean {
  if (wanted === null) return actual === undefined || actual === null;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) && actual.map(String).sort().join("\n") === wanted.map(String).sort().join("\n")
    );
  }
  return actual !== undefined && String(actual) === String(wanted);
}

/** What differs from the annotation, in words; empty where all is as annotated. */
export function mistakesOf(
  { line, expected }: SampleLine,
  failures: readonly FoundFailure[],
  /** Whether the line's own time is to be compared: not where the journal gives it, nor where the line has none. */
  hasTime: (failure: FoundFailure) => boolean,
): readonly string[] {
  if (!expected.isMatch) return failures.map(({ id }) => `matched ${id}`);
  const [failure] = failures;
  if (failure === undefined || failures.length > 1) return [`${failures.length} failures`];
  const mistakes: string[] = [];
  // an address may be annotated in any spelling
  if (expected.host !== undefined && failure.id !== canonicalId(expected.host)) {
    mistakes.push(`host ${failure.id}`);
  }
  if (expected.attempts !== undefined && failure.matches.length !== expected.attempts) {
    mistakes.push(`attempts ${failure.matches.length}`);
  }
  for (const [key, wanted] of Object.entries(expected.data)) {
    const actual = failure.data[key];
    if (!isSame(actual, wanted)) mistakes.push(`${key} ${JSON.stringify(actual)}`);
  }
  if (expected.time !== undefined && hasTime(failure)) {
    if (failure.at === null || expected.time === null) {
      if (failure.at !== expected.time) mistakes.push(`time ${failure.at}`);
    } else if (!isSameTime(failure.at, expected.time, line)) mistakes.push(`time ${localTime(failure.at)}`);
  }
  return mistakes;
}
