import { expect, test } from "vitest";
import { splitShellWords } from "../../../src/config/shell-words.ts";

test.each([
  ["_COMM=sshd + A=1", ["_COMM=sshd", "+", "A=1"]],
  [`A="b c" d\\ e # 'q'`, ["A=b c", "d e", "#", "q"]],
  [`'a\\b' "c\\"d\\e\\\\"`, ["a\\b", 'c"d\\e\\']],
  [`a""b '' `, ["ab", ""]],
  ["  ", []],
  ['A="b', { error: "No closing quotation" }],
  ["a\\", { error: "No escaped character" }],
])("%j is split as a shell does", (line, expected) => {
  expect(splitShellWords(line)).toEqual(expected);
});
