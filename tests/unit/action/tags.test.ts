import fc from "fast-check";
import { expect, test } from "vitest";
import { expandStatic, replaceDynamic, TagRecursionError, tagsIn } from "../../../src/action/tags.ts";

const properties = new Map([
  ["a", "<b>"],
  ["b", "deep"],
  ["name", "j1"],
  ["set-j1", "nested"],
  ["x", "<y>"],
  ["y", "<z>"],
  ["z", "-<y>+"],
  ["self", "<self>"],
  ["dollar", "$& $1 $$"],
  ["big", "<big1><big1>"],
]);
for (let level = 1; level < 24; level += 1)
  properties.set(`big${level}`, `<big${level + 1}><big${level + 1}>`);
properties.set("big24", "x");
const expand = (text: string): string => expandStatic(text, "owner", (tag) => properties.get(tag));

const cases = [
  { name: "follows properties to their end", text: "say <a>", result: "say deep" },
  { name: "leaves unknown tags", text: "<ip> <a> <F-USER>", result: "<ip> deep <F-USER>" },
  { name: "works from the inside out", text: "<set-<name>>", result: "nested" },
  { name: "leaves a redirection alone", text: "cat < in > out; <name>", result: "cat < in > out; j1" },
  { name: "takes no dollar sign for a pattern", text: "<dollar>", result: "$& $1 $$" },
  { name: "leaves an open bracket", text: "<name <name>", result: "<name j1" },
  { name: "leaves empty brackets", text: "<> <name>", result: "<> j1" },
] as const;
for (const { name, text, result } of cases) {
  test(`expandStatic ${name}`, () => expect(expand(text)).toBe(result));
}

test("expandStatic tells a circle with fail2ban's words", () => {
  expect(() => expandStatic("<y>", "x", (tag) => properties.get(tag))).toThrow(
    "properties contain self referencing definitions and cannot be resolved, fail tag: x, " +
      `found: y in {'y': 26, 'z': 26}, value: ${"-".repeat(26)}<y>${"+".repeat(26)}`,
  );
});

test("expandStatic tells a property that names itself", () => {
  expect(() => expandStatic("<self>", "self", (tag) => properties.get(tag))).toThrow(
    "fail tag: self, found: self in {}, value: <self>",
  );
});

test("expandStatic ends with doubling properties before memory does", () => {
  expect(() => expand("<big>")).toThrow(TagRecursionError);
});

test("replaceDynamic does not scan what it has put in", () => {
  const values = new Map([
    ["ip", "<fid>"],
    ["fid", "never"],
  ]);
  expect(replaceDynamic("<ip> <x<ip>>", (tag) => values.get(tag))).toBe("<fid> <x<fid>>");
});

test("replaceDynamic shows the character behind a tag", () => {
  const seen: string[] = [];
  replaceDynamic("<a>b<c>", (_tag, next) => {
    seen.push(next);
    return undefined;
  });
  expect(seen).toEqual(["b", ""]);
});

test("tagsIn finds each tag once", () => {
  expect([...tagsIn("<a> <b> <a> < c> <d")]).toEqual(["a", "b"]);
});

test("expandStatic and replaceDynamic leave text without tags as it is", () => {
  const plain = fc.string({ unit: "binary" }).filter((text) => tagsIn(text).size === 0);
  fc.assert(
    fc.property(plain, (text) => {
      expect(expand(text)).toBe(text);
      expect(replaceDynamic(text, () => "no")).toBe(text);
    }),
  );
});
