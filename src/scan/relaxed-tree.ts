/**
 * A pattern's tree as far as an automaton goes: what it leaves out makes the pattern match more, never less.
 * Look-arounds count as nothing, references as any text, atomic groups as plain ones, conditions as a choice.
 * @module
 */
import { ALL_CHARACTERS } from "../regex/char-set.ts";
import {
  type AlternationNode,
  type AnchorNode,
  childrenOf,
  EMPTY,
  type Node,
  type RepeatNode,
  type SequenceNode,
  type SetNode,
} from "../regex/tree.ts";

/** What is left of a tree. */
export type RelaxedNode = SetNode | AnchorNode | RelaxedSequence | RelaxedAlternation | RelaxedRepeat;

interface RelaxedSequence extends SequenceNode {
  readonly items: readonly RelaxedNode[];
}

interface RelaxedAlternation extends AlternationNode {
  readonly branches: readonly RelaxedNode[];
}

interface RelaxedRepeat extends RepeatNode {
  readonly body: RelaxedNode;
}

/** Counted repeats up to this many are written out; longer ones count as without limit. */
const MAX_COPIES = 16;

/** Nodes that the copies of one repeat may have together. */
const MAX_COPIED_NODES = 600;

const NOTHING: RelaxedSequence = { ...EMPTY, items: [] };

const ANY_TEXT: RelaxedRepeat = {
  kind: "repeat",
  min: 0,
  max: Infinity,
  lazy: false,
  body: { kind: "set", set: ALL_CHARACTERS },
};

/** @throws {Error} a class that was not resolved to a set */
export function relax(node: Node): RelaxedNode {
  switch (node.kind) {
    case "set":
      return { kind: "set", set: node.set };
    case "anchor":
      return { kind: "anchor", at: node.at, ascii: node.ascii };
    case "sequence":
      return { kind: "sequence", items: node.items.map(relax) };
    case "alternation":
      return { kind: "alternation", branches: node.branches.map(relax) };
    case "conditional":
      return { kind: "alternation", branches: [relax(node.yes), relax(node.no)] };
    case "repeat":
      return relaxRepeat(node);
    case "group":
    case "atomic":
      return relax(node.body);
    case "look":
      return NOTHING;
    case "reference":
      return ANY_TEXT;
    default:
      throw new Error(`a "${node.kind}" was left over`);
  }
}

/** A long counted repeat becomes a loop. */
function relaxRepeat({ min, max, body }: RepeatNode): RelaxedNode {
  const inside = relax(body);
  if (max === 0) return NOTHING;
  const isKept = isWrittenOut({ min, max }, inside);
  return {
    kind: "repeat",
    min: isKept ? min : Math.min(min, 1),
    max: isKept ? max : Infinity,
    lazy: false,
    body: inside,
  };
}

function isWrittenOut({ min, max }: Pick<RepeatNode, "min" | "max">, body: RelaxedNode): boolean {
  const copies = max === Infinity ? min : max;
  return copies <= 1 || (copies <= MAX_COPIES && copies * writtenSize(body) <= MAX_COPIED_NODES);
}

/** Nodes of a tree whose repeats are written out. */
export function writtenSize(node: RelaxedNode): number {
  switch (node.kind) {
    case "sequence":
      return node.items.reduce((sum, item) => sum + writtenSize(item), 1);
    case "alternation":
      return node.branches.reduce((sum, branch) => sum + writtenSize(branch), 1);
    case "repeat":
      return (1 + writtenSize(node.body)) * (node.max === Infinity ? node.min + 1 : node.max);
    default:
      return 1;
  }
}

/** Whether relaxing changes nothing for texts of ASCII: then the automaton is the pattern. */
export function isExactTree(node: Node): boolean {
  switch (node.kind) {
    case "look":
    case "reference":
    case "conditional":
    case "atomic":
      return false;
    case "repeat": {
      const { min, max, body } = node;
      if (max === 0) return true;
      // Python leaves a loop at an iteration that takes nothing
      if (max > 1 && mayBeEmpty(body)) return false;
      return isExactTree(body) && isWrittenOut({ min, max }, relax(body));
    }
    default:
      return childrenOf(node).every(isExactTree);
  }
}

function mayBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case "set":
      return false;
    case "sequence":
      return node.items.every(mayBeEmpty);
    case "alternation":
      return node.branches.some(mayBeEmpty);
    case "group":
      return mayBeEmpty(node.body);
    case "repeat":
      return node.min === 0 || mayBeEmpty(node.body);
    default:
      return true;
  }
}

/** Whether every match begins where a line does. */
export function beginsWithLine(node: RelaxedNode): boolean {
  switch (node.kind) {
    case "anchor":
      return node.at === "text-start" || node.at === "line-start";
    case "sequence":
      for (const item of node.items) {
        if (beginsWithLine(item)) return true;
        if (item.kind !== "anchor" && item !== NOTHING) return false;
      }
      return false;
    case "alternation":
      return node.branches.every(beginsWithLine);
    case "repeat":
      return node.min > 0 && beginsWithLine(node.body);
    default:
      return false;
  }
}

/** The pieces of a sequence, however nested, in order. */
export function piecesOf(node: RelaxedNode): readonly RelaxedNode[] {
  return node.kind === "sequence" ? node.items.flatMap(piecesOf) : [node];
}
