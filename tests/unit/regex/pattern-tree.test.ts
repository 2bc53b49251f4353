import { expect, test } from "vitest";
import { patternTree } from "../../../src/regex/pattern-tree.ts";

test("who asks for a pattern again gets the same tree, and another one with other options", () => {
  const tree = patternTree("^a(?P<n>b)");
  expect(patternTree("^a(?P<n>b)")).toBe(tree);
  expect(patternTree("^a(?P<n>b)").root).toBe(tree.root);
  for (const options of [{ multiline: true }, { ignoreCase: true }, { multiline: true, ignoreCase: true }]) {
    const other = patternTree("^a(?P<n>b)", options);
    expect(other.root).not.toEqual(tree.root);
    expect(patternTree("^a(?P<n>b)", options)).toBe(other);
  }
});

test("a pattern that looks like another one's options is itself", () => {
  expect(patternTree("i:a").root).not.toEqual(patternTree("a", { ignoreCase: true }).root);
  expect(patternTree(":a").root).not.toEqual(patternTree("a").root);
});

test("very many patterns are all told apart", () => {
  const lengths = Array.from({ length: 600 }, (_, number) => patternTree("x".repeat(number)).root);
  expect(lengths.map((root) => (root.kind === "sequence" ? root.items.length : -1))).toEqual([
    ...lengths.keys(),
  ]);
});

test("classes that are written alike have one set, and others have their own", () => {
  const setOf = (pattern: string) => {
    const { root } = patternTree(pattern);
    const [item] = root.kind === "sequence" ? root.items : [];
    return item?.kind === "set" ? item.set : undefined;
  };
  expect(setOf("[\\d_]x")).toBe(setOf("[\\d_]y"));
  expect(setOf("k")).toEqual([0x6b, 0x6b]);
  expect(setOf("(?i)k")).toEqual([0x4b, 0x4b, 0x6b, 0x6b, 0x212a, 0x212a]);
  expect(setOf("(?ai)k")).toEqual([0x4b, 0x4b, 0x6b, 0x6b]);
  expect(setOf("[^k]")).not.toEqual(setOf("[k]"));
  expect(setOf("(?a)\\d")).not.toEqual(setOf("\\d"));
});
