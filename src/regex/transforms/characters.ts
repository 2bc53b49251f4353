/**
 * Literals, classes and `.` become plain sets of code points, so that no engine needs flags or Unicode tables.
 * `(?i)k` → `[Kk\u212a]`, `\s` → its blanks (A§2.19: U+FEFF is none), `.` → all but `\n`.
 * @module
 */
import { anySet, classSet } from "../character-sets.ts";
import { mapChildren, type Node } from "../tree.ts";

export function resolveCharacters(node: Node): Node {
  if (node.kind === "class") return { kind: "set", set: classSet(node) };
  if (node.kind === "any") return { kind: "set", set: anySet(node.newline) };
  return mapChildren(node, resolveCharacters);
}
