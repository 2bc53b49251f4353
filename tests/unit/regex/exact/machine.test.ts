import fc from "fast-check";
import { expect, test } from "vitest";
import { RegexBudgetError, RegexSyntaxError } from "../../../../src/regex/errors.ts";
import { Alphabet } from "../../../../src/regex/exact/alphabet.ts";
import { assemble } from "../../../../src/regex/exact/assemble.ts";
import { ExactMachine, type MachineOptions } from "../../../../src/regex/exact/machine.ts";
import { parsePattern } from "../../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../../src/regex/transforms/characters.ts";
import { CORPUS } from "../corpus.ts";
import { loops } from "../loop-grammar.ts";
import { patterns, texts } from "../pattern-grammar.ts";

function machineOf(pattern: string, options: MachineOptions = {}): ExactMachine {
  const { root, groupCount } = parsePattern(pattern);
  const program = assemble(resolveCharacters(root), groupCount);
  return new ExactMachine(program, new Alphabet(program.sets, program.firstCharacters), options);
}

const FROM_THE_START: MachineOptions = { remembersAfter: 0 };
const NEVER: MachineOptions = { remembersAfter: Infinity, maxSteps: 20_000 };

/** Places of all groups, or that the search was given up. */
function found(machine: ExactMachine, text: string, from = 0): readonly number[] | "budget" | undefined {
  try {
    const places = machine.search(text, from);
    return places === undefined ? undefined : [...places];
  } catch (error) {
    if (!(error instanceof RegexBudgetError)) throw error;
    return "budget";
  }
}

function expectSame(pattern: string, text: string, from = 0): void {
  const plain = found(machineOf(pattern, NEVER), text, from);
  if (plain === "budget") return;
  expect(found(machineOf(pattern, FROM_THE_START), text, from)).toEqual(plain);
}

test("a search that remembers failures finds what one without memory finds: the corpus", () => {
  for (const { pattern, text } of CORPUS) expectSame(pattern, text);
});

test("a search that remembers failures finds what one without memory finds: random patterns and texts", () => {
  const long = fc.array(fc.constantFrom(..."aaabbbck -:0\n"), { maxLength: 60 }).map((all) => all.join(""));
  fc.assert(
    fc.property(patterns, fc.oneof(texts, long), fc.nat(3), (pattern, text, from) => {
      try {
        parsePattern(pattern);
      } catch (error) {
        expect(error).toBeInstanceOf(RegexSyntaxError);
        return;
      }
      expectSame(pattern, text, Math.min(from, text.length));
    }),
    { numRuns: 1500 },
  );
}, 30_000);

test("a search that remembers failures finds what one without memory finds: loops in loops", () => {
  const text = fc
    .array(fc.constantFrom("a", "a", "b", "c", "😀"), { maxLength: 14 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(loops, text, (pattern, subject) => expectSame(pattern, subject)),
    { numRuns: 600 },
  );
}, 30_000);

const KIB = 1024;
const hostile = [
  ["^(a+)+$", `${"a".repeat(64 * KIB)}b`],
  ["(?:a|b|ab)*c", "ab".repeat(32 * KIB)],
  ["(\\w+\\s?)*x", "ab ".repeat(20 * KIB)],
  ["(x+x+)+y", "x".repeat(64 * KIB)],
  ["^(?:.*,){11}P", "1,".repeat(32 * KIB)],
  [".*x.*y", "x".repeat(64 * KIB)],
  ["\\S+ .* from$", "a from ".repeat(9 * KIB)],
  ["(?:[^ ]+? )*?z$", "ab ".repeat(20 * KIB)],
  ["^a(?!.*b.*b.*c)a.*d$", "ab".repeat(32 * KIB)],
  ["^(?>.*x.*,)*z$", "x,".repeat(32 * KIB)],
  ["a.{0,30}b$", "a".repeat(8 * KIB)],
] as const;
for (const [pattern, text] of hostile) {
  test(`the search for ${pattern} takes steps in proportion to the text`, () => {
    const steps = (subject: string): number => {
      const machine = machineOf(pattern, { maxSteps: 1e9 });
      expect(machine.search(subject, 0)).toBeUndefined();
      return machine.steps;
    };
    const whole = steps(text);
    expect(whole).toBeLessThan(120 * text.length);
    // Twice the text, twice the steps: half of it is from the end, where the search fails.
    expect(whole / steps(text.slice(text.length / 2))).toBeLessThan(2.5);
  });
}

test("short searches lay out no memory, hopeless ones end by their budget", () => {
  const machine = machineOf("(a|b|ab)*\\1c", { maxSteps: 10_000 });
  expect(found(machine, "ab".repeat(40))).toBe("budget");
  expect(machine.steps).toBeLessThan(20_000);
});
test("a search may be given less than the machine's own budget", () => {
  const machine = machineOf("(a|b|ab)*\\1c");
  const text = "ab".repeat(8);
  expect(machine.search(text, 0)).toBeUndefined();
  const { steps } = machine;
  expect(machine.search(text, 0, steps)).toBeUndefined();
  expect(() => machine.search(text, 0, steps - 1)).toThrow(RegexBudgetError);
  expect(machine.search(text, 0)).toBeUndefined();
});
