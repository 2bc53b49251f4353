/**
 * Atomic groups and possessive repeats: `(?>X)` → `(?=(X))\1`. A lookahead is never entered again, so what it captured
 * is all there is. The group is ours alone, numbered after the pattern's own.
 * @module
 */
import { mapChildren, type Node } from "../tree.ts";

/** @param firstFree the first group number that the pattern does not use */
export function spellOutAtomicGroups(root: Node, firstFree: number): Node {
  let next = firstFree;
  const change = (node: Node): Node => {
    const changed = mapChildren(node, change);
    if (changed.kind !== "atomic") return changed;
    const group = next++;
    return {
      kind: "sequence",
      items: [
        {
          kind: "look",
          behind: false,
          negated: false,
          width: 0,
          body: { kind: "group", number: group, body: changed.body },
        },
        { kind: "reference", group, ignoreCase: false, ascii: false },
      ],
    };
  };
  return change(root);
}
