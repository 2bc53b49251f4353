import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigMistake } from "../../../src/config/findings.ts";
import { parseItem, splitItems } from "../../../src/config/items.ts";
import { TracedText } from "../../../src/config/traced-text.ts";

const read = (text: string) => {
  const item = parseItem(TracedText.of(text));
  if (item instanceof ConfigMistake) return item.message;
  return [item.name.text, Object.fromEntries([...item.options].map(([name, value]) => [name, value.text]))];
};

test.each([
  ["a", ["a", {}]],
  ["a[]", ["a", {}]],
  ["a[ ]", ["a", {}]],
  ["a[x=]", ["a", { x: "" }]],
  ["a [x=1]", ["a ", { x: "1" }]],
  ["a[x=1, y=b c, ]", ["a", { x: "1", y: "b c" }]],
  ["a[x=1][y=2]", ["a", { x: "1", y: "2" }]],
  ["a[x=1] [y=2]", ["a", { x: "1", y: "2" }]],
  ["a[x=1, x=2]", ["a", { x: "2" }]],
  ['a[x="  pad  "]', ["a", { x: "pad" }]],
  ['a[x="p]q"]', ["a", { x: "p]q" }]],
  [`a[x='a"b', y="a'b,c"]`, ["a", { x: 'a"b', y: "a'b,c" }]],
  ['a[x="a\nb"]', ["a", { x: "a\nb" }]],
  ["a[x=b[c]", ["a", { x: "b[c" }]],
  ['a[o?family=inet6="6", O=1]', ["a", { "o?family=inet6": "6", O: "1" }]],
])("the item %s is read", (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each([
  ["a[x=1, y]", "expected option, wrong syntax at 4:  y"],
  ["a[x = 1]", "expected option, wrong syntax at 0: x = 1"],
  ['a[x="1"2]', "unexpected syntax at 5 after option 'x': 2"],
  ["a[x=1]]", "unexpected syntax at 3 after option 'x': ]"],
  ["a[x=b[c=d]]", "unexpected syntax at 7 after option 'x': ]"],
  ['a[x="tcp, y="2"]', "unexpected syntax at 11 after option 'x': 2\""],
  ["a[x=1", "unexpected option syntax"],
  ["[x=1]", "unexpected option syntax"],
  ["", "unexpected option syntax"],
])("the item %j is a mistake", (text, message) => {
  expect(read(text)).toBe(message);
});

test.each([
  ["one a line or several on it", "a[x=1] b\n\nc[y=2]", ["a[x=1]", "b", "c[y=2]"]],
  ["not within a group", 'a[x="1 2", y=3 4] b', ['a[x="1 2", y=3 4]', "b"]],
  ["not before a group", "a [x=1] [y=2] b", ["a [x=1] [y=2]", "b"]],
  ["within a malformed group", "a[x=1, y] b", ["a[x=1,", "y]", "b"]],
  ["at a quote that is never closed", 'a[x="tcp]\nb[y="d", x="udp]', ['a[x="tcp]', 'b[y="d", x="udp]']],
  ["at nothing", "", []],
])("actions are split %s", (_, text, expected) => {
  expect(splitItems(TracedText.of(text)).map((item) => item.text)).toEqual(expected);
});

test.each(['a[x="tcp]', "a[x='tcp]", 'a[x="tcp, y=2]'])(
  "a lone opening quote of %s is dropped and told",
  (text) => {
    const item = parseItem(TracedText.of(text, { file: "F", line: 1, column: 1 }));
    if (item instanceof ConfigMistake) throw new Error(item.message);
    expect(item.options.get("x")?.text).toBe("tcp");
    expect(item.loneQuotes.map((quote) => quote.originAt()?.column)).toEqual([5]);
  },
);

test("a quote inside a bare value is an ordinary character", () => {
  expect(read('a[x=b"]')).toEqual(["a", { x: 'b"' }]);
});

test("a mistake stands where it is", () => {
  const mistake = parseItem(TracedText.of("a[x=1, y]", { file: "F", line: 3, column: 10 }));
  expect(mistake).toMatchObject({ origin: { line: 3, column: 17 } });
});

test("splitting loses no character but blanks, whatever the text", () => {
  const piece = fc.constantFrom("a", "[", "]", "x=", '"', "'", ",", " ", "\n", "?", "b[y=1]", "=");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const items = splitItems(TracedText.of(text));
      expect(items.map((item) => item.text.replace(/\s/g, "")).join("")).toBe(text.replace(/\s/g, ""));
      for (const item of items) parseItem(item);
    }),
  );
});
