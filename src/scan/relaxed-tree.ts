/**
 * A pattern's tree as far as an automaton goes: what it leaves out makes the pattern match more, never less.
 * Look-arounds count as nothing, but for those at one character before and at short texts ahead; references as any text, atomic groups as
 * plain ones, conditions as a choice.
 * @module
 */
import { ALL_CHARACTERS, type CharSet, MAX_CODE_POINT, unionOf, upTo } from "../regex/char-set.ts";
import type { AnchorNode, LookNode, Node, RepeatNode, SetNode } from "../regex/tree.ts";

/** What is left of a tree. */
export type RelaxedNode =
  | SetNode
  | AnchorNode
  | LookBehind
  | LookAhead
  | RelaxedSequence
  | RelaxedAlternation
  | RelaxedRepeat;

/** The character before is of the set, or is not. */
interface LookBehind {
  readonly kind: "look-behind";
  readonly negated: boolean;
  readonly set: CharSet;
}

/** One of some texts comes, or none of them, each with a set for every character. */
export interface LookAhead {
  readonly kind: "look-ahead";
  readonly negated: boolean;
  readonly texts: readonly (readonly CharSet[])[];
}

interface RelaxedSequence {
  readonly kind: "sequence";
  readonly items: readonly RelaxedNode[];
}

interface RelaxedAlternation {
  readonly kind: "alternation";
  readonly branches: readonly RelaxedNode[];
}

interface RelaxedRepeat {
  readonly kind: "repeat";
  readonly min: number;
  readonly max: number;
  readonly body: RelaxedNode;
}

/** Counted repeats up to this many are written out; longer ones count as without limit. */
const MAX_COPIES = 32;

/** Texts of a look ahead, and characters of each. */
const MAX_TEXTS = 8;
const MAX_TEXT = 40;

/** Nodes that the states may count for that a look ahead makes. */
const LOOK_AHEAD_SIZE = 30;

/** Nodes that the copies of one repeat may have together. */
const MAX_COPIED_NODES = 600;

const HIGHEST_ASCII = 0x7f;
const BEYOND_ASCII: CharSet = [HIGHEST_ASCII + 1, MAX_CODE_POINT];

const NOTHING: RelaxedSequence = { kind: "sequence", items: [] };

const ANY_TEXT: RelaxedRepeat = {
  kind: "repeat",
  min: 0,
  max: Infinity,
  body: { kind: "set", set: ALL_CHARACTERS },
};

export interface Relaxed {
  readonly node: RelaxedNode;
  /** for texts of ASCII nothing was changed: the tree says what the pattern says */
  readonly isExact: boolean;
}

/**
 * @param known pieces of other patterns, to which those of this one are added: many begin with the same ones
 * @throws {Error} a class that was not resolved to a set
 */
export function relax(root: Node, known?: Map<Node, Relaxed>): Relaxed {
  if (known === undefined || root.kind !== "sequence") {
    const relaxing = new Relaxing();
    return { node: relaxing.relax(root), isExact: relaxing.isExact };
  }
  const pieces = root.items.map((item) => {
    const piece = known.get(item) ?? relax(item);
    known.set(item, piece);
    return piece;
  });
  return {
    node: { kind: "sequence", items: pieces.map(({ node }) => node) },
    isExact: pieces.every(({ isExact }) => isExact),
  };
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
      case "look": {
        const look = lookOf(node);
        if (look !== undefined) return look;
      }
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
      body: inside,
    };
  }
}

/** @returns `undefined` for one that looks at more than an automaton can know */
function lookOf({ behind, negated, width, body }: LookNode): LookBehind | LookAhead | undefined {
  const texts = behind && width !== 1 ? undefined : textsOf(body);
  if (texts === undefined) return undefined;
  if (!texts.every((text) => text.length === 1)) {
    const isShort = texts.every((text) => text.length > 0 && text.length <= MAX_TEXT);
    return isShort
      ? { kind: "look-ahead", negated, texts: texts.map((text) => text.map(setFor(negated))) }
      : undefined;
  }
  const set = texts.flat().reduce(unionOf, []);
  return behind
    ? { kind: "look-behind", negated, set: byteSet(set) }
    : { kind: "look-ahead", negated, texts: [[setFor(negated)(set)]] };
}

/** Whether a character that is not ASCII is of the set is not known: it is where it is wanted, and is not where it must not be. */
const setFor = (negated: boolean): ((set: CharSet) => CharSet) =>
  negated ? (set) => upTo(HIGHEST_ASCII, set) : byteSet;

/** All texts that a node takes, a set for every character; `undefined`: there are many, or long ones. */
function textsOf(node: Node): readonly (readonly CharSet[])[] | undefined {
  switch (node.kind) {
    case "set":
      return [[node.set]];
    case "group":
      return textsOf(node.body);
    case "sequence": {
      let texts: readonly (readonly CharSet[])[] = [[]];
      for (const item of node.items) {
        const behind = textsOf(item);
        if (behind === undefined || texts.length * behind.length > MAX_TEXTS) return undefined;
        texts = texts.flatMap((text) => behind.map((more) => [...text, ...more]));
      }
      return texts;
    }
    case "alternation": {
      const texts: (readonly CharSet[])[] = [];
      for (const branch of node.branches) {
        const more = textsOf(branch);
        if (more === undefined || texts.length + more.length > MAX_TEXTS) return undefined;
        texts.push(...more);
      }
      return texts;
    }
    default:
      return undefined;
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
    case "look-ahead":
      return LOOK_AHEAD_SIZE;
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
    case "look-behind":
    case "look-ahead":
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
        if (!takesNothing(item)) return false;
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

const takesNothing = (node: RelaxedNode): boolean =>
  node === NOTHING || node.kind === "anchor" || node.kind === "look-behind" || node.kind === "look-ahead";

/** The pieces of a sequence, however nested, in order. */
export function piecesOf(node: RelaxedNode): readonly RelaxedNode[] {
  return node.kind === "sequence" ? node.items.flatMap(piecesOf) : [node];
}
