/**
 * Holds our verdicts against Python's and says what kind of difference one is. Kinds that are known on purpose have short keys;
 * any other difference is its own kind.
 * @module
 */

import { charSet, intersectionOf } from "../../../src/regex/char-set.ts";
import { closedOverCase } from "../../../src/regex/character-sets.ts";
import { RegexSyntaxError } from "../../../src/regex/errors.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { childrenOf, type Node } from "../../../src/regex/tree.ts";
import type { Difference } from "../part.ts";
import { type Found, IGNORECASE, MULTILINE, type Question, type Verdict } from "./judge.ts";
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
  return { key: kindOf(question) ?? `${name}: ${input}`, input, theirs, ours: `${ours} (${name})` };
}

function kindOf(question: Question): string | undefined {
  const nodes = nodesOf(question);
  if (hasAstralLetterInClass(nodes)) return "astral letter in a class that ignores case";
  if (hasPossessiveCapture(nodes)) return "capture of a failed try in a possessive repeat";
  if (SCOPED_ALPHABET.test(question.pattern) && beginsWithCategory(nodes[0])) {
    return "a category in a scope of another alphabet at the begin";
  }
  return undefined;
}

/** `(?a:` and `(?u:`, possibly among other flags. */
const SCOPED_ALPHABET = /\(\?[imsx]*[au][imsxau]*(?:-[imsx]+)?:/;

/** Python looks for places to begin at with the flags of the whole pattern, not with those of the scope. */
function beginsWithCategory(node: Node | undefined): boolean {
  if (node?.kind === "sequence") return beginsWithCategory(node.items[0]);
  if (node?.kind === "group") return beginsWithCategory(node.body);
  if (node?.kind === "alternation") return node.branches.some(beginsWithCategory);
  return node?.kind === "class" && node.items.some(({ kind }) => kind === "category");
}

function nodesOf({ pattern, flags }: Question): Node[] {
  const nodes: Node[] = [];
  try {
    const options = { multiline: (flags & MULTILINE) !== 0, ignoreCase: (flags & IGNORECASE) !== 0 };
    nodes.push(parsePattern(pattern, options).root);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
  }
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index];
    if (node !== undefined) nodes.push(...childrenOf(node));
  }
  return nodes;
}

const ASTRAL = [0x10000, 0x10ffff];

/** Python forgets the other case of such a letter, and of its own case where that is the upper one. */
function hasAstralLetterInClass(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (node.kind !== "class" || !node.ignoreCase) return false;
    const ranges = node.items.flatMap((item) =>
      item.kind === "range" ? [[item.low, item.high] as const] : [],
    );
    const astral = intersectionOf(charSet(ranges), ASTRAL);
    return astral.length > 0 && (astral[1] !== astral[0] || closedOverCase(astral, false) !== astral);
  });
}

/** Python leaves what the last, failed try of a possessive repeat has captured. */
function hasPossessiveCapture(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (!isPossessive(node)) return false;
    const inside: Node[] = [node];
    for (let inner = inside.pop(); inner !== undefined; inner = inside.pop()) {
      if (inner.kind === "group") return true;
      inside.push(...childrenOf(inner));
    }
    return false;
  });
}

/** Whether the node repeats more than a character possessively; `(?>(?:…)*)` counts as well. */
function isPossessive(node: Node): boolean {
  if (node.kind !== "atomic" || node.body.kind !== "repeat") return false;
  return node.body.body.kind !== "class" && node.body.body.kind !== "any";
}
