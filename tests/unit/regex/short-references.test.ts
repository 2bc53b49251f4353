/**
 * Patterns with references to signs written out match as they did, groups and all.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExactSearch } from "../../../src/regex/exact/exact-search.ts";
import { orderedProgramOf } from "../../../src/regex/linear/ordered-program.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import { withoutShortReferences } from "../../../src/regex/transforms/short-references.ts";
import type { Node } from "../../../src/regex/tree.ts";

const GROUPS = 2;

function spans(root: Node, text: string): unknown {
  const match = new ExactSearch(root, GROUPS, new Map()).search(text);
  return match && Array.from({ length: GROUPS + 1 }, (_, group) => match.span(group) ?? null);
}

const rooted = (pattern: string): Node => resolveCharacters(parsePattern(pattern).root);

test.each([
  ["([-/])a\\1", true],
  ["\\d([-/.])\\d(?P<x>[ab])\\1", true],
  ["(?:([-/])|a)\\1", false],
  ["([-/]*)\\1", false],
  ["([ab])\\1", false],
  ["([!-/])\\1", false],
])("%j: written out: %j", (pattern, isWritten) => {
  const written = withoutShortReferences(rooted(pattern));
  expect(orderedProgramOf(written) !== undefined).toBe(isWritten);
});

test("patterns match alike", () => {
  const sign = fc.constantFrom("([-/])", "([-/.])", "([-]|[/])", "(-)", "([-a])");
  const between = fc.constantFrom("", "a", "a?", "\\1?", "(?:a|\\1)*", "(a)?", "(?:\\1b|b)", "([-/])", "\\2");
  const pattern = fc
    .tuple(fc.constantFrom("", "^", "(?:", "a|"), sign, between, between, fc.constantFrom("\\1", "\\1+", "b"))
    .map(([begin, ...parts]) => `${begin}${parts.join("")}${begin === "(?:" ? ")*" : ""}`);
  const text = fc
    .array(fc.constantFrom("-", "/", ".", "a", "b"), { maxLength: 8 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 4 }), (source, texts) => {
      let root: Node;
      try {
        root = rooted(source);
      } catch {
        return;
      }
      for (const each of texts) expect(spans(withoutShortReferences(root), each)).toEqual(spans(root, each));
    }),
    { numRuns: 2000 },
  );
});
