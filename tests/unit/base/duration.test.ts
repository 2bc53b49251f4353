/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DurationError,
  formatDuration,
  parseDuration,
  parseDurationExact,
} from "../../../src/base/duration.ts";

test.each([
  ["600", 600],
  ["10m", 600],
  ["1mo", 2629800],
  ["1y", 31557600],
  ["1year-6mo", 15778800],
  ["1d12h30m", 131400],
  ["2.5h", 9000],
  [".5h", 1800],
  ["1 d", 86400],
  ["-1", -1],
  ["-1h", -3600],
  ["5*60", 300],
  ["(1h+1m)*2", 7320],
  ["1h-30m", 1800],
  ["1h/2", 1800],
  ["1m30", 90],
  ["1h 30", 3630],
  ["1h1", 3601],
  ["1 000", 1],
  ["3 600s", 603],
  ["1.5 2", 3.5],
  ["5s5s", 10],
  ["1D", 86400],
  ["1 YEARS", 31557600],
  ["1day2hours", 93600],
  ["1h  2m", 3720],
  ["1\n2", 3],
  ["10 min.", 600],
  [" 600 ", 600],
  ["1w", 604800],
])("%s is %s seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  "",
  "abc",
  "1mn",
  "1ms",
  "1e3",
  "0x10",
  "010",
  "1h;",
  "1d,2h",
  "1hm",
  "1h_",
  "y",
  "99 bottles",
  "1d .5h",
])("'%s' has no value", (text) => {
  expect(() => parseDuration(text)).toThrow(DurationError);
});

test("a refusal is worded as Python words it", () => {
  expect(() => parseDuration("abc")).toThrow(new DurationError("name 'abc' is not defined"));
});

test.each([
  ["600", false],
  ["1h", false],
  ["1w", false],
  ["1mo", true],
  ["1y", true],
  ["1.5h", true],
])("%s is a Python float: %s", (text, isFloat) => {
  expect(parseDurationExact(text).isFloat).toBe(isFloat);
});

test.each([
  [0, "0"],
  [4, "4s"],
  [61, "1m 1s"],
  [3590, "59m 50s"],
  [3595, "1h"],
  [4000, "1h 6m"],
  [86394, "23h 59m"],
  [86400, "1d"],
  [176399, "2d 1h"],
  [198900, "2d 7h 15m"],
  [604799, "7d"],
  [604800, "1w"],
  [31535999, "52w 1d"],
  [31536000, "1y"],
  [31795200, "1y 3d"],
  [33696000, "1y 3w 4d"],
  [-90, "-1m 30s"],
])("%s seconds read as %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("what is written can be read back, to within its rounding", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300_000_000 }), (seconds) => {
      // years of the two directions differ, so the spelled year is replaced first
      const text = formatDuration(seconds).replace(/(\d+)y/, "$1*365d");
      const slack = Math.max(
        0.5,
        seconds >= 31_536_000
          ? 43_200
          : seconds >= 604_800
            ? 1800
            : seconds >= 86_400
              ? 30
              : seconds >= 3595
                ? 65
                : 0.5,
      );
      expect(Math.abs(parseDuration(text) - seconds)).toBeLessThanOrEqual(slack);
    }),
  );
});

test("any text gives a number or a DurationError", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[-0-9a-z .+*/()]{0,20}$/), (text) => {
      try {
        return Number.isFinite(parseDuration(text));
      } catch (error) {
        return error instanceof DurationError;
      }
    }),
    { numRuns: 1000 },
  );
});
