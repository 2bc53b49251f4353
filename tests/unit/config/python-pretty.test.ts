import { expect, test } from "vitest";
import { pythonPretty } from "../../../src/config/python-pretty.ts";

test("what fits stays on one line", () => {
  expect(pythonPretty(["set", "j", 1])).toBe("['set', 'j', 1]");
});

test("what does not fit has an item a line, two columns deeper", () => {
  const long = "x".repeat(995);
  expect(pythonPretty(["a", [long, "b"]])).toBe(`[ 'a',\n  [ '${long}',\n    'b']]`);
});

test("a long text is cut at line ends, and at blanks where a line alone is too long", () => {
  const line = "word ".repeat(150);
  expect(pythonPretty(["a", `${line}\n${line}${line}`])).toBe(
    `[ 'a',\n  '${line}\\n'\n  '${"word ".repeat(199)}'\n  '${"word ".repeat(101)}']`,
  );
});
