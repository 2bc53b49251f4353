/**
 * The age rule and stamps without a year: what is guessed to be ahead (A§2.3, A§2.9).
 * @module
 */
import { expect, test } from "vitest";
import type { FoundDate } from "../../../src/date/detector.ts";
import { LineClock, TOO_OLD } from "../../../src/filter/line-time.ts";

const DAY = 86_400;
const NOW = Date.UTC(2026, 10, 22, 12) / 1000;

const found = (at: number, isGuessed: boolean): FoundDate => ({
  start: 0,
  end: 4,
  text: "DATE",
  at,
  atIfOld: isGuessed && at > NOW + DAY ? at - 365 * DAY : at,
  empty: false,
  isFloat: true,
  template: "t",
});

type Fate = "too old" | "as of now" | "as of its own time" | "as of another time";

function fateOf(ahead: number, isGuessed: boolean, inOperation: boolean, checksAge = true): Fate {
  const clock = new LineClock("j", 600, checksAge);
  const input = { now: NOW, inOperation };
  const timed = clock.time("DATE x", found(NOW + ahead, isGuessed), input, () => undefined);
  const at = clock.age(timed.at, { text: "DATE x" }, input, () => undefined);
  if (at === TOO_OLD) return "too old";
  if (at === NOW) return "as of now";
  return at === NOW + ahead ? "as of its own time" : "as of another time";
}

test("old content that a missing year puts a month ahead is of last year: too old", () => {
  expect(fateOf(33 * DAY, true, false)).toBe("too old");
  expect(fateOf(DAY + 1, true, false)).toBe("too old");
});

test("old content that is ahead by no more than a day, or says its year itself, keeps its time", () => {
  expect(fateOf(DAY, true, false)).toBe("as of its own time");
  expect(fateOf(3 * 3600, true, false)).toBe("as of its own time");
  expect(fateOf(33 * DAY, false, false)).toBe("as of its own time");
});

test("in operation what is ahead by more than a minute is as of now, the year guessed or not", () => {
  for (const isGuessed of [true, false]) {
    expect(fateOf(33 * DAY, isGuessed, true)).toBe("as of now");
    expect(fateOf(3 * 3600, isGuessed, true)).toBe("as of now");
    expect(fateOf(60, isGuessed, true)).toBe("as of its own time");
  }
});

test("without the age rule the nearest year stands", () => {
  expect(fateOf(33 * DAY, true, false, false)).toBe("as of its own time");
});

test("an undated line after such a line has no time: the last date is not one of the future", () => {
  const clock = new LineClock("j", 600, true);
  const input = { now: NOW, inOperation: false };
  clock.time("DATE x", found(NOW + 33 * DAY, true), input, () => undefined);
  expect(clock.time("x", undefined, input, () => undefined).at).toBeUndefined();
});

test("a stamp that is empty text gives way to the last date, which then stands before the whole line", () => {
  const clock = new LineClock("j", 600, false);
  const input = { now: NOW, inOperation: false };
  const empty: FoundDate = { ...found(NOW, false), start: 8, end: 8, text: "", at: undefined, empty: true };
  expect(clock.time("WARNING: x", empty, input, () => undefined).line).toEqual(["WARNING:", "", " x"]);
  clock.time("DATE x", found(NOW - 10, false), input, () => undefined);
  const timed = clock.time("WARNING: x", empty, input, () => undefined);
  expect(timed).toMatchObject({ at: NOW - 10, text: "WARNING: x", line: ["", "DATE", "WARNING: x"] });
});
