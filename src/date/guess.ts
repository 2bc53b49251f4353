/**
 * What a stamp leaves out: which year, which day. The rules that depend on the present moment stand here alone (A§2.9).
 * Moments are compared with moments; fail2ban compares the fields of a stamp's zone with those of the local one, and so is
 * off by the offset between them.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { type CivilDate, dateOfDay, dayNumber } from "./calendar.ts";

/** A moment no further away than this is nearer than any moment a year before or after it. */
const SURELY_NEAREST: Seconds = 182 * 86_400;

/** Years within which every day of the calendar occurs, 29 February around 2100 included. */
const LEAP_DAY_YEARS = 8;

/** Moments of a stamp in years that many before and after the present one, the earlier year first. */
function momentsAround(
  momentIn: (year: number) => EpochSeconds | undefined,
  thisYear: number,
  years: number,
): readonly EpochSeconds[] {
  const all = Array.from({ length: 2 * years + 1 }, (_, index) => momentIn(thisYear - years + index));
  return all.filter((moment) => moment !== undefined);
}

/**
 * The moment of a stamp without a year: of last, this and next year's the one that is nearest to now, of two equally near ones
 * the past one. So a log whose clock runs ahead over New Year is not a year old. For a day that none of them has (29 February)
 * the nearest year that has it.
 *
 * @param momentIn the stamp's moment in a year, `undefined` if that year has no such day
 * @param thisYear the present year by the stamp's zone
 */
export function guessYear(
  momentIn: (year: number) => EpochSeconds | undefined,
  thisYear: number,
  now: EpochSeconds,
): EpochSeconds | undefined {
  const inThisYear = momentIn(thisYear);
  if (inThisYear !== undefined && Math.abs(inThisYear - now) <= SURELY_NEAREST) return inThisYear;
  const close = momentsAround(momentIn, thisYear, 1);
  const moments = close.length > 0 ? close : momentsAround(momentIn, thisYear, LEAP_DAY_YEARS);
  let nearest: EpochSeconds | undefined;
  for (const moment of moments) {
    if (nearest === undefined || Math.abs(moment - now) < Math.abs(nearest - now)) nearest = moment;
  }
  return nearest;
}

/** No clock runs ahead so far: in old content, a stamp without a year that is nearest there is one of an earlier year. */
const MAX_AHEAD: Seconds = 24 * 3600;

/**
 * The moment of a stamp without a year in content that is known to be old, as what stands in a log before it is followed: the
 * latest one that is not ahead by more than a day. Without it the lines of eleven months ago would count as of now.
 *
 * @param momentIn as of {@link guessYear}
 */
export function guessPastYear(
  momentIn: (year: number) => EpochSeconds | undefined,
  thisYear: number,
  now: EpochSeconds,
): EpochSeconds | undefined {
  for (let year = thisYear + 1; year >= thisYear - LEAP_DAY_YEARS; year -= 1) {
    const moment = momentIn(year);
    if (moment !== undefined && moment <= now + MAX_AHEAD) return moment;
  }
  return undefined;
}

/** Whether old content needs a guess of its own. */
export const isTooFarAhead = (at: EpochSeconds, now: EpochSeconds): boolean => at > now + MAX_AHEAD;

/**
 * The moment of a stamp that has a time of day alone: today, or yesterday if that is ahead. Not the nearest: of a log of one night
 * half would lie in the future then, and what lies there counts as of now.
 */
export function guessDay(
  momentOn: (date: CivilDate) => EpochSeconds | undefined,
  today: CivilDate,
  now: EpochSeconds,
): EpochSeconds | undefined {
  const onToday = momentOn(today);
  if (onToday === undefined || onToday <= now) return onToday;
  return momentOn(dateOfDay(dayNumber(today) - 1));
}
