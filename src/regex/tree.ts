/**
 * The syntax tree of a pattern: what Python's `re` means, not how it was written.
 * Flags are already worked into the nodes; the transforms replace some kinds by others.
 * @module
 */
import type { CharSet } from "./char-set.ts";

/** One member of a character class as written. */
export type ClassItem =
  | { readonly kind: "range"; readonly low: number; readonly high: number }
  | { readonly kind: "category"; readonly category: Category };

/** `\d \D \s \S \w \W`. */
export type Category = "d" | "D" | "s" | "S" | "w" | "W";

/** How character sets are read: by case or not, by Unicode or ASCII alone. */
export interface CharacterMode {
  readonly ignoreCase: boolean;
  readonly ascii: boolean;
}

export interface ClassNode extends CharacterMode {
  readonly kind: "class";
  readonly negated: boolean;
  readonly items: readonly ClassItem[];
}

/** `.` */
export interface AnyNode {
  readonly kind: "any";
  readonly newline: boolean;
}

/** A place between characters. */
export interface AnchorNode {
  readonly kind: "anchor";
  readonly at:
    | "text-start"
    | "text-end"
    | "line-start"
    | "line-end"
    | "last-line-end"
    | "word-boundary"
    | "no-word-boundary";
  readonly ascii: boolean;
}

/** One character of a set; literals, classes and `.` become this by the transform "characters". */
export interface SetNode {
  readonly kind: "set";
  readonly set: CharSet;
}

export interface SequenceNode {
  readonly kind: "sequence";
  readonly items: readonly Node[];
}

export interface AlternationNode {
  readonly kind: "alternation";
  readonly branches: readonly Node[];
}

/** A capturing group; plain groups leave no trace. */
export interface GroupNode {
  readonly kind: "group";
  readonly number: number;
  readonly body: Node;
}

export interface RepeatNode {
  readonly kind: "repeat";
  readonly min: number;
  /** `Infinity` for no limit */
  readonly max: number;
  readonly lazy: boolean;
  readonly body: Node;
}

/** `(?>…)`; a possessive repeat is an atomic greedy one. */
export interface AtomicNode {
  readonly kind: "atomic";
  readonly body: Node;
}

export interface LookNode {
  readonly kind: "look";
  readonly behind: boolean;
  readonly negated: boolean;
  /** for lookbehind: code points it looks back; 0 for lookahead */
  readonly width: number;
  readonly body: Node;
}

export interface ReferenceNode extends CharacterMode {
  readonly kind: "reference";
  readonly group: number;
}

export interface ConditionalNode {
  readonly kind: "conditional";
  readonly group: number;
  readonly yes: Node;
  readonly no: Node;
}

export type Node =
  | ClassNode
  | AnyNode
  | AnchorNode
  | SetNode
  | SequenceNode
  | AlternationNode
  | GroupNode
  | RepeatNode
  | AtomicNode
  | LookNode
  | ReferenceNode
  | ConditionalNode;

/** A parsed pattern. */
export interface ParsedPattern {
  readonly root: Node;
  readonly groupCount: number;
  readonly groupIndex: ReadonlyMap<string, number>;
  /** where the pieces of the pattern were written, in code points; groups of branches and branches themselves have none */
  readonly places: ReadonlyMap<Node, readonly [start: number, end: number]>;
}

/** The empty sequence: matches everywhere, takes nothing. */
export const EMPTY: SequenceNode = { kind: "sequence", items: [] };

/** The node with its direct children replaced; leaves come back as they are. */
export function mapChildren(node: Node, change: (child: Node) => Node): Node {
  switch (node.kind) {
    case "sequence":
      return { ...node, items: node.items.map(change) };
    case "alternation":
      return { ...node, branches: node.branches.map(change) };
    case "group":
    case "repeat":
    case "atomic":
    case "look":
      return { ...node, body: change(node.body) };
    case "conditional":
      return { ...node, yes: change(node.yes), no: change(node.no) };
    default:
      return node;
  }
}

/** The direct children of a node, in order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "sequence":
      return node.items;
    case "alternation":
      return node.branches;
    case "group":
    case "repeat":
    case "atomic":
    case "look":
      return [node.body];
    case "conditional":
      return [node.yes, node.no];
    default:
      return [];
  }
}

/** Nodes in the tree, this one included. */
export function sizeOf(node: Node): number {
  return childrenOf(node).reduce((sum, child) => sum + sizeOf(child), 1);
}

/** A sequence of one is that one. */
export function unwrapped(node: Node): Node {
  let inner = node;
  while (inner.kind === "sequence" && inner.items.length === 1 && inner.items[0] !== undefined) {
    inner = inner.items[0];
  }
  return inner;
}
