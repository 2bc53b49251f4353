/**
 * Questions for both sides, and the asking of both.
 * @module
 */

import type { Dice } from "../../dice.ts";
import { BAD_PATTERNS, ODD_PATTERNS } from "../../unit/regex/bad-patterns.ts";
import { CORPUS } from "../../unit/regex/corpus.ts";
import { FINE_POINTS } from "../../unit/regex/fine-points.ts";
import { type CompareOptions, type Comparison, compare, ourVerdicts } from "./compare.ts";
import { IGNORECASE, MULTILINE, type Probe, type PythonJudge, type Question } from "./judge.ts";
import { arbitraryPattern } from "./patterns.ts";
import { textsNear } from "./texts.ts";

export const PATTERNS_PER_BATCH = 200;
export const TEXTS_PER_PATTERN = 6;

/** Asks Python and ourselves. */
export async function askBoth(
  judge: PythonJudge,
  questions: readonly Question[],
  options: CompareOptions,
): Promise<Comparison> {
  const asked = judge.search(questions);
  // Python works while we do.
  await new Promise((resolve) => setImmediate(resolve));
  const ours = ourVerdicts(questions);
  return compare(questions, await asked, ours, options);
}

/** The pairs that the unit tests hold, each for one point of meaning, and patterns that are wrong or look it. */
export function namedPairs(): Question[] {
  const flagsOf = (multiline = false, ignoreCase = false): number =>
    (multiline ? MULTILINE : 0) | (ignoreCase ? IGNORECASE : 0);
  const pairs = [...CORPUS, ...FINE_POINTS].map(({ pattern, text, multiline, ignoreCase }): Question => {
    return { pattern, flags: flagsOf(multiline, ignoreCase), probes: [[text, 0]] };
  });
  const bare = [...BAD_PATTERNS.map(([pattern]) => pattern), ...ODD_PATTERNS];
  return [...pairs, ...bare.map((pattern): Question => ({ pattern, flags: 0, probes: [["", 0]] }))];
}

/** A batch of random patterns with texts near them. */
export function randomQuestions(dice: Dice): Question[] {
  return Array.from({ length: PATTERNS_PER_BATCH }, () => questionAbout(dice, arbitraryPattern(dice)));
}

/** The pattern with random flags and texts. */
export function questionAbout(dice: Dice, pattern: string): Question {
  const flags = dice.pick([0, 0, 0, 0, IGNORECASE, MULTILINE, IGNORECASE | MULTILINE]);
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const options = { multiline: has(MULTILINE), ignoreCase: has(IGNORECASE) };
  const probes = textsNear(dice, pattern, options, TEXTS_PER_PATTERN).map((text): Probe => {
    return [text, dice.once(8) ? dice.below(Array.from(text).length + 1) : 0];
  });
  return { pattern, flags, probes };
}
