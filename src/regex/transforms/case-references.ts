/**
 * References under `(?i)`. We spell case out in sets and use no flag, so a reference compares exactly:
 * right only if the group's text has no letters with two cases.
 * @module
 */

import { intersectionOf } from "../char-set.ts";
import { closedOverCase } from "../character-sets.ts";
import { childrenOf, type Node } from "../tree.ts";
import { CASED } from "../unicode-tables.ts";
import { NativeRefusal } from "./refusal.ts";

/** @throws {NativeRefusal} a reference would have to ignore case */
export function checkCaseReferences(root: Node): void {
  const groups = new Map<number, Node>();
  const references: Node[] = [];
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === "group") groups.set(node.number, node.body);
    if (node.kind === "reference" && node.ignoreCase) references.push(node);
    for (const child of childrenOf(node)) pending.push(child);
  }
  for (const node of references) {
    if (node.kind !== "reference") continue;
    const body = groups.get(node.group);
    if (body === undefined || hasCase(body)) {
      throw new NativeRefusal(`a reference to group ${node.group} that ignores case`);
    }
  }
}

/** Whether the text of the node may hold letters of two cases. */
function hasCase(node: Node): boolean {
  if (node.kind === "set") {
    const cased = intersectionOf(node.set, CASED);
    return cased.length > 0 && (cased.length > 2 || closedOverCase(cased, false) !== cased);
  }
  return node.kind === "reference" || childrenOf(node).some(hasCase);
}
