/**
 * Captures by rows are those of the regex, groups and all; what is too hard is left to it. The regexes of the stock: the conformance
 * layer.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRegex } from "../../../src/regex/compile.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import { ExactSearch } from "../../../src/regex/exact/exact-search.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import { LineCaptures } from "../../../src/scan/line-captures.ts";
import { loops } from "../regex/loop-grammar.ts";
import { patterns } from "../regex/pattern-grammar.ts";
import { asciiTexts, expectAlike, sourceOf, take } from "./captures-trial.ts";

/** "unknown", `undefined` for no match, or the places of all groups. */
function search(captures: LineCaptures, text: string, from = 0, to = text.length): unknown {
  expect(take(captures, text)).toBe(true);
  const outcome = captures.run(0, from, to);
  if (outcome === 2) return "unknown";
  return outcome === 0 ? undefined : [...captures.places.subarray(0, 4)];
}

test("places are those of the part searched, -1 where a group took no part", () => {
  const captures = new LineCaptures([sourceOf("^(a)?(b*) (x|(y))$"), sourceOf("b+$")]);
  expect([captures.canRun(0), captures.canRun(1), captures.canRun(2)]).toEqual([true, true, false]);
  expect(take(captures, "..bb y--")).toBe(true);
  expect(captures.run(0, 0, 8)).toBe(0);
  expect(captures.run(0, 2, 6)).toBe(1);
  expect([...captures.places.subarray(0, 10)]).toEqual([0, 4, -1, -1, 0, 2, 3, 4, 3, 4]);
  expect(captures.run(1, 0, 8)).toBe(0);
  expect(captures.run(1, 0, 4)).toBe(1);
  expect([...captures.places.subarray(0, 2)]).toEqual([2, 4]);
});

test("what is cut out of a line is not in the text, and offsets are those of all the bytes", () => {
  const captures = new LineCaptures([sourceOf("^<> (\\w+)$"), sourceOf("^ (\\w+)$")]);
  const bytes = Buffer.from("no\n<12:00> root\n12:00 root\n");
  expect(captures.load(bytes, 3, bytes.length)).toBe(true);
  expect(captures.take(3, 4, 9, 15)).toBe(true);
  expect(captures.run(0, 0, 7)).toBe(1);
  expect([...captures.places.subarray(0, 4)]).toEqual([0, 7, 3, 7]);
  expect(captures.take(16, 16, 21, 26)).toBe(true);
  expect(captures.run(1, 0, 5)).toBe(1);
  expect([...captures.places.subarray(0, 4)]).toEqual([0, 5, 1, 5]);
  // once more: nothing of the line was lost
  expect(captures.take(3, 4, 9, 15)).toBe(true);
  expect(captures.run(0, 0, 7)).toBe(1);
});

test("a line with a byte that is no ASCII is not taken, wherever the byte stands", () => {
  const captures = new LineCaptures([sourceOf("a")]);
  for (const length of [1, 15, 16, 17, 40]) {
    for (let at = 0; at < length; at++) {
      expect(take(captures, `${"a".repeat(at)}\x80${"a".repeat(length - at - 1)}`)).toBe(false);
      const bytes = Buffer.from(`${"a".repeat(length)}\xff`, "latin1");
      captures.load(bytes, 0, bytes.length);
      expect(captures.take(0, 0, 0, length)).toBe(true);
      expect(captures.take(at, at, at + 1, length + 1)).toBe(false);
    }
  }
});

test.each(["(a)\\1", "(?>a*)b", "(?:(a)|b)*", "(?:a?)*", "(?<=ab)c", "a*+b"])(
  "%s is left to the regex",
  (pattern) => {
    const captures = new LineCaptures([sourceOf(pattern)]);
    expect(captures.canRun(0)).toBe(false);
    expect(search(captures, "ab")).toBe("unknown");
  },
);

test("conditions are written out", () => {
  const captures = new LineCaptures([sourceOf("^(<)?a(?(1)>|!)$")]);
  expect(captures.canRun(0)).toBe(true);
  expect(search(captures, "<a>")).toEqual([0, 3, 0, 1]);
  expect(search(captures, "a!")).toEqual([0, 2, -1, -1]);
  expect(search(captures, "<a!")).toBeUndefined();
});

