import { expect, test } from "vitest";
import { amount, type Goal, goalCells, verdictOf } from "../../../bench/goals.ts";

const faster: Goal = { what: "faster", unit: "×", better: "more", must: 50, aim: 80 };
const sooner: Goal = { what: "sooner", unit: "ms", better: "less", must: 3, aim: 1.5 };

test.each([
  [faster, 80, "aim met"],
  [faster, 79.9, "met"],
  [faster, 50, "met"],
  [faster, 49.9, "must missed"],
  [sooner, 1.5, "aim met"],
  [sooner, 1.6, "met"],
  [sooner, 3, "met"],
  [sooner, 3.1, "must missed"],
  [sooner, Number.NaN, "not measured"],
  [sooner, "no rg", "not measured"],
] as const)("%o with %s: %s", (goal, measured, verdict) => {
  expect(verdictOf({ ...goal, measured })).toBe(verdict);
});

test("a goal without an aim is met by its must", () => {
  expect(verdictOf({ what: "x", unit: "s", better: "less", must: 1, measured: 0.1 })).toBe("met");
});

test("a row says on which side of its bounds a goal lies", () => {
  expect(goalCells({ ...faster, measured: 66.66 })).toEqual([
    "faster",
    "≥ 50 ×",
    "≥ 80 ×",
    "66.7 ×",
    { text: "met", colour: "green" },
  ]);
  expect(goalCells({ ...sooner, measured: "no fail2ban" })).toEqual([
    "sooner",
    "≤ 3 ms",
    "≤ 1.5 ms",
    "",
    { text: "not measured: no fail2ban", colour: "grey" },
  ]);
});

test.each([
  [1234.5, "×", "1,235 ×"],
  [12.345, "%", "12.3 %"],
  [1.234, "s", "1.23 s"],
  [0.01234, "%", "0.012 %"],
] as const)("%d is shown as %s%s", (value, unit, text) => {
  expect(amount(value, unit)).toBe(text);
});
