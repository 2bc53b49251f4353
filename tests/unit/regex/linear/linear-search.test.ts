/**
 * The linear engine finds what the exact matcher finds, groups and all.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RegexMatch, RegexSearch } from "../../../../src/regex/compiled-regex.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../../src/regex/errors.ts";
import { ExactSearch } from "../../../../src/regex/exact/exact-search.ts";
import { linearSearch } from "../../../../src/regex/linear/linear-search.ts";
import { orderedProgramOf } from "../../../../src/regex/linear/ordered-program.ts";
import { parsePattern } from "../../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../../src/regex/transforms/characters.ts";
import { loops } from "../loop-grammar.ts";
import { patterns, texts } from "../pattern-grammar.ts";

interface Engines {
  readonly linear: RegexSearch;
  readonly exact: RegexSearch;
  readonly groupCount: number;
}

/** Texts that it gives away are counted. */
let givenAway = 0;

function enginesOf(pattern: string): Engines | undefined {
  const { root: parsed, groupCount, groupIndex } = parsePattern(pattern, {});
  const root = resolveCharacters(parsed);
  if (orderedProgramOf(root, { looksFar: true }) === undefined) return undefined;
  const exact = new ExactSearch(root, groupCount, groupIndex);
  const other: RegexSearch = {
    search: (text, from) => {
      givenAway++;
      return exact.search(text, from);
    },
  };
  return { linear: linearSearch(root, { groupCount, groupIndex, other }), exact, groupCount };
}

function spansOf(match: RegexMatch | undefined, groupCount: number): unknown {
  if (match === undefined) return "no match";
  return [
    [match.start, match.end],
    ...Array.from({ length: groupCount }, (_, i) => match.span(i + 1) ?? null),
  ];
}

function expectAlike({ linear, exact, groupCount }: Engines, text: string, from: number): void {
  expect(spansOf(linear.search(text, from), groupCount)).toEqual(
    spansOf(exact.search(text, from), groupCount),
  );
}

const cases: readonly (readonly [pattern: string, text: string, spans: unknown])[] = [
  [
    "a(b)?",
    "ab",
    [
      [0, 2],
      [1, 2],
    ],
  ],
  ["a(b)??", "ab", [[0, 1], null]],
  [
    "(a|ab)(c|bcd)?",
    "abcd",
    [
      [0, 4],
      [0, 1],
      [1, 4],
    ],
  ],
  [
    "(a*?)(b*)$",
    "aabb\n",
    [
      [0, 4],
      [0, 2],
      [2, 4],
    ],
  ],
  ["x(?<=(?:x))y", "xy", [[0, 2]]],
  ["(?<!a)b", "abb", [[2, 3]]],
  ["a(?=b|$)", "aca", [[2, 3]]],
  ["a(?!b)", "abac", [[2, 3]]],
  [
    "(\\w+)\\b-(\\d{1,3})",
    "ab-12345",
    [
      [0, 6],
      [0, 2],
      [3, 6],
    ],
  ],
  ["\\bfoo\\b", "food foo", [[5, 8]]],
  ["", "abc", [[0, 0]]],
  ["b|$", "a", [[1, 1]]],
  [
    "^(.*) from (\\S+)$",
    "x from y from z\n",
    [
      [0, 15],
      [0, 8],
      [14, 15],
    ],
  ],
  [
    "^(.*?) from (.+)$",
    "x from y from z",
    [
      [0, 15],
      [0, 1],
      [7, 15],
    ],
  ],
  ["(?=ab)a", "aab", [[1, 2]]],
  [
    "a(?!bc)(b?)",
    "abcabd",
    [
      [3, 5],
      [4, 5],
    ],
  ],
  [
    "^(?!.*x.*x)(.*?)a",
    "bxba",
    [
      [0, 4],
      [0, 3],
    ],
  ],
  ["^(?!.*x.*x)(.*?)a", "bxbax", "no match"],
  [
    "^((?:(?!, ).)*)(.*)$",
    "ab,c, d, e",
    [
      [0, 10],
      [0, 4],
      [4, 10],
    ],
  ],
  [
    "(a|ab)(?!.*c)",
    "ab",
    [
      [0, 1],
      [0, 1],
    ],
  ],
  [
    "(ab|a)(?=.*c)(?!.*d)",
    "abdabc",
    [
      [3, 5],
      [3, 5],
    ],
  ],
  ["a(?=b$)|b(?!\\n)", "ab\n", [[0, 1]]],
  ["a(?!b*$)", "abbaabb\n", [[0, 1]]],
  [
    "(a*)(?!a*c)",
    "aaac aab",
    [
      [4, 4],
      [4, 4],
    ],
  ],
  [
    "(?=a*b)(?=.*\\bc)(\\w+)",
    "aab d aab c",
    [
      [0, 3],
      [0, 3],
    ],
  ],
];
for (const [pattern, text, spans] of cases) {
  test(`${pattern} in ${JSON.stringify(text)}`, () => {
    const engines = enginesOf(pattern);
    if (engines === undefined) throw new Error("it is none for this engine");
    expect(spansOf(engines.linear.search(text), engines.groupCount)).toEqual(spans);
    expectAlike(engines, text, 0);
  });
}

