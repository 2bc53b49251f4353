/**
 * Calendar arithmetic against the runtime's own.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { dateOfDay, dayNumber, dayOfWeek, isCivilDate, weekdayOf } from "../../../src/date/calendar.ts";

const MIN_DAY = -719_162; // 0001-01-01
const MAX_DAY = 2_932_896; // 9999-12-31

test("day numbers, dates and weekdays agree with Date", () => {
  fc.assert(
    fc.property(fc.integer({ min: MIN_DAY, max: MAX_DAY }), (day) => {
      const theirs = new Date(day * 86_400_000);
      const date = {
        year: theirs.getUTCFullYear(),
        month: theirs.getUTCMonth() + 1,
        day: theirs.getUTCDate(),
      };
      expect(dateOfDay(day)).toEqual(date);
      expect(dayNumber(date)).toBe(day);
      expect(weekdayOf(day)).toBe((theirs.getUTCDay() + 6) % 7);
      expect(isCivilDate(date)).toBe(true);
    }),
  );
});

test.each([
  [2026, 2, 29],
  [1900, 2, 29],
  [2026, 11, 31],
  [2026, 13, 1],
  [2026, 0, 1],
  [2026, 1, 0],
  [0, 1, 1],
  [10_000, 1, 1],
  [Number.NaN, 1, 1],
  [2026, Number.NaN, 1],
  [2026, 1, Number.NaN],
])("%d-%d-%d is no date", (year, month, day) => {
  expect(isCivilDate({ year, month, day })).toBe(false);
});

test.each([
  ["Sunday of week 1 when the year begins on Thursday", 2026, 1, 6, 6, "2026-01-04"],
  ["Thursday of week 0, the first day of that year", 2026, 0, 3, 6, "2026-01-01"],
  ["Monday of week 0, in the year before", 2026, 0, 0, 6, "2025-12-29"],
  ["Monday of week 1 by Monday weeks", 2026, 1, 0, 0, "2026-01-05"],
  ["Thursday of week 0 of a year without one: week 1", 2012, 0, 3, 6, "2012-01-05"],
  ["Monday of week 53", 2024, 53, 0, 0, "2024-12-30"],
])("%s", (_name, year, week, weekday, first, expected) => {
  const { year: y, month, day } = dateOfDay(dayOfWeek(year, week, weekday, first));
  expect(`${y}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`).toBe(expected);
});
