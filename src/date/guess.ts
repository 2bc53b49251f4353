/**
 * What a stamp leaves out: which year, which day. The rules that depend on the present moment stand here alone (A§2.9).
 * Moments are compared with moments; fail2ban compares the fields of a stamp's zone with those of the local one, and so is
 * off by the offset between them.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { type CivilDate, dateOfDay, dayNumber } from "./calendar.ts";

/** How far after the present a stamp without a year may lie before it is taken for one of last year. */
const YEAR_GUESS_AHEAD: Seconds = 24 * 3600;

/**
 * The moment of a stamp without a year: this year, or last year if that is more than 24 hours ahead. A day that this year
 * lacks (29 February) is not looked for in another one.
 *
 * @param momentIn the stamp's moment in a year, `undefined` if that year has no such day
 * @param thisYear the present year by the stamp's zone
 */
export function guessYear(
  momentIn: (year: number) => EpochSeconds | undefined,
  thisYear: number,
  now: EpochSeconds,
): EpochSeconds | undefined {
  const moment = momentIn(thisYear);
  if (moment === undefined || moment <= now + YEAR_GUESS_AHEAD) return moment;
  return momentIn(thisYear - 1);
}

/** The moment of a stamp that has a time of day alone: today, or yesterday if that is ahead. */
export function guessDay(
  momentOn: (date: CivilDate) => EpochSeconds | undefined,
  today: CivilDate,
  now: EpochSeconds,
): EpochSeconds | undefined {
  const onToday = momentOn(today);
  if (onToday === undefined || onToday <= now) return onToday;
  return momentOn(dateOfDay(dayNumber(today) - 1));
}