for (const pattern of [
  "(a)\\1",
  "(?>a*)b",
  "(?:(a)|b)*",
  "(?:a?)*",
  "(?=ab)a",
  "(?<=ab)c",
  "a*+b",
  "(?(1)a|b)(c)",
]) {
  test(`${pattern} is none for this engine`, () => {
    expect(orderedProgramOf(resolveCharacters(parsePattern(pattern, {}).root))).toBeUndefined();
  });
}

for (const pattern of ["(?=(a)b)a", "(?:(?=ab).)*", "(?!a(?!bc))a", "(?<=ab)c"]) {
  test(`${pattern} is none for this engine, although it may look far`, () => {
    const { root } = parsePattern(pattern, {});
    expect(orderedProgramOf(resolveCharacters(root), { looksFar: true })).toBeUndefined();
  });
}

function expectAlikeOnAll(source: fc.Arbitrary<string>, textsOf: fc.Arbitrary<string>, runs: number): number {
  let taken = 0;
  fc.assert(
    fc.property(
      source,
      fc.array(textsOf, { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 3 }),
      (pattern, all, from) => {
        try {
          const engines = enginesOf(pattern);
          if (engines === undefined) return;
          taken++;
          for (const text of all) expectAlike(engines, text, Math.min(from, text.length));
        } catch (error) {
          if (!(error instanceof RegexSyntaxError || error instanceof RegexBudgetError)) throw error;
        }
      },
    ),
    { numRuns: runs },
  );
  return taken;
}

const RUNS = 2000;

test("random patterns match alike", () => {
  expect(expectAlikeOnAll(patterns, texts, RUNS)).toBeGreaterThan(RUNS / 5);
});

test("patterns that are little but loops match alike", () => {
  const text = fc.array(fc.constantFrom("a", "b", "\n", "aab"), { maxLength: 20 }).map((all) => all.join(""));
  expect(expectAlikeOnAll(loops, text, RUNS)).toBeGreaterThan(RUNS / 20);
});

/** Looks at texts of some letters, in loops and out of them, before and behind groups. */
const looking = fc
  .tuple(
    fc.constantFrom("", "^", "a", "(b*)", "(a|ab)"),
    fc.constantFrom("(?!", "(?=", "(?!.*", "(?=.*", "(?!(?:a|b)*"),
    fc.constantFrom("ab", "ba|bb", "aa$", "b+a", "\\bab", "a.*b", "a\\n", "(?:ab)*c"),
    fc.constantFrom(
      "(a*)",
      "(.*?)b",
      "(?:(?!ab).)*",
      "(?:(?!b$|aba).)+?",
      "(a|b)??(?!a*b)",
      ".*(?!aab)",
      "(\\w+)(?=.b)",
    ),
    fc.constantFrom("", "$", "(b)?", "a(?!.*bb)", "(?=ab)", "(?!bb)a"),
  )
  .map(([before, look, sought, between, behind]) => `${before}${look}${sought})${between}${behind}`);

test("patterns that look far match alike", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "c", "\n", "aab", "ba"), { maxLength: 14 })
    .map((all) => all.join(""));
  expect(expectAlikeOnAll(looking, text, RUNS)).toBeGreaterThan(RUNS / 2);
});

test("most texts are not given away", () => {
  givenAway = 0;
  const engines = enginesOf("^(?:Failed|Invalid) \\S+ for (.*?) from (\\S+)(?: port \\d+)?$");
  if (engines === undefined) throw new Error("it is none for this engine");
  for (let user = 0; user < 200; user++) {
    const text = `Failed password for ${"x from ".repeat(user)}u from 192.0.2.${user} port 22\n`;
    expectAlike(engines, text, 0);
  }
  expect(givenAway).toBe(0);
});

test("characters beyond the basic plane are one character each", () => {
  givenAway = 0;
  const engines = enginesOf("(?<!\\w)(.)([^a]*)(a|\\W)$");
  if (engines === undefined) throw new Error("it is none for this engine");
  const texts = [
    "\u{1f600}",
    "\u{1d49c}b\u{1f600}a",
    "x\u{1f600}\u{1f600}",
    "\u{1f600}\u{1d49c}\u{1f600}\n",
    "\ud83dx\ude00a",
  ];
  for (const text of texts) for (let from = 0; from < text.length; from++) expectAlike(engines, text, from);
  expect(spansOf(engines.linear.search("\u{1f600}\u{1d49c}\u{1f600}"), 3)).toEqual([
    [0, 6],
    [0, 2],
    [2, 4],
    [4, 6],
  ]);
});

test("a text that needs too many rows is given away", () => {
  givenAway = 0;
  const engines = enginesOf("(?:a|b)*a(?:a|b){14}(c)");
  if (engines === undefined) throw new Error("it is none for this engine");
  let text = "";
  for (let bits = 1; text.length < 6000; bits = (Math.imul(bits, 1_103_515_245) + 12_345) >>> 0)
    text += bits & 0x10_000 ? "a" : "b";
  expectAlike(engines, `${text}c`, 0);
  expect(givenAway).toBe(1);
});