function expectAlikeOnAll(source: fc.Arbitrary<string>, runs: number): number {
  let known = 0;
  fc.assert(
    fc.property(
      fc.array(source, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(asciiTexts, fc.nat({ max: 3 }), fc.nat({ max: 3 })), { minLength: 1, maxLength: 6 }),
      (sources, all) => {
        try {
          const captures = new LineCaptures(sources.map(sourceOf));
          for (const [index, pattern] of sources.entries()) {
            if (!captures.canRun(index)) continue;
            const { root, groupCount, groupIndex } = parsePattern(pattern, {});
            const engine = new ExactSearch(resolveCharacters(root), groupCount, groupIndex);
            for (const [text, before, behind] of all) {
              expect(take(captures, text)).toBe(true);
              const from = Math.min(before, text.length);
              const to = Math.max(from, text.length - behind);
              if (expectAlike(captures, index, engine, groupCount, text, from, to)) known++;
              if (expectAlike(captures, index, engine, groupCount, text, 0, text.length)) known++;
            }
          }
        } catch (error) {
          if (!(error instanceof RegexSyntaxError || error instanceof RegexBudgetError)) throw error;
        }
      },
    ),
    { numRuns: runs },
  );
  return known;
}

const RUNS = 800;

test("random patterns capture alike", () => {
  expect(expectAlikeOnAll(patterns, RUNS)).toBeGreaterThan(RUNS);
}, 60_000);

test("patterns that are little but loops capture alike", () => {
  expect(expectAlikeOnAll(loops, RUNS)).toBeGreaterThan(RUNS / 2);
}, 60_000);

test("a row that stays itself to the line's end need not be walked, and a newline inside ends that", () => {
  const sources = ["^(a+)(.*)$", "a(.*?)(b?)$", "(a.*)", "x|(a)([\\s\\S]*)", "(\\w*)b.*(c?)", "(a.*)(?=.)"];
  const captures = new LineCaptures(sources.map(sourceOf));
  for (const text of [
    "aab",
    `aa${"cde b".repeat(50)}`,
    "a",
    "",
    "ab\ncb",
    `aa${"x".repeat(30)}\n${"b".repeat(30)}`,
  ]) {
    for (const [index, source] of sources.entries()) {
      const engine = compileRegex(source, { exact: true });
      for (let times = 0; times < 3; times++) {
        expect(take(captures, text)).toBe(true);
        for (let from = 0; from <= Math.min(3, text.length); from++)
          expect(expectAlike(captures, index, engine, engine.groupCount, text, from, text.length)).toBe(true);
      }
    }
  }
});

test("a regex whose rows have no end is left to itself, and given up in the end; the others go on", () => {
  const captures = new LineCaptures([sourceOf("(?:a|b)*a(?:a|b){14}(c)"), sourceOf("^(b|a)")]);
  let bits = 1;
  const textOf = (length: number): string => {
    let text = "";
    for (; text.length < length; bits = (Math.imul(bits, 1_103_515_245) + 12_345) >>> 0)
      text += bits & 0x10_000 ? "a" : "b";
    return text;
  };
  let given = 0;
  for (let line = 0; line < 3000 && captures.canRun(0); line++) {
    take(captures, textOf(60_000));
    if (captures.run(0, 0, 60_000) === 2) given++;
    expect(captures.run(1, 0, 60_000)).toBe(1);
    expect([...captures.places.subarray(0, 4)]).toEqual([0, 1, 0, 1]);
  }
  expect(given).toBeGreaterThan(0);
  expect(captures.canRun(0)).toBe(false);
}, 60_000);

test("lines and pieces that are too long are refused", () => {
  const captures = new LineCaptures([sourceOf("a")]);
  const large = Buffer.alloc(300_000, "a");
  expect(captures.load(large, 0, large.length)).toBe(false);
  expect(captures.load(large, 0, 200_000)).toBe(true);
  expect(captures.take(0, 0, 0, 200_000)).toBe(false);
  expect(captures.take(0, 5, 60_000, 200_000)).toBe(false);
  expect(captures.take(0, 0, 100_000, 200_000)).toBe(true);
  expect(captures.run(0, 0, 100_000)).toBe(1);
});
