import { expect, test } from "vitest";
import { traceMismatch } from "../../../src/regex/trace.ts";

const cases = [
  ["a literal", "^Failed password for", "Failed passwort for", 14, 0, "d for"],
  ["the end is too early", "^Failed password$", "Failed password!", 15, 0, "$"],
  ["a class", "^user \\d+ from", "user x from", 5, 0, "\\d+"],
  ["what follows a greedy run counts, not where the run went", "^.* from \\d", "a fro 1", 5, 0, "m "],
  ["an unanchored try that came further than the others", "ab[cd]e", "ab abx", 2, 0, "[cd]"],
  ["the later of two equal tries is not better", "abc", "ab ab", 2, 0, "c"],
  ["a try that begins within the text", "b(?P<n>c)d", "ab bc bce", 5, 3, "d"],
  ["inside of a group", "^(?:x|user (?P<user>\\w+)) in", "user bob on", 9, 0, "in"],
  ["inside of branches the furthest place", "^(?:abc|b)x", "abd", 2, 0, "c"],
  ["a first character that is nowhere", "xyz", "abc", 0, 0, "xyz"],
  ["an empty text", "^a", "", 0, 0, "a"],
  ["characters beyond the basic plane", "😀+b", "a😀😀c", 5, 1, "b"],
  ["a lookahead", "a(?!b)c", "ab", 1, 0, "(?!b)"],
] as const;
for (const [name, pattern, text, furthest, from, piece] of cases) {
  test(`traceMismatch: ${name}`, () => {
    const mismatch = traceMismatch(pattern, text);
    expect(mismatch).toMatchObject({ furthest, from, piece });
    expect(pattern.slice(mismatch?.patternAt).startsWith(piece)).toBe(true);
  });
}

test("traceMismatch has nothing to say of a match", () => {
  expect(traceMismatch("a+b", "xaab")).toBeUndefined();
  expect(traceMismatch("(?m)^b$", "a\nb")).toBeUndefined();
  expect(traceMismatch("^b$", "a\nB", { multiline: true, ignoreCase: true })).toBeUndefined();
});

test("traceMismatch ends on a search that runs away", () => {
  expect(traceMismatch("^(a+)+\\1$", `${"a".repeat(60)}b`)?.from).toBe(0);
});
