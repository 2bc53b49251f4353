/**
 * No line that a pattern matches is left out; where the scanner says that it is exact, no other is given out. The filters of the
 * stock: the conformance layer.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRegex } from "../../../src/regex/compile.ts";
import { RegexSyntaxError } from "../../../src/regex/errors.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { patterns, texts } from "../regex/pattern-grammar.ts";
import { scannerOf, scanTexts, withoutEnd } from "./scan-trial.ts";
import { expectSound, matches } from "./soundness.ts";

function isValid(pattern: string): boolean {
  try {
    parsePattern(pattern);
    return true;
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    return false;
  }
}

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

const lines: fc.Arbitrary<string> = fc.oneof(
  texts.map(withoutEnd),
  fc.string({ unit: fc.constantFrom(..."abck K01_-:.sx\r"), maxLength: 30 }).map(withoutEnd),
);

test("random patterns and random lines, in UTF-8 and as bytes that are none", () => {
  fc.assert(
    fc.property(
      fc.array(patterns.filter(isValid), { minLength: 1, maxLength: 4 }),
      fc.array(lines, { minLength: 1, maxLength: 4 }),
      (sources, shown) => {
        const regexes = sources.map((source) => compileRegex(source, { exact: true }));
        const scanner = scannerOf(sources);
        expectSound(
          scanner,
          regexes,
          shown.map((line) => Buffer.from(line, "utf8")),
          utf8,
        );
        const bytes = shown.map((line) =>
          Buffer.from(line, "latin1").map((byte) => (byte === 10 ? 32 : byte)),
        );
        expectSound(scanner, regexes, bytes, utf8);
        expectSound(scanner, regexes, bytes, latin1);
      },
    ),
    { numRuns: 600 },
  );
}, 60_000);

test("a pattern that is there twice, and one that begins as another", () => {
  const sources = ["abc?", "abc?", "abd", "ab", "^ab$", "^abc"];
  const regexes = sources.map((source) => compileRegex(source));
  const scanner = scannerOf(sources);
  const shown = ["ab", "abc", "abd", "xabd", "xab", "x", "", "abcd"].map((line) => Buffer.from(line));
  expectSound(scanner, regexes, shown, utf8);
  expect(scanTexts(scanner, shown)).toEqual([
    [0, 1, 3, 4],
    [0, 1, 3, 5],
    [0, 1, 2, 3],
    [0, 1, 2, 3],
    [0, 1, 3],
    [],
    [],
    [0, 1, 3, 5],
  ]);
});

test.each([
  ["^", true],
  ["$", true],
  ["\\Z", true],
  ["\\A\\Z", false],
  ["(?m)^\\Z", true],
  ["^$", false],
  ["(?m)^$", true],
  ["\\s$", true],
  ["b\\n\\Z", true],
  ["b\\Z", false],
  ["b$\\n$", true],
  ["b\\b", true],
  ["b\\B", false],
  ["\\Bb", true],
  ["(?:)", true],
  ["[^b]\\Z", true],
  ["", true],
] as const)("exactly: %s on ab", (source, expected) => {
  const scanner = scannerOf([source]);
  expect(scanner.isExact(0)).toBe(true);
  expect(matches(compileRegex(source), "ab")).toBe(expected);
  expect(scanTexts(scanner, [Buffer.from("ab")])).toEqual([expected ? [0] : []]);
});

test.each([
  ["a(?=b)c", "not exact: looks ahead"],
  ["(a)\\1", "not exact: refers to a group"],
  ["(?>a+)ab", "not exact: does not go back"],
  ["(a)?(?(1)b|c)", "not exact: has a condition"],
  ["a{33}", "not exact: counts far"],
  ["(?:a?){2}", "not exact: repeats what may be empty"],
])("%s is %s", (source) => {
  expect(scannerOf([source]).isExact(0)).toBe(false);
});
