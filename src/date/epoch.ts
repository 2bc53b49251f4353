/**
 * Stamps that are a count: epoch seconds, long epochs in milli- or microseconds, TAI64N labels (A§2.8).
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import { withPlainDigits } from "./digits.ts";

/** Regex of the digits of an epoch; a fraction counts from three digits on. */
export function epochDigits(isLong: boolean): string {
  return isLong ? "\\d{10,11}(?:\\d{3}(?:\\.\\d{1,6}|\\d{3})?)?" : "\\d{10,11}\\b(?:\\.\\d{3,6})?";
}

/** Characters from which on a long epoch counts milliseconds, and microseconds if it has no fraction. */
const MILLISECOND_CHARS = 13;
const MICROSECOND_CHARS = 16;

/** The value of epoch digits; the fraction is kept. */
export function epochValue(text: string, isLong: boolean): EpochSeconds | undefined {
  const digits = withPlainDigits(text);
  const value = Number(digits);
  if (!Number.isFinite(value)) return undefined;
  if (!isLong || digits.length < MILLISECOND_CHARS) return value;
  return value / (digits.length >= MICROSECOND_CHARS && !digits.includes(".") ? 1e6 : 1e3);
}

/** The last second of the year 9999; a label beyond it is no time of a log. */
const LAST_SECOND = 253_402_300_799;

/**
 * The seconds of a TAI64N label `@` + 24 hexadecimal digits: the first digit is the era, the next 15 the seconds, the
 * rest nanoseconds, which are dropped. Leap seconds are not taken into account.
 */
export function tai64nValue(label: string): EpochSeconds | undefined {
  const seconds = Number.parseInt(label.slice(2, 17), 16);
  return seconds <= LAST_SECOND ? seconds : undefined;
}
