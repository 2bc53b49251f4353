/**
 * Arithmetic of the Gregorian calendar on day numbers: day 0 is 1970-01-01. Knows no zones and no clock.
 * @module
 */

export interface CivilDate {
  readonly year: number;
  /** 1–12 */
  readonly month: number;
  /** 1–31 */
  readonly day: number;
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Days of a cycle of 400 years, after which the calendar repeats. */
const CYCLE_DAYS = 146_097;

/** Days from 0000-03-01, where the year of this arithmetic begins, to 1970-01-01. */
const EPOCH_SHIFT_DAYS = 719_468;

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Whether the calendar (years 1–9999) has this day. */
export function isCivilDate({ year, month, day }: CivilDate): boolean {
  const days = DAYS_IN_MONTH[month - 1];
  if (days === undefined || !(year >= 1 && year <= 9999)) return false;
  return day >= 1 && day <= (month === 2 && isLeapYear(year) ? 29 : days);
}

/** Day number of a date. Years begin in March here, so that the leap day is the last one. */
export function dayNumber({ year, month, day }: CivilDate): number {
  const marchYear = month > 2 ? year : year - 1;
  const cycle = Math.floor(marchYear / 400);
  const yearOfCycle = marchYear - cycle * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfCycle =
    yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear;
  return cycle * CYCLE_DAYS + dayOfCycle - EPOCH_SHIFT_DAYS;
}

/** The date of a day number. */
export function dateOfDay(number: number): CivilDate {
  const shifted = number + EPOCH_SHIFT_DAYS;
  const cycle = Math.floor(shifted / CYCLE_DAYS);
  const dayOfCycle = shifted - cycle * CYCLE_DAYS;
  const yearOfCycle = Math.floor(
    (dayOfCycle -
      Math.floor(dayOfCycle / 1460) +
      Math.floor(dayOfCycle / 36_524) -
      Math.floor(dayOfCycle / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfCycle - (yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1 };
}

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(number: number): number {
  return (((number + 3) % 7) + 7) % 7;
}

/**
 * Day number of a weekday in a week of the year. Week 1 begins with the first `firstWeekday` of the year (`%U`: Sunday,
 * `%W`: Monday), the days before it are week 0 and may lie in the year before. In a year without such days week 0 is
 * week 1, as in Python.
 */
export function dayOfWeek(year: number, week: number, weekday: number, firstWeekday: number): number {
  const newYear = dayNumber({ year, month: 1, day: 1 });
  const daysBefore = (firstWeekday - weekdayOf(newYear) + 7) % 7;
  const weeksAfter = week === 0 && daysBefore === 0 ? 0 : week - 1;
  return newYear + daysBefore + 7 * weeksAfter + ((weekday - firstWeekday + 7) % 7);
}
