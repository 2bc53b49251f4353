import { expect, test } from "vitest";
import { pythonRepr } from "../../../src/config/python-repr.ts";
import { parsePythonInt, strip } from "../../../src/config/python-text.ts";

test.each([
  ["plain", "'plain'"],
  ["it's", '"it\'s"'],
  ['it\'s "so"', "'it\\'s \"so\"'"],
  ["back\\slash", "'back\\\\slash'"],
  ["tab\tline\nreturn\r", "'tab\\tline\\nreturn\\r'"],
  ["\0\x1f\x7f\xa0\xad", "'\\x00\\x1f\\x7f\\xa0\\xad'"],
  ["é☃😀", "'é☃😀'"],
  ["\u200b\u2028\ufeff\ud800", "'\\u200b\\u2028\\ufeff\\ud800'"],
  ["\u{e0001}", "'\\U000e0001'"],
  [5, "5"],
  [true, "True"],
  [null, "None"],
  [["a", [1, false]], "['a', [1, False]]"],
  [{ stacksize: 32 }, "{'stacksize': 32}"],
] as const)("%j is printed as Python prints it", (word, expected) => {
  expect(pythonRepr(word)).toBe(expected);
});

test.each([
  ["05", 5],
  ["1_0", 10],
  [" -7 ", -7],
  ["+3", 3],
  ["5.0", undefined],
  ["5m", undefined],
  ["0x5", undefined],
  ["", undefined],
  ["1__0", undefined],
  ["_1", undefined],
])("int(%j)", (text, expected) => {
  expect(parsePythonInt(text)).toBe(expected);
});

test("strip takes Python's blanks, not a byte order mark", () => {
  expect(strip("\x1c\x85 \u3000a\ufeff\t")).toBe("a\ufeff");
});
