/**
 * Loops whose body may match nothing. Python takes an empty iteration once and goes on, JavaScript refuses it:
 * `(a|)?` on "b" sets group 1 to "" in Python and leaves it unset in JavaScript.
 * An optional body becomes an alternative, which both read alike: `X?` → `(?:X|)`, `X??` → `(?:|X)`.
 * Longer loops are equal only if nothing is captured and the empty way is tried last.
 * @module
 */
import { childrenOf, EMPTY, mapChildren, type Node } from "../tree.ts";
import { canBeEmpty } from "../width.ts";
import { NativeRefusal } from "./refusal.ts";

/** @throws {NativeRefusal} an empty iteration would show */
export function spellOutEmptyIterations(node: Node): Node {
  const changed = mapChildren(node, spellOutEmptyIterations);
  if (changed.kind !== "repeat" || changed.min === changed.max || !canBeEmpty(changed.body)) return changed;
  if (changed.min === 0 && changed.max === 1) {
    return {
      kind: "alternation",
      branches: changed.lazy ? [EMPTY, changed.body] : [changed.body, EMPTY],
    };
  }
  if (hasCapture(changed.body) || !triesEmptyLast(changed.body)) {
    throw new NativeRefusal("a repeated part may match nothing, where Python counts iterations differently");
  }
  return changed;
}

function hasCapture(node: Node): boolean {
  return node.kind === "group" || childrenOf(node).some(hasCapture);
}

/** Whether the empty match, if there is one, is the last the node tries. */
function triesEmptyLast(node: Node): boolean {
  if (!canBeEmpty(node)) return true;
  switch (node.kind) {
    case "anchor":
    case "look":
      return true;
    case "sequence":
      return node.items.every(triesEmptyLast);
    case "alternation": {
      const last = node.branches.length - 1;
      return node.branches.every((branch, index) =>
        index === last ? triesEmptyLast(branch) : !canBeEmpty(branch),
      );
    }
    case "repeat":
      return !node.lazy && triesEmptyLast(node.body);
    default:
      return false;
  }
}
