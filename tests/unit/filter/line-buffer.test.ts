/**
 * Which lines a match over several lines uses up (A§2.13).
 * @module
 */
import { expect, test } from "vitest";
import { type SearchedText, searchedText } from "../../../src/filter/line-buffer.ts";

function bufferOf(maxLines: number, ...texts: readonly string[]): SearchedText {
  const buffer = searchedText(maxLines);
  for (const text of texts) buffer.add(text, `<${text}>`);
  return buffer;
}

test("keeps the last lines, each with its newline", () => {
  expect(bufferOf(2, "a", "b", "c").text()).toBe("b\nc\n");
});

test("keeps at least one line", () => {
  expect(bufferOf(0, "a", "b").text()).toBe("b\n");
});

const cases = [
  {
    name: "a match inside one line takes that line",
    start: 3,
    end: 5,
    skipped: [],
    lines: ["<bb>"],
    left: "aa\ncc\n",
  },
  {
    name: "a match up to a newline takes that line only",
    start: 3,
    end: 6,
    skipped: [],
    lines: ["<bb>"],
    left: "aa\ncc\n",
  },
  {
    name: "a match over two lines takes both",
    start: 1,
    end: 4,
    skipped: [],
    lines: ["<aa>", "<bb>"],
    left: "cc\n",
  },
  {
    name: "a match that begins with a newline begins behind it",
    start: 2,
    end: 5,
    skipped: [],
    lines: ["<bb>"],
    left: "aa\ncc\n",
  },
  { name: "skipped lines go back", start: 0, end: 9, skipped: ["bb"], lines: ["<aa>", "<cc>"], left: "bb\n" },
  { name: "an empty match takes its line", start: 3, end: 3, skipped: [], lines: ["<bb>"], left: "aa\ncc\n" },
] as const;

for (const { name, start, end, skipped, lines, left } of cases) {
  test(name, () => {
    const buffer = bufferOf(5, "aa", "bb", "cc");
    const covered = buffer.covered(start, end, skipped);
    expect(covered.lines).toEqual(lines);
    covered.take();
    expect(buffer.text()).toBe(left);
  });
}

test("of equal lines the first goes back", () => {
  const buffer = searchedText(5);
  buffer.add("s", ["", "1", "s"]);
  buffer.add("s", ["", "2", "s"]);
  buffer.add("e", ["", "3", "e"]);
  expect(buffer.covered(0, 5, ["s"])).toMatchObject({
    text: "s\ne\n",
    lines: [
      ["", "2", "s"],
      ["", "3", "e"],
    ],
  });
});

// As fail2ban does with a filter that may begin a few lines before what is skipped.
test.each([
  { texts: ["x", "s", "z", "x", "e"], skipped: ["z", "x"], left: ["<x0>", "<s1>", "<e4>"] },
  { texts: ["x", "y", "s", "y", "x", "e"], skipped: ["y", "x"], left: ["<x0>", "<s2>", "<y3>", "<e5>"] },
])(
  "of equal lines the first behind the one skipped before: $texts without $skipped",
  ({ texts, skipped, left }) => {
    const buffer = searchedText(8);
    for (const [index, text] of texts.entries()) buffer.add(text, `<${text}${index}>`);
    expect(buffer.covered(0, 2 * texts.length, skipped).lines).toEqual(left);
  },
);

test("a content stands for all lines and keeps the originals", () => {
  const buffer = bufferOf(3, "a", "b");
  buffer.replaceWith("x");
  expect(buffer.text()).toBe("x\n");
  expect(buffer.covered(0, 1, []).lines).toEqual(["<a>", "<b>"]);
});

test("originals behind a content stay bounded", () => {
  const buffer = bufferOf(3);
  for (let i = 0; i < 50; i++) {
    buffer.add(`l${i}`, `${i}`);
    buffer.replaceWith("x");
  }
  expect(buffer.covered(0, 1, []).lines).toEqual(["47", "48", "49"]);
});

test("a buffer of one line keeps it until the next one comes", () => {
  const buffer = bufferOf(1, "a");
  buffer.covered(0, 1, []).take();
  expect(buffer.text()).toBe("a\n");
});

test("lines that are long together push the oldest out, never the newest", () => {
  const buffer = searchedText(5);
  const long = "x".repeat(60 * 1024);
  for (const text of ["a", long, long, long]) buffer.add(text, text);
  expect(buffer.text()).toBe(`${long}\n${long}\n`);
  buffer.add(long.repeat(3), "newest");
  expect(buffer.text()).toBe(`${long.repeat(3)}\n`);
  buffer.add("b", "b");
  expect(buffer.text()).toBe("b\n");
});
