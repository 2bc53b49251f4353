import fc from "fast-check";
import { expect, test } from "vitest";
import { neverMatches } from "../../../src/lint/never-matches.ts";
import { compileRegex } from "../../../src/regex/compile.ts";
import { RegexSyntaxError } from "../../../src/regex/errors.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";

const PIECES = [
  "a",
  "-",
  "\\n",
  "^",
  "$",
  "\\b",
  "\\B",
  "\\A",
  "\\Z",
  "a*",
  "(?:-|$)",
  "(?:\\b)?",
  "[^a]",
  "(?m:^)",
  "(?m:$)",
  "(?=a)",
];
const TEXT_PIECES = ["a", "-", "\n", " "];

const neverOf = (pattern: string, hasLineEnds: boolean) =>
  neverMatches(
    resolveCharacters(parsePattern(pattern, { multiline: false, ignoreCase: false }).root),
    hasLineEnds,
  );

test("what matches some text is never said to match nothing", () => {
  let said = 0;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }),
      fc.array(fc.constantFrom(...TEXT_PIECES), { maxLength: 5 }),
      (pieces, letters) => {
        const pattern = pieces.join("");
        const text = letters.join("");
        try {
          if (neverOf(pattern, text.includes("\n")) === undefined) return;
          said += 1;
          expect(compileRegex(pattern).search(text), JSON.stringify([pattern, text])).toBeUndefined();
        } catch (error) {
          if (!(error instanceof RegexSyntaxError)) throw error;
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(said).toBeGreaterThan(100);
});

test.each([
  ["a$b", 2],
  ["a^b", 1],
  ["a\\b-b\\Bc", undefined],
  ["a\\bb", 2],
  ["-\\B-$", undefined],
  ["\\Za", 1],
  ["(?:a$|b)c", undefined],
  ["(?:a$|b^)c", 1],
])("%s: the piece at fault is %s", (pattern, piece) => {
  expect(neverOf(pattern, true)?.piece).toBe(piece);
});

test("the end may stand before a last newline, but before nothing more", () => {
  expect(neverOf("a$\\n", true)).toBeUndefined();
  expect(neverOf("a$\\n\\n", true)).toEqual({ piece: 3, wantsNewline: false });
  expect(neverOf("a(?m:$)\\n\\nb", true)).toBeUndefined();
  expect(neverOf("a$\\n", false)).toEqual({ piece: 2, wantsNewline: true });
});
