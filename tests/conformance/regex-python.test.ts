import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hasCodePoint } from "../../src/regex/char-set.ts";
import { caseVariants } from "../../src/regex/character-sets.ts";
import { compileRegex } from "../../src/regex/compile.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../src/regex/errors.ts";
import { BLANKS, DIGITS, WORD_CHARACTERS } from "../../src/regex/unicode-tables.ts";
import { BAD_PATTERNS, ODD_PATTERNS } from "../unit/regex/bad-patterns.ts";
import { CORPUS } from "../unit/regex/corpus.ts";
import { patterns, texts } from "../unit/regex/pattern-grammar.ts";

/** Random pairs of pattern and text in one run. */
const PAIRS = 6000;
const PYTHON = "python3";
const IGNORECASE = 2;
const MULTILINE = 8;

type Place = readonly [start: number, end: number] | null;
/** Places of all groups in code points, `null` for no match, or the mistake in the pattern. */
type Answer = readonly Place[] | null | { readonly error: string; readonly position: number | null };
type Question = readonly [pattern: string, text: string, flags: number];

const VERSION_SCRIPT = "import sys; print(*sys.version_info[:2])";

const SEARCH_SCRIPT = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
answers = []
for pattern, text, flags in json.load(sys.stdin):
    try:
        found = re.compile(pattern, flags).search(text)
    except re.error as error:
        answers.append({"error": str(error), "position": error.pos})
    except (OverflowError, ValueError) as error:
        answers.append({"error": str(error), "position": None})
    else:
        answers.append(found and [p if p[0] >= 0 else None for p in map(found.span, range(found.re.groups + 1))])
json.dump(answers, sys.stdout)
`;

const TABLE_SCRIPT = `
import json, re, sys, unicodedata
everything = [chr(c) for c in range(0x110000)]
known = [c for c in everything if unicodedata.category(c) not in ("Cn", "Cs")]
table = {name: [ord(c) for c in known if re.match(name, c)] for name in (r"\\d", r"\\s", r"\\w")}
letters = "".join(c for c in known if c.lower() != c or c.upper() != c)
table["case"] = [[ord(c), sorted(map(ord, re.findall("(?i)" + c, letters)))] for c in letters]
table["known"] = [ord(c) for c in known]
json.dump(table, sys.stdout)
`;

function python(script: string, input: string): string {
  const run = spawnSync(PYTHON, ["-c", script], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr || String(run.error));
  return run.stdout;
}

function pythonMinor(): number {
  const run = spawnSync(PYTHON, ["-c", VERSION_SCRIPT], { encoding: "utf8" });
  const [major = 0, minor = 0] = (run.stdout ?? "").trim().split(" ").map(Number);
  return major === 3 ? minor : 0;
}

// Python 3.14 lets \B match in an empty text; from 3.11 on the syntax is what we read.
const minor = pythonMinor();
const isMissing = minor < 11 || minor > 13;
const why = isMissing ? " (skipped: no Python 3.11 to 3.13)" : "";

function ask(questions: readonly Question[]): Answer[] {
  const answers: unknown = JSON.parse(python(SEARCH_SCRIPT, JSON.stringify(questions)));
  if (!Array.isArray(answers) || answers.length !== questions.length) throw new Error("not one answer each");
  return answers as Answer[];
}

/** Our answer, or "budget" where the exact matcher gives up. */
function answer([pattern, text, flags]: Question, exact: boolean): Answer | "budget" {
  const multiline = (flags & MULTILINE) !== 0;
  const ignoreCase = (flags & IGNORECASE) !== 0;
  const codePoints = (offset: number): number => Array.from(text.slice(0, offset)).length;
  try {
    const regex = compileRegex(pattern, { multiline, ignoreCase, exact });
    const match = regex.search(text);
    if (match === undefined) return null;
    return Array.from({ length: regex.groupCount + 1 }, (_, group) => {
      const span = match.span(group);
      return span === undefined ? null : ([codePoints(span[0]), codePoints(span[1])] as const);
    });
  } catch (error) {
    if (error instanceof RegexBudgetError) return "budget";
    if (error instanceof RegexSyntaxError) return { error: error.message, position: error.position ?? null };
    throw error;
  }
}

function compare(questions: readonly Question[]): { differences: unknown[]; budgets: number } {
  const answers = ask(questions);
  const differences: unknown[] = [];
  let budgets = 0;
  for (const [index, question] of questions.entries()) {
    for (const exact of [false, true]) {
      const ours = answer(question, exact);
      if (ours === "budget") budgets++;
      else if (JSON.stringify(ours) !== JSON.stringify(answers[index])) {
        differences.push({ question, exact, ours, python: answers[index] });
      }
    }
  }
  return { differences, budgets };
}

test.skipIf(isMissing)(`the corpus says what Python says${why}`, () => {
  const questions = CORPUS.map(
    ({ pattern, text, multiline, ignoreCase }): Question => [
      pattern,
      text,
      (multiline === true ? MULTILINE : 0) | (ignoreCase === true ? IGNORECASE : 0),
    ],
  );
  expect(compare(questions)).toEqual({ differences: [], budgets: 0 });
});

test.skipIf(isMissing)(`mistakes are worded and placed as Python does${why}`, () => {
  const questions = [...BAD_PATTERNS.map(([pattern]) => pattern), ...ODD_PATTERNS].map(
    (pattern): Question => [pattern, "", 0],
  );
  expect(compare(questions)).toEqual({ differences: [], budgets: 0 });
});

test.skipIf(isMissing)(`random patterns find in random texts what Python finds${why}`, () => {
  const flags = fc.constantFrom(0, 0, 0, MULTILINE, IGNORECASE);
  const seed = Number(process.env["REGEX_SEED"] ?? 20_261_122);
  const questions = fc.sample(fc.tuple(patterns, texts, flags), { numRuns: PAIRS, seed });
  const { differences, budgets } = compare(questions);
  expect(differences).toEqual([]);
  expect(budgets).toBeLessThan(PAIRS / 1000);
});

test.skipIf(isMissing)(`tables of characters are Python's${why}`, () => {
  const table: unknown = JSON.parse(python(TABLE_SCRIPT, ""));
  const read = (name: string): number[] => {
    const value = typeof table === "object" && table !== null ? Object.entries(table) : [];
    const [, list] = value.find(([key]) => key === name) ?? [];
    return Array.isArray(list) ? list : [];
  };
  // A later Python knows more characters; ours are those of Unicode 14.
  const isOurs = (codePoint: number): boolean => minor === 11 && codePoint >= 0;
  const known = read("known").filter(isOurs);
  for (const [name, set] of [
    ["\\d", DIGITS],
    ["\\s", BLANKS],
    ["\\w", WORD_CHARACTERS],
  ] as const) {
    expect(known.filter((codePoint) => hasCodePoint(set, codePoint))).toEqual(read(name).filter(isOurs));
  }
  for (const entry of minor === 11 ? read("case") : []) {
    const [codePoint, variants] = Array.isArray(entry) ? entry : [];
    expect([codePoint, [...new Set(caseVariants(codePoint))].sort((a, b) => a - b)]).toEqual([
      codePoint,
      variants,
    ]);
  }
});
