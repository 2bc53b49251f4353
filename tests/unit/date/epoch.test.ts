/**
 * Stamps that are counts (A§2.8).
 * @module
 */
import { expect, test } from "vitest";
import { epochValue, tai64nValue } from "../../../src/date/epoch.ts";

test.each([
  ["1795262400", false, 1_795_262_400],
  ["1795262400.123", false, 1_795_262_400.123],
  ["1795262400", true, 1_795_262_400],
  ["1795262400123", true, 1_795_262_400.123],
  ["1795262400123.456", true, 1_795_262_400.123_456],
  ["1795262400123456", true, 1_795_262_400.123_456],
  ["١٧٩٥٢٦٢٤٠٠", false, 1_795_262_400],
  ["１795262400\u{1d7d9}23", true, 1_795_262_400.123],
  ["²795262400", false, undefined],
])("epoch digits %s (long form: %s) mean %d", (digits, isLong, value) => {
  expect(epochValue(digits, isLong)).toBe(value);
});

test.each([
  ["@4000000045ec1a3c0b3d1f2e", Date.UTC(2007, 2, 5, 13, 25, 16) / 1000],
  ["@400000000000000000000000", 0],
  ["@4fffffffffffffff00000000", undefined],
])("TAI64N label %s means %d", (label, value) => {
  expect(tai64nValue(label)).toBe(value);
});
