import { afterAll, expect, test } from "vitest";
import { Dice } from "../dice.ts";
import { compareTables } from "../parity/python-re/character-tables.ts";
import { openly } from "../parity/python-re/compare.ts";
import { findPython, isPossessiveSound, PythonJudge } from "../parity/python-re/judge.ts";
import { askBoth, namedPairs, randomQuestions } from "../parity/python-re/questions.ts";

/** Kinds of differences on purpose; `tests/parity/known.json` gives the reasons. */
const ON_PURPOSE = new Set([
  "astral letter in a class that ignores case",
  "a search beyond the budget",
  "a category in a scope of another alphabet at the begin",
  "capture of a failed try in a possessive repeat",
]);

const python = findPython();
const isMissing = python === undefined;
const why = isMissing ? " (skipped: no Python 3.11)" : "";
const judge = new PythonJudge(python ?? { command: "", patch: 0 });
const options = { isPossessiveSound: !isMissing && isPossessiveSound(python), nameOf: openly };

afterAll(() => judge.stop());

test.skipIf(isMissing)(
  `the corpus finds what Python finds, mistakes are worded and placed as Python does${why}`,
  async () => {
    const questions = namedPairs();
    const { cases, differences } = await askBoth(judge, questions, options);
    expect(differences).toEqual([]);
    expect(cases).toBeGreaterThan(questions.length - 20);
  },
);

test.skipIf(isMissing)(`random patterns find in random texts what Python finds${why}`, async () => {
  const dice = new Dice(Number(process.env["REGEX_SEED"] ?? 20_261_122));
  for (let batch = 0; batch < 5; batch++) {
    const { differences } = await askBoth(judge, randomQuestions(dice), options);
    expect(differences.filter(({ key }) => !ON_PURPOSE.has(key))).toEqual([]);
  }
});

test.skipIf(isMissing)(`tables of characters and their names are Python's${why}`, async () => {
  const compared: string[] = [];
  for await (const { name, differences } of compareTables(judge, new Dice(1))) {
    compared.push(name);
    const strange = differences.filter(({ key }) => !ON_PURPOSE.has(key));
    expect(strange, name).toEqual([]);
  }
  expect(compared).toHaveLength(14);
});
