import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRegex } from "../../../src/regex/compile.ts";
import { describeCost, nativeLimit, searchDegree } from "../../../src/regex/cost.ts";
import { RegexBudgetError } from "../../../src/regex/errors.ts";
import { Alphabet } from "../../../src/regex/exact/alphabet.ts";
import { assemble } from "../../../src/regex/exact/assemble.ts";
import { ExactMachine } from "../../../src/regex/exact/machine.ts";
import { lowerForNative } from "../../../src/regex/lower.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import { loops } from "./loop-grammar.ts";

const degreeOf = (pattern: string): number => searchDegree(resolveCharacters(parsePattern(pattern).root));

/** Steps of a backtracking search without any memory; `undefined` if there are more. */
function stepsAtMost(pattern: string, text: string, maxSteps: number): number | undefined {
  const { root, groupCount } = parsePattern(pattern);
  const program = assemble(resolveCharacters(root), groupCount);
  const alphabet = new Alphabet(program.sets, program.firstCharacters);
  const machine = new ExactMachine(program, alphabet, { remembersAfter: Infinity, maxSteps });
  try {
    machine.search(text, 0);
  } catch (error) {
    expect(error).toBeInstanceOf(RegexBudgetError);
    return undefined;
  }
  return machine.steps;
}

function stepsOf(pattern: string, text: string): number {
  return stepsAtMost(pattern, text, 1e9) ?? 0;
}

// Each with a piece of text that brings the cost about.
const costs = [
  ["^a*b", 1, "a"],
  ["^\\S+ .* from$", 1, "x from "],
  ["^[^:]*: (?:\\w+ )*x$", 1, "ab "],
  ["^(?:a|b)*c", 1, "ab"],
  ["a+b", 2, "a"],
  ["\\S+ x", 2, "a"],
  ["^.*x.*y", 2, "x"],
  ["^(?:a.*b.*\\d|c)$", 2, "ab"],
  ["^(?:.*,)?.*y", 2, ","],
  ["x.*y.*z", 3, "xy"],
  ["^.*x.*y.*z", 3, "xy"],
  ["^(?=.*x.*y)xz", 2, "x"],
  ["^(?!.*x.*y)xz", 2, "x"],
  ["(?m)^.*x$", 1, "a"],
  ["(?m)^[^a]*x$", 2, "\n"],
  ["^(?>a*)(?>.*)b", 2, "a"],
  ["^(a*)\\1b", 2, "a"],
  ["^\\d{1,3}\\.\\d{1,3}$", 1, "1"],
  ["^.{0,200}x.{0,200}y", 2, "x"],
] as const;
for (const [pattern, degree, piece] of costs) {
  test(`the steps of ${pattern} grow with the length to the power of ${degree} at most`, () => {
    expect(degreeOf(pattern)).toBe(degree);
    const growth = stepsOf(pattern, `${piece.repeat(160)}!`) / stepsOf(pattern, `${piece.repeat(80)}!`);
    expect(growth).toBeLessThan(2 ** degree * 1.2);
  });
}

test("the steps of random patterns grow as their cost says at most", () => {
  const anchored = fc.constantFrom("", "^").chain((anchor) => loops.map((pattern) => anchor + pattern));
  fc.assert(
    fc.property(anchored, fc.constantFrom("a", "b", "ab", "aab"), (pattern, piece) => {
      const { root, groupCount } = parsePattern(pattern);
      const resolved = resolveCharacters(root);
      if (lowerForNative(resolved, groupCount).kind === "refused") return;
      const [few, many] = [100, 200].map((count) => stepsAtMost(pattern, `${piece.repeat(count)}!`, 1e6));
      if (few === undefined || many === undefined || few < 1000) return;
      expect(many / few).toBeLessThan(2 ** searchDegree(resolved) * 1.25);
    }),
    { numRuns: 400 },
  );
}, 30_000);

test("short loops count with their copies", () => {
  expect(degreeOf("^(?:a+){1,4}$")).toBe(4);
  expect(degreeOf("^a+a+a+$")).toBe(3);
});

test("the native engine gets texts as long as their worst case is cheap", () => {
  expect([1, 2, 3, 4].map(nativeLimit)).toEqual([Infinity, 2236, 170, 47]);
  expect(nativeLimit(Infinity)).toBe(1);
});

test("the cost is told for people", () => {
  expect(describeCost(1)).toBe("linear");
  expect(describeCost(2)).toBe("quadratic: native up to 2,236 characters, then exact");
  expect(describeCost(5)).toBe("power 5: native up to 21 characters, then exact");
  expect(compileRegex("x.*y.*z").cost).toBe("cubic: native up to 170 characters, then exact");
  expect(compileRegex("(?:a+)+").cost).toBe("bounded by a budget of steps");
});

test("texts beyond the limit give the same matches", () => {
  const regex = compileRegex("(?P<first>\\w+) .* from (?P<second>.*) at (?P<third>\\S+)$");
  const text = `${"- from at ".repeat(300)}bob x from here at there`;
  expect(regex.engine).toBe("native");
  expect(text.length).toBeGreaterThan(2236);
  const match = regex.search(text);
  expect([match?.start, match?.group("first"), match?.group("third")]).toEqual([2, "from", "there"]);
  expect(regex.search(`${text} `)).toBeUndefined();
});
