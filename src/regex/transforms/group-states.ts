/**
 * Where groups are surely set. Python's reference to an unset group fails, JavaScript's matches nothing; Python keeps a capture
 * over the iterations of a loop, JavaScript clears it at each (A§2.19). Where every group is surely set when it is needed,
 * and in every iteration that could clear it, the two agree; otherwise the exact matcher must take the pattern.
 * @module
 */
import { childrenOf, type Node } from "../tree.ts";
import { NativeRefusal } from "./refusal.ts";

type Groups = ReadonlySet<number>;

const NONE: Groups = new Set();

/** @throws {NativeRefusal} a reference or a loop depends on what JavaScript does differently */
export function checkGroupStates(root: Node): void {
  setAfter(root, NONE);
}

/** Numbers of the groups inside a node. */
export function groupsIn(node: Node): Groups {
  const inside = new Set<number>();
  const pending: Node[] = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === "group") inside.add(next.number);
    for (const child of childrenOf(next)) pending.push(child);
  }
  return inside;
}

function commonOf(one: Groups, other: Groups): Groups {
  return new Set([...one].filter((group) => other.has(group)));
}

function without(one: Groups, other: Groups): Groups {
  return new Set([...one].filter((group) => !other.has(group)));
}

/** The groups surely set after the node has matched, given those surely set before. */
function setAfter(node: Node, before: Groups): Groups {
  switch (node.kind) {
    case "sequence":
      return node.items.reduce((known, item) => setAfter(item, known), before);
    case "alternation":
      return node.branches.map((branch) => setAfter(branch, before)).reduce(commonOf);
    case "group":
      return new Set([...setAfter(node.body, before), node.number]);
    case "atomic":
      return setAfter(node.body, before);
    case "look":
      return lookedAfter(node, before);
    case "repeat":
      return repeatedAfter(node, before);
    case "reference":
      if (before.has(node.group)) return before;
      throw new NativeRefusal(
        `a reference to group ${node.group}, which may be unset: Python fails there, JavaScript goes on`,
      );
    case "conditional":
      throw new NativeRefusal(`a condition on group ${node.group}, which JavaScript does not have`);
    default:
      return before;
  }
}

function lookedAfter(node: Extract<Node, { kind: "look" }>, before: Groups): Groups {
  const after = setAfter(node.body, before);
  if (node.behind && (groupsIn(node.body).size > 0 || hasReference(node.body))) {
    throw new NativeRefusal("a capture inside lookbehind, which JavaScript reads from right to left");
  }
  return node.negated ? before : after;
}

function repeatedAfter(node: Extract<Node, { kind: "repeat" }>, before: Groups): Groups {
  const inside = groupsIn(node.body);
  const after = setAfter(node.body, without(before, inside));
  if (node.max > 1) {
    for (const group of inside) {
      if (after.has(group)) continue;
      throw new NativeRefusal(
        `group ${group} keeps its text over the iterations of a loop in Python, JavaScript clears it`,
      );
    }
  }
  return node.min > 0 ? new Set([...before, ...after]) : before;
}

function hasReference(node: Node): boolean {
  return node.kind === "reference" || node.kind === "atomic" || childrenOf(node).some(hasReference);
}
