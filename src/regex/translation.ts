/**
 * What Python finds only when it translates a pattern that it has read whole: mistakes without a place, and what a possessive
 * repeat comes to.
 * @module
 */
import { childrenOf, type Node } from "./tree.ts";

/** What follows a quantifier decides. */
export type RepeatMode = "greedy" | "lazy" | "possessive";

/** What a quantifier is called in Python's messages. */
const REPEAT_NAMES = { greedy: "MAX_REPEAT", lazy: "MIN_REPEAT", possessive: "POSSESSIVE_REPEAT" } as const;

/** What is known of nodes from the way in which they were written. */
export interface Marks {
  /** Nodes written with a quantifier: another one may not follow, unless parentheses stand between. */
  readonly repeats: WeakMap<Node, RepeatMode>;
  /** Lookbehinds of no fixed width. */
  readonly variableLookbehinds: Set<Node>;
}

/** The first mistake for which Python names no place, in its words. */
export function mistakeIn(node: Node, marks: Marks, isTemplate: boolean): string | undefined {
  // most patterns need not be gone through
  if (marks.variableLookbehinds.size === 0 && !isTemplate) return undefined;
  if (marks.variableLookbehinds.has(node)) return "look-behind requires fixed-width pattern";
  const repeat = isTemplate ? marks.repeats.get(node) : undefined;
  if (repeat !== undefined) return `internal: unsupported template operator ${REPEAT_NAMES[repeat]}`;
  for (const child of childrenOf(node)) {
    const mistake = mistakeIn(child, marks, isTemplate);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** The node for a quantifier and what it repeats. */
export function repeated(item: Node, min: number, max: number, mode: RepeatMode): Node {
  const repeat = { kind: "repeat", min, max, lazy: mode === "lazy", body: item } as const;
  if (mode !== "possessive") return repeat;
  // Python never goes back into an iteration, not even to complete the least number: `(?:a+){2}+` is not `(?>(?:a+){2})`.
  const isAtomicItself = min < 2 || item.kind === "class" || item.kind === "any";
  const body: Node = isAtomicItself ? item : { kind: "atomic", body: item };
  return { kind: "atomic", body: { ...repeat, body } };
}
