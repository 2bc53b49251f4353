/**
 * Python 3.11's `re` against ours: named pairs, regexes of the package's filters and their mutations, random
 * patterns over the whole syntax. Everything is compiled and searched in each of our ways.
 * @module
 */

import { Dice } from "../../dice.ts";
import { NotHere, type ParityContext, type ParityResult } from "../part.ts";
import { type CompareOptions, type Comparison, type NameOf, openly, questionOf } from "./compare.ts";
import { findPython, isPossessiveSound, PythonJudge, type Question } from "./judge.ts";
import { timeToCompile } from "./long-patterns.ts";
import { hashOf, packagePatterns } from "./package-patterns.ts";
import { damaged } from "./patterns.ts";
import {
  askBoth,
  namedPairs,
  PATTERNS_PER_BATCH,
  questionAbout,
  randomQuestions,
  TEXTS_PER_PATTERN,
} from "./questions.ts";

const PART = "regex";

/** Pairs of random patterns and texts: in an ordinary run and in a long one. */
const PAIRS = 100_000;
const LONG_PAIRS = 3_000_000;

const BATCHES_PER_RESULT = 25;

/** Mutations of each regex of the package. */
const MUTATIONS = 3;
const LONG_MUTATIONS = 30;

type Ask = (questions: readonly Question[], options?: Partial<CompareOptions>) => Promise<Comparison>;

export async function* regexPart(context: ParityContext): AsyncGenerator<ParityResult> {
  const python = findPython();
  if (python === undefined)
    throw new NotHere("there is no Python 3.11 to ask; name one python3.11 or python3");
  const judge = new PythonJudge(python);
  const isSound = isPossessiveSound(python);
  const ask: Ask = (questions, options = {}) =>
    askBoth(judge, questions, { isPossessiveSound: isSound, nameOf: openly, ...options });
  try {
    const without = isSound ? "" : `, possessive groups left out: ${python.command} has them wrong`;
    const examples = context.known.map(({ example }) => questionOf(example));
    yield { part: PART, name: "known differences", ...(await ask(examples, { isPossessiveSound: true })) };
    yield { part: PART, name: `named pairs${without}`, ...(await ask(namedPairs())) };
    yield* askInBatches(ask, fromPackage(context), "patterns of the package", context, hiding);
    yield timeToCompile(PART, new Dice(context.seed), context.isLong ? 4000 : 300);
    yield* askInBatches(ask, atRandom(context), `random patterns${without}`, context);
  } finally {
    judge.stop();
  }
}

/** Asks batch by batch; several batches make a result. */
async function* askInBatches(
  ask: Ask,
  batches: Iterable<readonly Question[]>,
  name: string,
  context: ParityContext,
  nameOf: NameOf = openly,
): AsyncGenerator<ParityResult> {
  let open: Comparison[] = [];
  const flush = (): ParityResult => {
    const result = {
      part: PART,
      name,
      cases: open.reduce((sum, { cases }) => sum + cases, 0),
      differences: open.flatMap(({ differences }) => differences),
      hangs: open.flatMap(({ hangs }) => hangs),
    };
    open = [];
    return result;
  };
  for (const batch of batches) {
    open.push(await ask(batch, { nameOf }));
    context.progress(name);
    if (open.length >= BATCHES_PER_RESULT) yield flush();
  }
  if (open.length > 0) yield flush();
}

function* atRandom({ seed, isLong }: ParityContext): Generator<Question[]> {
  const batches = Math.ceil((isLong ? LONG_PAIRS : PAIRS) / PATTERNS_PER_BATCH / TEXTS_PER_PATTERN);
  for (let batch = 0; batch < batches; batch++) {
    // Each batch by its own, so that the first of a long run are those of an ordinary one.
    yield randomQuestions(new Dice(seed * 1_000_003 + batch));
  }
}

function* fromPackage({ seed, isLong, oracle }: ParityContext): Generator<Question[]> {
  const dice = new Dice(seed);
  let batch: Question[] = [];
  for (const { name, pattern } of packagePatterns(oracle.configuration)) {
    const questions = [questionAbout(dice, pattern)];
    for (let i = isLong ? LONG_MUTATIONS : MUTATIONS; i > 0; i--) {
      questions.push(questionAbout(dice, damaged(dice, pattern)));
    }
    for (const question of questions) NAMES.set(question, name);
    batch.push(...questions);
    if (batch.length < PATTERNS_PER_BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** Whose regex a question is, or is a mutation of. */
const NAMES = new WeakMap<Question, string>();

const hiding: NameOf = (question, text = "") =>
  `${NAMES.get(question) ?? ""} #${hashOf(question.pattern)} on #${hashOf(text)}`;
