/**
 * `$`, and `^` and `$` with MULTILINE: only `\n` separates lines in Python, and a plain `$` also stands before a final `\n`.
 * `$` → `(?=\n?$)` · MULTILINE `^` → `(?<![^\n])` · MULTILINE `$` → `(?![^\n])`. `\A` and `\Z` are JavaScript's `^` and `$`.
 * @module
 */
import { anySet } from "../character-sets.ts";
import { mapChildren, type Node } from "../tree.ts";

const NEWLINE: Node = { kind: "set", set: [0x0a, 0x0a] };
const TEXT_END: Node = { kind: "anchor", at: "text-end", ascii: false };

const noneBut = (behind: boolean): Node => ({
  kind: "look",
  behind,
  negated: true,
  width: behind ? 1 : 0,
  body: { kind: "set", set: anySet(false) },
});

const LAST_LINE_END: Node = {
  kind: "look",
  behind: false,
  negated: false,
  width: 0,
  body: {
    kind: "sequence",
    items: [{ kind: "repeat", min: 0, max: 1, lazy: false, body: NEWLINE }, TEXT_END],
  },
};

export function spellOutLineAnchors(node: Node): Node {
  if (node.kind !== "anchor") return mapChildren(node, spellOutLineAnchors);
  switch (node.at) {
    case "last-line-end":
      return LAST_LINE_END;
    case "line-start":
      return noneBut(true);
    case "line-end":
      return noneBut(false);
    default:
      return node;
  }
}
