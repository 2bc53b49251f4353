import fc from "fast-check";
import { expect, test } from "vitest";
import { splitWords, WordsError } from "../../../src/cli/compat-words.ts";
import { usage } from "../../../src/cli/usage.ts";

const lines = usage("fail2ban-client", "1.1.0", true).split("\n");

test("the usage of the server has no commands", () => {
  const text = usage("fail2ban-server", "1.1.0", false);
  expect(text).toMatch(/^Usage: fail2ban-server \[OPTIONS\]\n/);
  expect(text).not.toContain("Command:");
});

test("descriptions of commands stand at column 45, at most 34 characters wide", () => {
  const commands = lines.slice(lines.indexOf("Command:") + 1, -3);
  expect(commands.length).toBeGreaterThan(100);
  for (const line of commands) {
    expect(line.length).toBeLessThanOrEqual(45 + 34);
    if (line === "") continue;
    if (line.startsWith(" ".repeat(45))) expect(line[45]).toMatch(/\S/);
    else {
      expect(line).toMatch(/^ {4}[a-z]/);
      // A command of 41 characters or more stands alone.
      if (line.length >= 45 && line[44] !== " ") expect(line.slice(4).length).toBeGreaterThanOrEqual(41);
      else if (line.length > 45) expect(line.slice(44, 46)).toMatch(/^ \S/);
    }
  }
});

test("completion finds its words: four blanks, then the command", () => {
  expect(lines).toContain("    get <JAIL> action <ACT> <PROPERTY>       show a property");
  expect(lines).toContain("    set <JAIL> action <ACT> actionstart <CMD>");
  expect(lines.filter((line) => /^ {45}[A-Z ]+$/.test(line)).map((line) => line.trim())).toEqual([
    "BASIC",
    "LOGGING",
    "DATABASE",
    "JAIL CONTROL",
    "JAIL CONFIGURATION",
    "COMMAND ACTION CONFIGURATION",
    "GENERAL ACTION CONFIGURATION",
    "JAIL INFORMATION",
    "COMMAND ACTION INFORMATION",
    "GENERAL ACTION INFORMATION",
  ]);
  expect(lines.at(-2)).toBe("Report bugs to https://github.com/fail2ban/fail2ban/issues");
});

test.each([
  ["a b  c", ["a", "b", "c"]],
  ["'a b' \"c d\"", ["a b", "c d"]],
  ["a'b'\"c\"d", ["abcd"]],
  ["'' x", ["", "x"]],
  ["'\\'", ["\\"]],
  ['"\\" \\\\ \\n"', ['" \\ \\n']],
  ["a\\ b \\'", ["a b", "'"]],
  ["a #b", ["a", "#b"]],
  ["  ", []],
])("splitWords cuts %j as a shell does", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test.each([
  ["'a", "No closing quotation"],
  ['"a\\"', "No closing quotation"],
  ["a\\", "No escaped character"],
])("splitWords refuses %j", (line, message) => {
  expect(() => splitWords(line)).toThrow(message);
});

test("splitWords gives any word back from single quotes", () => {
  fc.assert(
    fc.property(fc.array(fc.string().filter((word) => !word.includes("'"))), (words) => {
      expect(splitWords(words.map((word) => `'${word}'`).join(" "))).toEqual(words);
    }),
  );
  expect(() => splitWords("'")).toThrow(WordsError);
});
