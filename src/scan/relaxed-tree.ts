/**
 * A pattern's tree as far as an automaton goes: what it leaves out makes the pattern match more, never less.
 * Look-arounds count as nothing, references as any text, atomic groups as plain ones, conditions as a choice.
 * @module
 */
import { ALL_CHARACTERS, type CharSet, MAX_CODE_POINT, unionOf, upTo } from "../regex/char-set.ts";
import {
  type AlternationNode,
  type AnchorNode,
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
const MAX_COPIES = 32;

/** Nodes that the copies of one repeat may have together. */
const MAX_COPIED_NODES = 600;

const HIGHEST_ASCII = 0x7f;
const BEYOND_ASCII: CharSet = [HIGHEST_ASCII + 1, MAX_CODE_POINT];

const NOTHING: RelaxedSequence = { ...EMPTY, items: [] };

const ANY_TEXT: RelaxedRepeat = {
  kind: "repeat",
  min: 0,
  max: Infinity,
  lazy: false,
  body: { kind: "set", set: ALL_CHARACTERS },
};

export interface Relaxed {
  readonly node: RelaxedNode;
  /** for texts of ASCII nothing was changed: the tree says what the pattern says */
  readonly isExact: boolean;
}

/** @throws {Error} a class that was not resolved to a set */
export function relax(root: Node): Relaxed {
  const relaxing = new Relaxing();
  return { node: relaxing.relax(root), isExact: relaxing.isExact };
}

class Relaxing {
  isExact = true;

  relax(node: Node): RelaxedNode {
    switch (node.kind) {
      case "set":
        return { kind: "set", set: byteSet(node.set) };
      case "anchor":
        return { kind: "anchor", at: node.at, ascii: node.ascii };
      case "sequence":
        return { kind: "sequence", items: node.items.map((item) => this.relax(item)) };
      case "alternation":
        return { kind: "alternation", branches: node.branches.map((branch) => this.relax(branch)) };
      case "repeat":
        return this.#repeat(node);
      case "group":
        return this.relax(node.body);
    }
    this.isExact = false;
    switch (node.kind) {
      case "conditional":
        return { kind: "alternation", branches: [this.relax(node.yes), this.relax(node.no)] };
      case "atomic":
        return this.relax(node.body);
      case "look":
        return NOTHING;
      case "reference":
        return ANY_TEXT;
      default:
        throw new Error(`a "${node.kind}" was left over`);
    }
  }

  /** A long counted repeat becomes a loop. */
  #repeat({ min, max, body }: RepeatNode): RelaxedNode {
    if (max === 0) return NOTHING;
    const inside = this.relax(body);
    const isKept = isWrittenOut({ min, max }, inside);
    // Python leaves a loop at an iteration that takes nothing
    if (!isKept || (max > 1 && mayBeEmpty(inside))) this.isExact = false;
    return {
      kind: "repeat",
      min: isKept ? min : Math.min(min, 1),
      max: isKept ? max : Infinity,
      lazy: false,
      body: inside,
    };
  }
}

const byteSets = new WeakMap<CharSet, CharSet>();

/** A set as far as bytes go: all that is not ASCII, or nothing of it. */
function byteSet(set: CharSet): CharSet {
  const known = byteSets.get(set);
  if (known !== undefined) return known;
  const ascii = upTo(HIGHEST_ASCII, set);
  const made = (set.at(-1) ?? 0) > HIGHEST_ASCII ? unionOf(ascii, BEYOND_ASCII) : ascii;
  byteSets.set(set, made);
  return made;
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

function mayBeEmpty(node: RelaxedNode): boolean {
  switch (node.kind) {
    case "set":
      return false;
    case "sequence":
      return node.items.every(mayBeEmpty);
    case "alternation":
      return node.branches.some(mayBeEmpty);
    case "repeat":
      return node.min === 0 || mayBeEmpty(node.body);
    case "anchor":
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
