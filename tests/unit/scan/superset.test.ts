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
  ["a(?=b)", ["ab", "xab"], ["a", "ac", "a b"]],
  ["a(?!b)", ["a", "ac", "aba"], ["ab", "b"]],
  ["a(?!\\n)", ["ab"], ["a", "ba"]],
  ["a(?=\\n)", ["a", "ba"], ["ab"]],
  ["^(?!abc)[a-c]*d", ["abd", "d", "abbcd"], ["abcd", "abc"]],
  ["^(?!ab|ac)(?!b)", ["a", "", "ad", "cab"], ["ab", "acd", "b"]],
  ["^a(?=bc|bd)b", ["abc", "abd"], ["ab", "abe"]],
  ["^(?=ab)(?=a.c)", ["abc", "abcd"], ["ab", "adc", "abd"]],
  ["(?:a(?!b)|b(?=a)){2}$", ["aa", "ba", "abaa"], ["ab", "bb", "a"]],
  ["x(?!b)(?:a|b)*$", ["x", "xab"], ["xb", "xba"]],
  ["(?<=a)b", ["ab"], ["b", "cb", "bb"]],
  ["(?<!a)b", ["b", "cb", "abb"], ["ab", "a"]],
  ["^(?<!a)", ["", "a"], []],
  ["^(?<=a)", [], ["", "a"]],
  ["^.*$(?<=a)", ["a", "ba"], ["", "ab"]],
  ["^.*\\b(?<!b)$", ["a", "ba"], ["", "ab", "a "]],
  ["^a?\\B(?<=\\W| )b?", [], ["a", " a"]],
  ["\\n(?<!a)\\Z", ["", "a"], []],
  ["\\n(?<=a)\\Z", [], ["", "a"]],
] as const)("exactly: %s matches %j, and not %j", (source, matching, others) => {
  const scanner = scannerOf([source]);
  expect(scanner.isExact(0)).toBe(true);
  const regex = compileRegex(source);
  const shown = [...matching, ...others];
  const expected = shown.map((_, index) => (index < matching.length ? [0] : []));
  expect(shown.map((text) => (matches(regex, text) === true ? [0] : []))).toEqual(expected);
  expect(
    scanTexts(
      scanner,
      shown.map((text) => Buffer.from(text)),
    ),
  ).toEqual(expected);
});

const CHARACTERS = ["a", "b", "ab", ".", "[^a]", "\\w", "\\W", " ", "\\n", "\u00e9", "$"];
const REPEATED = ["a*", "(?:ab)*", "b?", ".*", "(?:a|b?)", "(?:ba?){1,2}", "\\b", "\\B", "^"];
const LOOKED_BACK_AT = ["(?<=a)", "(?<!a)", "(?<=\\W)", "(?<!\\w|b)", "(?<=[^a])", "(?<!\u00e9)", "(?<=\\n)"];
const LOOKED_AHEAD_AT = ["a", "b", ".", "ab", "[^b]", "\\w\\w", "\\n", "\u00e9", "(?:a|bb)", "b|a"];
const ahead = fc
  .tuple(
    fc.constantFrom("(?=", "(?!"),
    fc.array(fc.constantFrom(...LOOKED_AHEAD_AT), { minLength: 1, maxLength: 3 }),
  )
  .map(([opening, inside]) => `${opening}${inside.join("")})`);

/** A pattern of few characters that looks around itself wherever it can. */
const looking = fc
  .array(
    fc.oneof(
      fc.constantFrom(...CHARACTERS, ...CHARACTERS, ...REPEATED),
      fc.oneof(ahead, fc.constantFrom(...LOOKED_BACK_AT)),
    ),
    { minLength: 2, maxLength: 7 },
  )
  .map((pieces) => pieces.join(""));

test("patterns that look around themselves", () => {
  let exact = 0;
  fc.assert(
    fc.property(
      fc.array(looking, { minLength: 1, maxLength: 3 }),
      fc.array(fc.string({ unit: fc.constantFrom(..."aaabbb. \u00e9"), maxLength: 8 }), {
        minLength: 4,
        maxLength: 12,
      }),
      (sources, shown) => {
        const scanner = scannerOf(sources);
        const regexes = sources.map((source) => compileRegex(source, { exact: true }));
        expectSound(
          scanner,
          regexes,
          shown.map((line) => Buffer.from(line)),
          utf8,
        );
        exact += sources.filter((_, index) => scanner.isExact(index)).length;
      },
    ),
    { numRuns: 1500 },
  );
  expect(exact).toBeGreaterThan(1000);
}, 60_000);

test.each([
  ["a(?=b+)c", "not exact: looks far ahead"],
  ["(?!ab$)a", "not exact: looks for an anchor"],
  ["a(?<=ba)c", "not exact: looks far back"],
  ["(?:(?!ab).)+c", "not exact: looks ahead in a loop"],
  [`(?!${"a".repeat(41)})a`, "not exact: looks for a long text"],
  [`(?![ab]{1})(?!${"ab?".repeat(9)})`, "not exact: looks for many texts"],
  [`(?!a)${"a?b?".repeat(200)}`, "not exact: too much may come where it looks"],
  ["(a)\\1", "not exact: refers to a group"],
  ["(?>a+)ab", "not exact: does not go back"],
  ["(a)?(?(1)b|c)", "not exact: has a condition"],
  ["a{33}", "not exact: counts far"],
  ["(?:a?){2}", "not exact: repeats what may be empty"],
])("%s is %s", (source) => {
  expect(scannerOf([source]).isExact(0)).toBe(false);
});
