/**
 * Which differences from Python's `re` are known on purpose.
 * @module
 */
import { charSet, intersectionOf } from "../../../src/regex/char-set.ts";
import { closedOverCase } from "../../../src/regex/character-sets.ts";
import { RegexSyntaxError } from "../../../src/regex/errors.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { childrenOf, type Node } from "../../../src/regex/tree.ts";
import { IGNORECASE, MULTILINE, type Question } from "./judge.ts";

/**
 * The key in `known.json` that a difference has; `undefined` for one that is not known.
 *
 * @param theirs the spans of all groups as JSON, or another verdict
 */
export function knownKind(question: Question, theirs: string, ours: string): string | undefined {
  const nodes = nodesOf(question);
  if (hasAstralLetterInClass(nodes)) return "astral letter in a class that ignores case";
  if (isOfFailedTry(nodes, theirs, ours)) return "capture of a failed try in a possessive repeat";
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

/** All nodes of the pattern; none if it is none. */
export function nodesOf({ pattern, flags }: Question): Node[] {
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

/**
 * Python leaves what the last, failed try of a possessive repeat has captured. It shows in the spans of such groups, and in
 * anything where the pattern asks for such a group.
 */
function isOfFailedTry(nodes: readonly Node[], theirs: string, ours: string): boolean {
  const captured = new Set(nodes.filter(isPossessive).flatMap((node) => groupsIn(node)));
  const isAskedFor = nodes.some(
    (node) => (node.kind === "reference" || node.kind === "conditional") && captured.has(node.group),
  );
  if (isAskedFor) return true;
  const [their, our] = [spansOf(theirs), spansOf(ours)];
  if (their === undefined || our === undefined) return false;
  return their.every((place, index) => place === our[index] || captured.has(index >> 1));
}

function groupsIn(node: Node): number[] {
  const inside = childrenOf(node).flatMap(groupsIn);
  return node.kind === "group" ? [node.number, ...inside] : inside;
}

/** From and to of the match and of each group. */
function spansOf(verdict: string): readonly unknown[] | undefined {
  return verdict.startsWith("[") ? JSON.parse(verdict) : undefined;
}

/** Whether the node repeats more than a character possessively; `(?>(?:…)*)` counts as well. */
export function isPossessive(node: Node): boolean {
  if (node.kind !== "atomic" || node.body.kind !== "repeat") return false;
  return node.body.body.kind !== "class" && node.body.body.kind !== "any";
}
