import { expect, test } from "vitest";
import { matchesGlobName } from "../../../src/base/glob-name.ts";

test.each([
  ["*", "a", true],
  ["*", ".a", false],
  [".*", ".a", true],
  ["a*b*c", "a__b_b__c", true],
  ["a*b", "a_bc", false],
  ["?", "", false],
  ["?", "é", true],
  ["[a-c]", "b", true],
  ["[!a-c]", "b", false],
  ["[]x]", "]", true],
  ["[", "[", true],
  ["a[b", "a[b", true],
  ["[a-]", "-", true],
])("%s against %s: %s", (pattern, name, expected) => {
  expect(matchesGlobName(pattern, name)).toBe(expected);
});

test("many stars take no longer than pattern times name", () => {
  expect(matchesGlobName("*a".repeat(200), "a".repeat(150))).toBe(false);
});
