import { expect, test } from "vitest";
import { compileRegex } from "../../../src/regex/compile.ts";
import { neededText } from "../../../src/regex/needed-text.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { patternTree } from "../../../src/regex/pattern-tree.ts";

/** What is told of both forms of the tree. */
function tells(pattern: string, text: string, from = 0): readonly (boolean | undefined)[] {
  const trees = [parsePattern(pattern).root, patternTree(pattern).root];
  return trees.map((root) => neededText(root)?.(text, from));
}

test.each([
  { pattern: "Failed (?:password|key) for", has: "Failed nothing", lacks: "failed password for" },
  { pattern: "a?(?P<x>invalid) user", has: "an invalid user", lacks: "an invalid one" },
  { pattern: "foo(?!bar)baz", has: "foobaz", lacks: "foobarba" },
  { pattern: String.raw`foo\bbar`, has: "foobar", lacks: "foo bar" },
  { pattern: "(?i)kiss", has: "a \u212aI\u017fs", lacks: "a kis" },
  { pattern: "(?:abcd){2,3}", has: "abcd", lacks: "abc" },
  { pattern: "x(?:long enough)*other", has: "xother", lacks: "long enough" },
  { pattern: String.raw`\[preauth\]$`, has: "[preauth]", lacks: "preauth" },
  { pattern: "(?>atomic) text", has: "atomic text", lacks: "atomic" },
])("$pattern needs what '$lacks' has not", ({ pattern, has, lacks }) => {
  expect(tells(pattern, has)).toEqual([true, true]);
  expect(tells(pattern, lacks)).toEqual([false, false]);
});

test.each([
  "ab",
  "a.b.c.d",
  "[abcdef]{9}",
  "abc|abd",
  "(?:abc)?",
  String.raw`(a)\1\1\1`,
  String.raw`\d{8}`,
  "\u{1f600}\u{1f601}\u{1f602}",
])("%s needs no text that is worth a look", (pattern) => {
  expect(tells(pattern, "")).toEqual([undefined, undefined]);
});

test("what stands before the place where the search begins does not count", () => {
  expect(tells("needle", "needle in hay", 1)).toEqual([false, false]);
  expect(tells("(?i)needle", "needle in hay", 1)).toEqual([false, false]);
  expect(tells("(?i)needle", "needle, NEEDLE", 1)).toEqual([true, true]);
});

test("a search finds the same before and after its regex is made", () => {
  const lines = ["", "Failed for 1", "failed FOR 22", "Failed", "for Failed for 3"];
  for (const pattern of [
    String.raw`Failed for (\d+)`,
    String.raw`(?i)^failed for (\d+)$`,
    "(?<=Failed )for",
  ]) {
    const made = compileRegex(pattern);
    expect(made.engine).toBe("native");
    const expected = lines.map((line) => made.search(line)?.group(0));
    expect(lines.map((line) => compileRegex(pattern).search(line)?.group(0))).toEqual(expected);
    const fresh = compileRegex(pattern);
    expect(lines.map((line) => fresh.search(line)?.group(0))).toEqual(expected);
  }
});
