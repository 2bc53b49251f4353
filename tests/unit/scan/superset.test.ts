/**
 * No line that a pattern matches is left out; where the scanner says that it is exact, no other is given out.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleFilters } from "../../../src/cli/sample-filters.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";
import { readSamples } from "../../../src/filter/sample-log.ts";
import { SAMPLE_NOW } from "../../../src/filter/sample-trial.ts";
import { compileRegex } from "../../../src/regex/compile.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import type { LineScanner } from "../../../src/scan/line-scanner.ts";
import { patterns, texts } from "../regex/pattern-grammar.ts";
import { scannerOf, scanTexts } from "./scan-trial.ts";

const STOCK = join(import.meta.dirname, "../../../stock");

/** Of each log: the rest would say little more. */
const SAMPLES_OF_A_LOG = 6;

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

function isValid(pattern: string): boolean {
  try {
    parsePattern(pattern);
    return true;
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    return false;
  }
}

/** A compiled regex, or one of a filter. */
interface Searched {
  search(text: string): object | undefined;
}

function matches(regex: Searched, text: string): boolean | undefined {
  try {
    return regex.search(`${text}\n`) !== undefined;
  } catch (error) {
    if (!(error instanceof RegexBudgetError)) throw error;
    return undefined;
  }
}

/** Holds what the scanner says of lines against the regexes. */
function expectSound(
  scanner: LineScanner,
  regexes: readonly Searched[],
  lines: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => string,
): void {
  for (const [number, found] of scanTexts(scanner, lines).entries()) {
    const text = decode(lines[number] ?? new Uint8Array());
    for (const [index, regex] of regexes.entries()) {
      const isFound = found.includes(index);
      if (isFound && !(scanner.isExact(index) && isAscii(text))) continue;
      const isMatch = matches(regex, text);
      if (isMatch === undefined) continue;
      expect(isFound, `pattern ${index} on ${JSON.stringify(text)}`).toBe(isMatch);
    }
  }
  expect(scanner.linesGivenUp).toBe(0);
}

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const withoutEnd = (text: string): string => text.replaceAll("\n", " ").replace(/\r+$/, "");

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

const samples = readdirSync(join(STOCK, "samples")).filter((name) => name.endsWith(".log"));
const itemOf = new Map(
  samples.flatMap((name) => {
    const { logs } = readSamples(readFileSync(join(STOCK, "samples", name), "utf8"));
    return logs.map((log, index) => [`${name} ${index}`, log] as const);
  }),
);

test("the filters of the stock on their sample lines", () => {
  const filters = sampleFilters(
    [...itemOf.values()].map(({ item }) => item),
    STOCK,
    nodeConfigFiles,
    STOCK,
  );
  let checked = 0;
  for (const log of itemOf.values()) {
    const filter = filters(log.item);
    if (typeof filter === "string") throw new Error(filter);
    const { detector, prefix, failures, ignores } = filter.parts;
    const regexes = [...failures, ...ignores, ...(prefix === undefined ? [] : [prefix])];
    const shown = log.samples.slice(0, SAMPLES_OF_A_LOG).flatMap(({ text }) => {
      const date = detector.find(text, SAMPLE_NOW);
      const rest = date === undefined ? text : text.slice(0, date.start) + text.slice(date.end);
      const content = prefix?.search(`${rest}\n`)?.group("content") ?? "";
      return [rest, content, rest.slice(0, -2)].map(withoutEnd);
    });
    expectSound(
      scannerOf(regexes.map(({ expanded }) => expanded)),
      regexes,
      shown.map((line) => Buffer.from(line)),
      utf8,
    );
    checked += shown.length;
  }
  expect(checked).toBeGreaterThan(600);
}, 60_000);
