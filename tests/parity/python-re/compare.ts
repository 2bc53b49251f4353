/**
 * Holds our verdicts against Python's. Differences that are known on purpose have short keys; any other one is its own kind.
 * @module
 */
import type { Difference } from "../part.ts";
import type { Found, Question, Verdict } from "./judge.ts";
import { isPossessive, knownKind, nodesOf } from "./known-kinds.ts";
import { type OurVerdict, ourVerdict, WAYS } from "./ours.ts";

/** So many searches of one batch, in each of our ways, may end by their budget where Python finds an answer within half a second. */
const MAX_BUDGETS = 6;

/** What one batch of questions came to. */
export interface Comparison {
  /** pairs of pattern and text, each searched in all our ways; a pattern that is none counts as one */
  readonly cases: number;
  readonly differences: readonly Difference[];
  readonly hangs: readonly string[];
}

/** How a question is shown, and given as an example in `known.json`. */
export function shown(pattern: string, flags: number, text?: string, from = 0): string {
  return JSON.stringify([pattern, flags, ...(text === undefined ? [] : [text, from])]);
}

/** The question of an example. */
export function questionOf(example: string): Question {
  const parsed: unknown = JSON.parse(example);
  if (!Array.isArray(parsed)) throw new Error(`no example: ${example}`);
  const [pattern, flags, text = "", from = 0]: unknown[] = parsed;
  if (typeof pattern !== "string" || typeof flags !== "number") throw new Error(`no example: ${example}`);
  return { pattern, flags, probes: [[String(text), Number(from)]] };
}

/** Names a question in a difference; the package's own patterns must not be shown. */
export type NameOf = (question: Question, text?: string, from?: number) => string;

export const openly: NameOf = ({ pattern, flags }, text, from) => shown(pattern, flags, text, from);

export interface CompareOptions {
  /** see `judge.ts`; where it is not, patterns that would show it are left out */
  readonly isPossessiveSound: boolean;
  readonly nameOf: NameOf;
}

export function compare(
  questions: readonly Question[],
  verdicts: readonly Verdict[],
  ourVerdicts: readonly (readonly OurVerdict[])[],
  { isPossessiveSound, nameOf }: CompareOptions,
): Comparison {
  const differences: Difference[] = [];
  const hangs: string[] = [];
  let cases = 0;
  let budgets = 0;
  for (const [index, question] of questions.entries()) {
    const theirs = verdicts[index] ?? [];
    if (!isPossessiveSound && nodesOf(question).some(isPossessive)) continue;
    cases += Math.max(1, listOf(theirs)?.length ?? 1);
    for (const [way, ours] of (ourVerdicts[index] ?? []).entries()) {
      const theirList = listOf(theirs);
      const ourList = listOf(ours);
      if (theirList === undefined || ourList === undefined) {
        const [their, our] = [verdictText(theirs), verdictText(ours)];
        if (their !== our) differences.push(difference(nameOf(question), question, way, their, our));
        continue;
      }
      for (const [probe, [text, from]] of question.probes.entries()) {
        const their = theirList[probe] ?? null;
        const our = JSON.stringify(ourList[probe]);
        if (their === "hang") hangs.push(nameOf(question, text, from));
        if (!isAnswer(their)) continue;
        if (ourList[probe] === "budget" && ++budgets <= MAX_BUDGETS) {
          const [input, key] = [nameOf(question, text, from), "a search beyond the budget"];
          differences.push({ key, input, theirs: JSON.stringify(their), ours: our });
        } else if (JSON.stringify(their) !== our) {
          differences.push(
            difference(nameOf(question, text, from), question, way, JSON.stringify(their), our),
          );
        }
      }
    }
  }
  return { cases, differences, hangs: [...new Set(hangs)] };
}

/** All our verdicts on the questions. */
export function ourVerdicts(questions: readonly Question[]): OurVerdict[][] {
  return questions.map((question) => WAYS.map((way) => ourVerdict(question, way)));
}

const isAnswer = (found: Found): found is readonly number[] | null => found === null || Array.isArray(found);

function listOf<T>(verdict: readonly T[] | object): readonly T[] | undefined {
  return Array.isArray(verdict) ? verdict : undefined;
}

const verdictText = (verdict: object): string =>
  Array.isArray(verdict) ? "compiles" : JSON.stringify(verdict);

function difference(
  input: string,
  question: Question,
  way: number,
  theirs: string,
  ours: string,
): Difference {
  const name = WAYS[way] ?? "";
  return {
    key: knownKind(question, theirs, ours) ?? `${name}: ${input}`,
    input,
    theirs,
    ours: `${ours} (${name})`,
  };
}
