/** The moments of hits as `gaoler regex -v` prints them. @module */
import { expect, test } from "vitest";
import { ctimeText } from "../../../src/cli/regex-report.ts";
import { utc } from "../date/fixed-zones.ts";

test.each([
  [1_795_168_801, "Fri Nov 20 10:00:01 2026"],
  [0, "Thu Jan  1 00:00:00 1970"],
  [-61_541_430_045, "Wed Oct 30 22:19:15 19"],
])("%d is %s: the weekday holds for years of two digits, too", (at, text) => {
  expect(ctimeText(at, utc)).toBe(text);
});
