import { expect, test } from "vitest";
import { ConfigMistake } from "../../../src/config/findings.ts";
import { expandTags, type TagSource } from "../../../src/config/tags.ts";
import { TracedText } from "../../../src/config/traced-text.ts";

const source = (known: Readonly<Record<string, string>> = {}, left: readonly string[] = []): TagSource => ({
  lookUp: (tag) => (known[tag] === undefined ? undefined : TracedText.of(known[tag])),
  isLeft: (tag) => left.includes(tag),
});

function expand(values: Readonly<Record<string, string>>, from: TagSource = source()) {
  const traced = new Map(Object.entries(values).map(([name, text]) => [name, TracedText.of(text)]));
  const result = expandTags(traced, from);
  return result instanceof ConfigMistake ? result.message : result.get("o")?.text;
}

test.each([
  ["a tag of another option", { o: "<a> <a>", a: "1" }, "1 1"],
  ["the innermost first", { o: "<a_<b>>", b: "x", a_x: "inner" }, "inner"],
  ["what a replacement brings", { o: "<a>", a: "<b", b: "x" }, "<b"],
  ["tags put together by a replacement", { o: "<a>>", a: "<b", b: "x" }, "x"],
  ["a tag defined after its use", { o: "<a>", a: "<b>", b: "<c>", c: "end" }, "end"],
  ["unknown tags not at all", { o: "<HOST> <a> <x y>", a: "1" }, "<HOST> 1 <x y>"],
  ["case as it is", { o: "<A>", a: "1" }, "<A>"],
  ["one tag thirty times", { o: "<a>".repeat(30), a: "1" }, "1".repeat(30)],
])("%s is expanded", (_, values, expected) => {
  expect(expand(values)).toBe(expected);
});

test("tags are looked up elsewhere unless they are left for run time", () => {
  expect(expand({ o: "<sec/x> <matches>" }, source({ "sec/x": "v", matches: "m" }, ["matches"]))).toBe(
    "v <matches>",
  );
});

test.each([
  [
    "of two options",
    { o: "^<a>", a: "<b>", b: "<a>x" },
    `fail tag: o, found: a in {'a': 26, 'b': 26}, value: ^<a>${"x".repeat(26)}`,
  ],
  ["of itself", { o: "^<o>" }, "fail tag: o, found: o in {}, value: ^<o>"],
  ["that nothing uses", { o: "1", a: "<a>" }, "fail tag: a, found: a in {}, value: <a>"],
])("a loop %s is a mistake", (_, values, message) => {
  expect(expand(values)).toBe(
    `properties contain self referencing definitions and cannot be resolved, ${message}`,
  );
});

test("options that double each other end before they fill the memory", () => {
  const values: Record<string, string> = { o: "<v0>" };
  for (let at = 0; at < 40; at += 1) values[`v${at}`] = `<v${at + 1}><v${at + 1}>`;
  expect(expand({ ...values, v40: "0123456789" })).toContain("self referencing definitions");
});
