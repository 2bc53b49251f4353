import { expect, test } from "vitest";
import { harmless, paint, wantsColour } from "../../../src/cli/screen.ts";

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: "dumb" }, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [false, { FORCE_COLOR: "1" }, true],
  [true, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
])("on a terminal: %s, with %j: colour is %s", (isTerminal, env, wanted) => {
  expect(wantsColour(isTerminal, env)).toBe(wanted);
});

test("text is painted only on a screen with colours", () => {
  expect(paint({ hasColour: false }, "red", "x")).toBe("x");
  expect(paint({ hasColour: true }, "red", "x")).toBe("\u001b[31mx\u001b[0m");
});

test.each([
  ["plain text, ümläut, 日本", "plain text, ümläut, 日本"],
  ["\u001b[2Jgone", "\u241b[2Jgone"],
  ["two\nlines\r\t", "two\u240alines\u240d\u2409"],
  ["\u007f\u009b31m", "\ufffd\ufffd31m"],
  ["left\u202eright\u2066\u2028", "left\ufffdright\ufffd\ufffd"],
])("%j is shown as %j", (text, shown) => {
  expect(harmless(text)).toBe(shown);
});
