import { expect, test } from "vitest";
import { isListedBy, Judge, mistakeOfHolder, parseKnown } from "../../parity/known.ts";
import type { KnownDifference } from "../../parity/part.ts";

const THIS = "tests/unit/parity/known.test.ts";
const ENTRY: KnownDifference = {
  part: "lines",
  key: "a",
  reason: "better",
  rule: "improvement",
  example: "line a",
  heldBy: `${THIS}: a difference that no entry lists is not known`,
};

const difference = (key: string, input = "x") => ({ key, input, theirs: "1", ours: "2" });

test("a difference that no entry lists is not known", () => {
  const judge = new Judge([ENTRY]);
  expect(judge.isKnown("lines", difference("a"))).toBe(true);
  expect(judge.isKnown("lines", difference("b"))).toBe(false);
  expect(judge.isKnown("dates", difference("a"))).toBe(false);
});

test("an entry is stale until its own example differs with its key", () => {
  const judge = new Judge([ENTRY]);
  expect(judge.stale("lines")).toEqual([ENTRY]);
  judge.isKnown("lines", difference("a", "another line"));
  judge.isKnown("lines", difference("b", "line a"));
  expect(judge.stale("lines")).toEqual([ENTRY]);
  judge.isKnown("lines", difference("a", "line a"));
  expect(judge.stale("lines")).toEqual([]);
  expect(judge.stale("dates")).toEqual([]);
});

test.each([
  ["lines:[^:]+:leading-zero", "lines:sshd:leading-zero", true],
  ["lines:[^:]+:leading-zero", "lines:sshd:leading-zero-quad", false],
  ["a|b", "b", true],
  ["a|b", "ab", false],
  ["a.c", "a\nc", true],
])("the pattern %s over the key %s: %s", (pattern, key, expected) => {
  const { key: _, ...rest } = ENTRY;
  expect(isListedBy({ ...rest, pattern }, "lines", key)).toBe(expected);
});

test.each([
  ["names no test", "tests/unit/x.ts", 'heldBy is not "tests/….test.ts: name of the test"'],
  [
    "names a file that is not there",
    "tests/unit/no.test.ts: x",
    "tests/unit/no.test.ts, which does not exist",
  ],
  [
    "names a test that is not there",
    "tests/unit/parity/progress.test.ts: no such test",
    'has no test "no such test"',
  ],
])("an entry whose holder %s is wrong", (_, heldBy, message) => {
  expect(mistakeOfHolder({ ...ENTRY, heldBy })).toContain(message);
});

test("an entry whose holder is there is right", () => {
  expect(mistakeOfHolder(ENTRY)).toBeUndefined();
});

test.each([
  [{ ...ENTRY, pattern: "a" }, "wants either key or pattern"],
  [{ ...ENTRY, key: undefined }, "wants either key or pattern"],
  [{ ...ENTRY, key: undefined, pattern: "(" }, "Invalid regular expression"],
  [{ ...ENTRY, reason: "" }, "reason is missing"],
  [{ ...ENTRY, example: 5 }, "example is no text"],
  [{ ...ENTRY, rule: "A§5" }, "rule is none of"],
  [{ ...ENTRY, note: "x" }, "unknown field note"],
  ["x", "not an object"],
])("a list with a wrong entry is refused: %#", (entry, message) => {
  expect(() => parseKnown(JSON.stringify([ENTRY, entry]))).toThrow(`known.json: entry 2: ${message}`);
});

test("a list that is none is refused", () => {
  expect(() => parseKnown("{}")).toThrow("not a list");
});
