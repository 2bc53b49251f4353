import fc from "fast-check";
import { expect, test } from "vitest";
import { automatonOf } from "../../../src/regex/automaton.ts";
import { compileRegex } from "../../../src/regex/compile.ts";
import { describeCost, nativeLimit, type SearchCost, searchCost } from "../../../src/regex/cost.ts";
import { RegexBudgetError } from "../../../src/regex/errors.ts";
import { Alphabet } from "../../../src/regex/exact/alphabet.ts";
import { assemble } from "../../../src/regex/exact/assemble.ts";
import { ExactMachine } from "../../../src/regex/exact/machine.ts";
import { lowerForNative } from "../../../src/regex/lower.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import { loops } from "./loop-grammar.ts";

const costOf = (pattern: string): SearchCost => searchCost(resolveCharacters(parsePattern(pattern).root));
const degreeOf = (pattern: string): number => costOf(pattern).degree;

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
      expect(many / few).toBeLessThan(2 ** searchCost(resolved).degree * 1.25);
    }),
    { numRuns: 400 },
  );
}, 30_000);

test("short loops count with their copies", () => {
  expect(degreeOf("^(?:a+){1,4}$")).toBe(4);
  expect(degreeOf("^a+a+a+$")).toBe(3);
});

// Each with a text that can be read in as many ways.
const ways = [
  ["^abc", "abc", 1],
  ["^(?:ab|ac|bc)x", "acy", 1],
  ["^[a-z]+\\d*[a-z]*$", "abc1abc!", 1],
  ["^(?:a?){3}b", "aaa", 4],
  ["^(?:a?){10}b", "a".repeat(10), 512],
  ["^a?a?a?a?a?a?a?a?b", "aaaaaaaa", 128],
  ["^(?:a|aa){8}b", "a".repeat(12), 128],
  ["^(?:a|ab|[ab]b?|)(?:c|bc|)(?:d|cd|)x", "abcd", 6],
  ["^()?()?()?()?x", "", 16],
  ["^(?:|){6}x", "", 64],
  ["^(?=(?:a?){5}b)", "aaaaa", 16],
  ["(?<=(?:|){5})b", "", 32],
  ["^(?:a*(?:a|)b){5}c", "aab".repeat(5), 32],
] as const;
for (const [pattern, text, atLeast] of ways) {
  test(`${pattern} comes to one place in ${atLeast} ways or some more`, () => {
    const counted = costOf(pattern).ways;
    expect(counted).toBeGreaterThanOrEqual(atLeast);
    expect(counted).toBeLessThanOrEqual(32 * atLeast);
    // a state takes a few steps each time that it is come to
    const { states = [] } = automatonOf(resolveCharacters(parsePattern(pattern).root), "cost") ?? {};
    expect(stepsOf(pattern, text)).toBeLessThanOrEqual(4 * counted * states.length * (text.length + 1));
  });
}

test("the steps of random patterns with little text are no more than their ways say", () => {
  const choices = fc
    .array(
      fc.tuple(
        fc.constantFrom("a", "b", "a?", "a|b", "a|ab|", "|", "a|[ab]b?", "(?:a|aa){1,4}", "a*", "(?:ab?){2}"),
        fc.constantFrom(")", ")?", "){2}", "){0,3}"),
      ),
      { minLength: 1, maxLength: 9 },
    )
    .map((parts) => `^${parts.map(([part, end]) => `(?:${part}${end}`).join("")}c`);
  fc.assert(
    fc.property(choices, fc.stringMatching(/^[ab]{0,8}$/), (pattern, text) => {
      const { root, groupCount } = parsePattern(pattern);
      const resolved = resolveCharacters(root);
      if (lowerForNative(resolved, groupCount).kind === "refused") return;
      const { degree, ways: counted } = searchCost(resolved);
      const { states = [] } = automatonOf(resolved, "cost") ?? {};
      const bound = 4 * counted * states.length * (text.length + 2) ** degree;
      const steps = stepsAtMost(pattern, text, 1e6);
      expect(bound).toBeGreaterThanOrEqual(steps ?? 1e6);
    }),
    { numRuns: 500 },
  );
}, 30_000);

test("the native engine gets texts as long as their worst case is cheap", () => {
  const limitOf = (degree: number, counted: number): number => nativeLimit({ degree, ways: counted });
  expect([1, 2, 3, 4].map((degree) => limitOf(degree, 64))).toEqual([Infinity, 2236, 170, 47]);
  expect([1, 2].map((degree) => limitOf(degree, 6400))).toEqual([50_000, 223]);
  expect(limitOf(1, 2 ** 18)).toBe(-1);
  expect(limitOf(Infinity, 1)).toBe(1);
});

test("the cost is told for people", () => {
  const described = (degree: number, counted: number): string => describeCost({ degree, ways: counted });
  expect(described(1, 1)).toBe("linear");
  expect(described(2, 8)).toBe("quadratic: native up to 2,236 characters, then exact");
  expect(described(5, 1)).toBe("power 5: native up to 21 characters, then exact");
  expect(described(1, 6400)).toBe("linear, in 6,400 ways: native up to 50,000 characters, then exact");
  expect(described(Infinity, 1)).toBe("too large to tell: native up to 1 characters, then exact");
  expect(compileRegex("x.*y.*z").cost).toBe("cubic: native up to 170 characters, then exact");
  expect(compileRegex("(?:a+)+").cost).toBe("bounded by a budget of steps");
});

// Each took minutes or for ever once.
const doubling = [
  ["^(?:a?){40}b", "a".repeat(40)],
  ["^(?:(?:a?)?b)*c", "b".repeat(60)],
  ["^(?:(?:a?)??b)*c", "b".repeat(60)],
  ["^(?:(?:|)b)*c", "b".repeat(60)],
  ["^(?:(?=b)?b)*c", "b".repeat(60)],
  ["^(?:(?:a?){12}b){12}c", `${"a".repeat(12)}b`.repeat(12)],
  [`${"(?:a|aa)".repeat(40)}c`, "a".repeat(60)],
] as const;
for (const [pattern, text] of doubling) {
  test(`${pattern} doubles its ways and ends all the same`, () => {
    expect(stepsAtMost(pattern, text, 1e5) ?? Infinity).toBeGreaterThan(1e5);
    expect([compileRegex(pattern, { chosen: true }).search(text)?.start]).toHaveLength(1);
  });
}

// V8 would take as long to compile these, and nothing can interrupt that.
const doublingInV8 = [
  [`(a)?${"()?".repeat(40)}(?(1)b|c)\\1$`, "abbb"],
  ["^(?:()?){40}[cd]e", "d"],
  [`^${"(?:|)".repeat(40)}b`, "a"],
  [`^(?:x${"(?:|)".repeat(40)}b|a)`, "a"],
  [`(?=!${"\\b".repeat(34)}ab?;)`, "a"],
  [`^(?:a${"\\B".repeat(34)}x)*c`, "a"],
] as const;
for (const [pattern, text] of doublingInV8) {
  test(`${pattern} ends, be it by its budget`, () => {
    try {
      compileRegex(pattern, { chosen: true }).search(text);
    } catch (error) {
      expect(error).toBeInstanceOf(RegexBudgetError);
    }
  });
}

test("repeats within repeats are judged in no time", () => {
  expect(degreeOf(`${"(?:".repeat(200)}[a-c]${"){2}".repeat(200)}`)).toBeGreaterThan(1);
});

test("a pattern with very many loops is not judged, and left to the exact matcher", () => {
  expect(degreeOf("w+".repeat(2000))).toBe(Infinity);
  expect(compileRegex("w+".repeat(300)).engine).toBe("exact");
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
