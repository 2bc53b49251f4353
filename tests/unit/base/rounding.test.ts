/**
 * @module
 */
import { expect, test } from "vitest";
import { roundHalfEven } from "../../../src/base/rounding.ts";

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [-0.5, 0],
  [-1.5, -2],
  [2.4999, 2],
  [2.5001, 3],
  [-2.7, -3],
  [7, 7],
])("%s rounds to %s", (value, rounded) => {
  expect(roundHalfEven(value)).toBeCloseTo(rounded, 12);
});
