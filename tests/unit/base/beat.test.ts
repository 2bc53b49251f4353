import { expect, test } from "vitest";
import { untilBeat } from "../../../src/base/beat.ts";

test.each([
  { now: 0, wait: 10_000 },
  { now: 1, wait: 9999 },
  { now: 9000.5, wait: 1000 },
  { now: 10_000, wait: 10_000 },
  { now: 20_000.25, wait: 10_000 },
  { now: 25_000, wait: 5000 },
])("at $now the next beat is $wait away", ({ now, wait }) => {
  expect(untilBeat(10_000, now)).toBe(wait);
});

test("a timer that fires a moment early does not fire twice", () => {
  expect(untilBeat(10_000, 29_999.5)).toBe(10_001);
  expect(untilBeat(10_000, 29_980)).toBe(10_020);
  expect(untilBeat(10_000, 29_979)).toBe(21);
});
