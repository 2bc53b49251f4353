import fc from "fast-check";
import { expect, test } from "vitest";
import { median, percentile, slope } from "../../../bench/measure/statistics.ts";

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});

test("nothing has no median", () => {
  expect(median([])).toBeNaN();
});

test.each([
  [0.5, 50],
  [0.99, 99],
  [1, 100],
  [0, 1],
])("of the numbers up to a hundred, %d of all do not exceed %d", (share, value) => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(hundred, share)).toBe(value);
});

test("a percentile is one of the values, and enough of them do not exceed it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const value = percentile(values, share);
        expect(values).toContain(value);
        const within = values.filter((one) => one <= value).length;
        expect(within).toBeGreaterThanOrEqual(share * values.length - 1e-9);
      },
    ),
  );
});

test.each([
  [[1, 3, 5, 7], 2],
  [[4, 4, 4], 0],
  [[2, 0, 1, 0], -0.5],
])("the slope of %j is %d", (values, each) => {
  expect(slope(values)).toBeCloseTo(each, 10);
});

test("one value has no slope", () => {
  expect(slope([1])).toBeNaN();
});
