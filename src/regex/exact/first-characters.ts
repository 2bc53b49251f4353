/**
 * What a match must begin with, so that most places of a text need no attempt.
 * @module
 */
import { type CharSet, unionOf } from "../char-set.ts";
import { childrenOf, type Node } from "../tree.ts";

interface First {
  readonly set: CharSet;
  /** the node may match without taking a character, so what follows counts too */
  readonly mayBeEmpty: boolean;
}

/** The set that holds the first character of every match; `undefined` if a match may be empty or begin with anything. */
export function firstCharacters(root: Node): CharSet | undefined {
  const first = firstOf(root);
  return first === undefined || first.mayBeEmpty ? undefined : first.set;
}

const NOTHING: First = { set: [], mayBeEmpty: true };

function firstOf(node: Node): First | undefined {
  switch (node.kind) {
    case "set":
      return { set: node.set, mayBeEmpty: false };
    case "anchor":
    case "look":
      return NOTHING;
    case "sequence":
      return firstOfSequence(node.items);
    case "alternation":
    case "conditional":
      return firstOfBranches(childrenOf(node));
    case "group":
    case "atomic":
      return firstOf(node.body);
    case "repeat": {
      if (node.max === 0) return NOTHING;
      const first = firstOf(node.body);
      return first === undefined ? undefined : { ...first, mayBeEmpty: first.mayBeEmpty || node.min === 0 };
    }
    default:
      return undefined;
  }
}

function firstOfSequence(items: readonly Node[]): First | undefined {
  let set: CharSet = [];
  for (const item of items) {
    const first = firstOf(item);
    if (first === undefined) return undefined;
    set = unionOf(set, first.set);
    if (!first.mayBeEmpty) return { set, mayBeEmpty: false };
  }
  return { set, mayBeEmpty: true };
}

function firstOfBranches(branches: readonly Node[]): First | undefined {
  let mayBeEmpty = false;
  let set: CharSet = [];
  for (const branch of branches) {
    const first = firstOf(branch);
    if (first === undefined) return undefined;
    mayBeEmpty ||= first.mayBeEmpty;
    set = unionOf(set, first.set);
  }
  return { set, mayBeEmpty };
}

/** Whether every match begins at the start of the text. */
export function isAnchored(node: Node): boolean {
  switch (node.kind) {
    case "anchor":
      return node.at === "text-start";
    case "sequence":
      return node.items[0] !== undefined && isAnchored(node.items[0]);
    case "alternation":
      return node.branches.every(isAnchored);
    case "group":
    case "atomic":
      return isAnchored(node.body);
    default:
      return false;
  }
}
