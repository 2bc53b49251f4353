import { expect, test } from "vitest";
import { characterAt } from "../../../src/base/code-point.ts";
import { linearSearch } from "../../../src/regex/linear/linear-search.ts";
import { patternTree } from "../../../src/regex/pattern-tree.ts";

/** Often enough for the engine to make the code that was wrong. */
const OFTEN = 20_000;
const PAIR = "\u{1d7d8}";
const WHOLE = `a text that is long enough${PAIR} and goes on`;
const CUT = WHOLE.slice(0, WHOLE.indexOf(PAIR) + 1);

test("what stands behind a text that was cut out of a longer one is none of its characters, however often one looks", () => {
  const last = CUT.length - 1;
  let wrong = 0;
  for (let time = 0; time < OFTEN; time++) {
    if (characterAt(CUT, last) !== 0xd835 || characterAt(WHOLE, last) !== 0x1d7d8) wrong++;
  }
  expect(wrong).toBe(0);
});

test("a character is a pair, half of one, or a unit", () => {
  const text = `x${PAIR}\udfd8\ud835`;
  expect([0, 1, 2, 3, 4].map((place) => characterAt(text, place))).toEqual([
    0x78, 0x1d7d8, 0xdfd8, 0xdfd8, 0xd835,
  ]);
});

test("a search finds in a cut text what it finds in one that was written so, the first time and later", () => {
  const { root, groupCount, groupIndex } = patternTree("enough(?!\\d)", {});
  const { search } = linearSearch(root, { groupCount, groupIndex, other: { search: () => undefined } });
  let found = 0;
  for (let time = 0; time < OFTEN; time++) if (search(CUT) !== undefined) found++;
  expect(found).toBe(OFTEN);
});
