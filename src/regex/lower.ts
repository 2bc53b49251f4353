/**
 * Python's tree → a tree that JavaScript reads alike, transform by transform, or the reason why there is none.
 * @module
 */
import { spellOutAtomicGroups } from "./transforms/atomic-groups.ts";
import { checkCaseReferences } from "./transforms/case-references.ts";
import { spellOutConditions } from "./transforms/conditions.ts";
import { spellOutEmptyIterations } from "./transforms/empty-iterations.ts";
import { checkGroupStates } from "./transforms/group-states.ts";
import { spellOutLineAnchors } from "./transforms/line-anchors.ts";
import { NativeRefusal } from "./transforms/refusal.ts";
import { checkRunawayLoops } from "./transforms/runaway-loops.ts";
import { spellOutWordBoundaries } from "./transforms/word-boundaries.ts";
import { type Node, sizeOf } from "./tree.ts";

export type Lowered =
  | {
      readonly kind: "lowered";
      readonly root: Node;
      /** the tree with its conditions alone written out: what the cost is judged by */
      readonly split: Node;
    }
  | { readonly kind: "refused"; readonly reason: string };

/** Nodes V8 gets at most: its compiler calls itself for each, and gives up somewhere above. */
const MAX_NATIVE_NODES = 4000;

/** @param root the tree with its characters resolved */
export function lowerForNative(root: Node, groupCount: number): Lowered {
  try {
    const split = spellOutConditions(root);
    checkRunawayLoops(split);
    checkCaseReferences(split);
    checkGroupStates(split);
    const filled = spellOutEmptyIterations(split);
    const anchored = spellOutLineAnchors(spellOutWordBoundaries(filled));
    if (sizeOf(anchored) > MAX_NATIVE_NODES) {
      throw new NativeRefusal("the pattern is too large for JavaScript's engine");
    }
    return { kind: "lowered", root: spellOutAtomicGroups(anchored, groupCount + 1), split };
  } catch (error) {
    if (!(error instanceof NativeRefusal)) throw error;
    return { kind: "refused", reason: error.message };
  }
}

/** The tree with its conditions written out, where they can be. */
export function withoutConditions(root: Node): Node {
  try {
    return spellOutConditions(root);
  } catch (error) {
    if (!(error instanceof NativeRefusal)) throw error;
    return root;
  }
}
