import fc from "fast-check";
import { expect, test } from "vitest";
import { automatonOf } from "../../../src/regex/automaton.ts";
import { compileRegex } from "../../../src/regex/compile.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import { isAnchored } from "../../../src/regex/exact/first-characters.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { PossibleMatch } from "../../../src/regex/possible-match.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import { CORPUS } from "./corpus.ts";
import { patterns, texts } from "./pattern-grammar.ts";

function possibleMatchOf(
  pattern: string,
  flags: { multiline?: boolean; ignoreCase?: boolean } = {},
): PossibleMatch {
  const root = resolveCharacters(parsePattern(pattern, flags).root);
  const automaton = automatonOf(root, "match");
  if (automaton === undefined) throw new Error("too large");
  return new PossibleMatch(automaton, isAnchored(root));
}

const cases = [
  ["^a.*b$", "axxb", true],
  ["^a.*b$", "xaxb", false],
  ["^a.*b$", "axbx", false],
  ["a+b", "xxaab", true],
  ["a+b", "xxaa", false],
  ["\\bfoo\\b", "a foo", true],
  ["\\bfoo\\b", "a food", false],
  ["\\Boo", "foo", true],
  ["\\Boo", "f oo", false],
  ["(?m)^b$", "a\nb\nc", true],
  ["(?m)^b$", "a\nxb\nc", false],
  ["\\d{2,4}-é", "x 123-é", true],
  ["\\d{2,4}-é", "x 1-é", false],
  ["a{20,}b", `${"a".repeat(20)}b`, true],
  ["😀+x", "a😀😀x", true],
  ["😀+x", "a😀😁x", false],
  ["(a)?(?(1)b|c)", "xc", true],
  ["", "", true],
  ["a|$", "", true],
] as const;
for (const [pattern, text, expected] of cases) {
  test(`canMatch: ${pattern} ${expected ? "may match" : "cannot match"} ${JSON.stringify(text)}`, () => {
    expect(possibleMatchOf(pattern).canMatch(text, 0)).toBe(expected);
  });
}

test("canMatch sees what stands before the place to begin at", () => {
  expect(possibleMatchOf("^b").canMatch("ab", 1)).toBe(false);
  expect(possibleMatchOf("\\bb").canMatch("ab", 1)).toBe(false);
  expect(possibleMatchOf("(?m)^b").canMatch("a\nb", 2)).toBe(true);
  expect(possibleMatchOf("\\bb").canMatch("😀b", 2)).toBe(true);
});

/** No text that matches is refused. */
function expectSound(pattern: string, text: string, from: number): void {
  const regex = compileRegex(pattern, { exact: true });
  const possible = possibleMatchOf(pattern);
  try {
    if (regex.search(text, from) === undefined) return;
  } catch (error) {
    if (!(error instanceof RegexBudgetError)) throw error;
    return;
  }
  expect(possible.canMatch(text, from)).not.toBe(false);
}

test("canMatch refuses no match of the corpus", () => {
  for (const { pattern, text, multiline = false, ignoreCase = false } of CORPUS) {
    if (compileRegex(pattern, { multiline, ignoreCase, exact: true }).search(text) === undefined) continue;
    expect(possibleMatchOf(pattern, { multiline, ignoreCase }).canMatch(text, 0)).not.toBe(false);
  }
});

test("canMatch refuses no match of random patterns", () => {
  fc.assert(
    fc.property(patterns, texts, fc.nat(2), (pattern, text, from) => {
      try {
        parsePattern(pattern);
      } catch (error) {
        expect(error).toBeInstanceOf(RegexSyntaxError);
        return;
      }
      expectSound(pattern, text, Array.from(text).slice(0, from).join("").length);
    }),
    { numRuns: 1200 },
  );
}, 30_000);

test("canMatch gives up where its table would grow without end", () => {
  const possible = possibleMatchOf(`${"(?:a|.)".repeat(3)}(?:a.{15}b|a.{14}c|a.{13}d)$`);
  let seed = 1;
  const text = Array.from({ length: 20_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % 2 === 0 ? "a" : "b";
  }).join("");
  expect(possible.canMatch(text, 0)).toBeUndefined();
  expect(possible.canMatch("b".repeat(40), 0)).toBe(false);
});
