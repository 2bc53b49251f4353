/**
 * How a pattern becomes a regex with boundaries (A§2.7).
 * @module
 */
import { expect, test } from "vitest";
import { epochTemplate, patternTemplate } from "../../../src/date/template.ts";

const LEFT = "(?=^|\\b|\\W)";
const RIGHT = "(?=\\b|\\W|$)";
const M = "(?P<M>[0-5]?\\d)";

const cases: readonly (readonly [pattern: string, regex: string, isAnchored: boolean])[] = [
  ["%M", `${LEFT}(${M})${RIGHT}`, false],
  ["{^LN-BEG}%M", `^(?:\\W{0,2})?(${M})${RIGHT}`, true],
  ["{^LN-BEG}^%M", `^(${M})${RIGHT}`, true],
  ["{^LN-BEG}**%M", `(${M})${RIGHT}`, false],
  ["{UNB}%M", `(${M})`, false],
  ["**%M**", `(${M})`, false],
  ["**%M", `(${M})${RIGHT}`, false],
  ["%M**", `${LEFT}(${M})`, false],
  ["(**%M**)", `(${M})`, false],
  ["^%M", `^(${M})${RIGHT}`, true],
  ["^**%M**", `^(${M})`, true],
  ["%M$", `${LEFT}(${M})$`, true],
  ["^%M$", `^(${M})$`, true],
  ["\\[(%M)\\]", `${LEFT}\\[(${M})\\]${RIGHT}`, false],
  ["(^x)%M", `(^x)${M}${RIGHT}`, true],
  ["(?:^)%M", `((?:^)${M})${RIGHT}`, false],
  ["(^|x)%M", `(^|x)${M}${RIGHT}`, false],
  ["(%M$)", `${LEFT}(${M}$)`, true],
  ["%M\\b", `${LEFT}(${M}\\b)`, false],
  ["%M\\s", `${LEFT}(${M}\\s)`, false],
  ["%M\\$", `${LEFT}(${M}\\$)${RIGHT}`, false],
  ["**%M**$", `(${M})$`, true],
  ["%k", `${LEFT}( ?(?P<H>[0-2]?\\d))${RIGHT}`, false],
  ["\\(%M\\)", `${LEFT}(\\(${M}\\))${RIGHT}`, false],
  ["[(]%M", `${LEFT}[(]${M}${RIGHT}`, false],
  ["x(?i)y%M", `(?i)${LEFT}(xy${M})${RIGHT}`, false],
];
test.each(cases)("pattern %s becomes %s, anchored: %s", (pattern, regex, isAnchored) => {
  const template = patternTemplate(pattern, 2026);
  expect(template.regex).toBe(regex);
  expect(template.isAnchored).toBe(isAnchored);
});

test("a pattern with names is caseless, with an own flag or without", () => {
  expect(patternTemplate("%p", 2026).regex).toBe(`(?iu)${LEFT}((?P<p>am|pm))${RIGHT}`);
  expect(patternTemplate("(?i)%p", 2026).regex).toBe(`(?iu)${LEFT}((?P<p>am|pm))${RIGHT}`);
  expect(patternTemplate("%p(?s)", 2026).regex).toBe(`(?ius)${LEFT}((?P<p>am|pm))${RIGHT}`);
});

test("an anchored epoch is anchored, another is not", () => {
  expect(epochTemplate(false, true).isAnchored).toBe(true);
  expect(epochTemplate(false, false).isAnchored).toBe(false);
});

test("a prefix that does nothing is not shown", () => {
  expect(patternTemplate("{^LN-BEG}^%M", 2026).name).toBe("^Minute");
  expect(patternTemplate("{^LN-BEG}%M", 2026).name).toBe("{^LN-BEG}Minute");
});
