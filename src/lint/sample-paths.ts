/**
 * Lines that a regex was written for: one for each of its alternatives, in pieces, so that what a stranger may have written in them
 * can be put in. Lookarounds are not obeyed; whoever uses a path tries whether it matches.
 * @module
 */
import { type CharSet, hasCodePoint, rangesOf, unionOf } from "../regex/char-set.ts";
import { childrenOf, type Node, type RepeatNode } from "../regex/tree.ts";

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** a loop that can read an address, or a word without blanks; the group that it stands in */
  | { readonly kind: "field"; readonly text: string; readonly node: RepeatNode; readonly group: string }
  /** whom the filter takes */
  | { readonly kind: "host" }
  /** what a prefregex leaves for the failregexes */
  | { readonly kind: "content" };

/** Groups that say who it was. */
const HOST_GROUPS: ReadonlySet<string> = new Set(["ip4", "ip6", "dns", "fid"]);
/** Most paths of one regex. */
const MAX_PATHS = 48;
/** A loop of fewer characters holds no made-up line. */
const LEAST_FIELD_CHARS = 32;
/** Longest path; counted repeats of repeats would never end. */
const MAX_PIECES = 4000;

const NICE = "x1 -:/a.A[(\"'";
const ADDRESS_CHARACTERS = "0123456789.";
const FIELD_TEXT = "user";

type Names = ReadonlyMap<number, string>;
/** which way to go at a node: a branch, or whether an optional part is there */
type Ways = ReadonlyMap<Node, number>;

function holdsHost(node: Node, names: Names): boolean {
  if (node.kind === "group" && HOST_GROUPS.has(names.get(node.number) ?? "")) return true;
  return childrenOf(node).some((child) => holdsHost(child, names));
}

/** All characters that a node can read. */
function alphabetOf(node: Node): CharSet {
  if (node.kind === "set") return node.set;
  if (node.kind === "look") return [];
  return childrenOf(node).reduce<CharSet>((all, child) => unionOf(all, alphabetOf(child)), []);
}

const readsAll = (set: CharSet, text: string): boolean =>
  Array.from(text).every((character) => hasCodePoint(set, character.codePointAt(0) ?? 0));

function isField(node: Node, names: Names): node is RepeatNode {
  return (
    node.kind === "repeat" &&
    node.max >= LEAST_FIELD_CHARS &&
    !holdsHost(node, names) &&
    readsAll(alphabetOf(node), ADDRESS_CHARACTERS)
  );
}

/** A readable member of the set, `undefined` of an empty one. */
function memberOf(set: CharSet): string | undefined {
  const nice = Array.from(NICE).find((character) => readsAll(set, character));
  if (nice !== undefined) return nice;
  const ranges = [...rangesOf(set)];
  const [low] = ranges.find(([, high]) => high > 0x20) ?? ranges[0] ?? [];
  return low === undefined ? undefined : String.fromCodePoint(low);
}

const isOptional = (node: Node): node is RepeatNode =>
  node.kind === "repeat" && node.min === 0 && node.body.kind !== "set";

/** Goes one way through the tree. */
class Walk {
  readonly #names: Names;
  readonly #ways: Ways;
  #group = "";
  readonly #captured = new Map<number, string>();
  readonly pieces: Piece[] = [];
  isPossible = true;

  constructor(names: Names, ways: Ways) {
    this.#names = names;
    this.#ways = ways;
  }

  go(node: Node): void {
    if (this.pieces.length > MAX_PIECES) this.isPossible = false;
    if (!this.isPossible) return;
    switch (node.kind) {
      case "set":
        this.#text(memberOf(node.set));
        return;
      case "sequence":
        for (const item of node.items) this.go(item);
        return;
      case "alternation":
      case "conditional": {
        const branches = branchesOf(node);
        const chosen = branches[this.#ways.get(node) ?? this.#usualBranch(branches)];
        if (chosen !== undefined) this.go(chosen);
        return;
      }
      case "group":
        this.#capture(node.number, node.body);
        return;
      case "atomic":
        this.go(node.body);
        return;
      case "repeat":
        this.#repeat(node);
        return;
      case "reference":
        this.#text(this.#captured.get(node.group));
        return;
      default:
        return;
    }
  }

  #text(text: string | undefined): void {
    if (text === undefined) this.isPossible = false;
    else this.pieces.push({ kind: "text", text });
  }

  #usualBranch(branches: readonly Node[]): number {
    return Math.max(
      0,
      branches.findIndex((branch) => holdsHost(branch, this.#names)),
    );
  }

  #capture(number: number, body: Node): void {
    const name = this.#names.get(number) ?? "";
    if (HOST_GROUPS.has(name)) this.pieces.push({ kind: "host" });
    else if (name === "content") this.pieces.push({ kind: "content" });
    else {
      const from = this.pieces.length;
      const outer = this.#group;
      this.#group = name === "" ? outer : name;
      this.go(body);
      this.#group = outer;
      this.#captured.set(number, textOf(this.pieces.slice(from), ""));
    }
  }

  #repeat(node: RepeatNode): void {
    const { min, max, body } = node;
    if (isField(node, this.#names)) {
      const isWord = body.kind === "set" && readsAll(body.set, FIELD_TEXT);
      const inside = new Walk(this.#names, this.#ways);
      inside.go(body);
      const once = isWord ? FIELD_TEXT : textOf(inside.pieces, "");
      const times = Math.max(1, isWord ? Math.ceil(min / FIELD_TEXT.length) : min);
      this.pieces.push({ kind: "field", text: once.repeat(times), node, group: this.#group });
      return;
    }
    const isThere = this.#ways.get(node) ?? (holdsHost(node, this.#names) ? 1 : 0);
    const times = Math.min(Math.max(min, isThere), max, MAX_PIECES);
    for (let time = 0; time < times && this.isPossible; time++) this.go(body);
  }
}

const branchesOf = (node: Node): readonly Node[] =>
  // what depends on a group that may not be there: first as if it was not
  node.kind === "conditional" ? [node.no, node.yes] : childrenOf(node);

/** The decisions that lead to each alternative, each as if all others were usual. */
function* alternatives(node: Node, names: Names, ways: Ways): Generator<Ways> {
  if (node.kind === "look" || isField(node, names)) return;
  if (node.kind === "group" && HOST_GROUPS.has(names.get(node.number) ?? "")) return;
  if (node.kind === "alternation" || node.kind === "conditional") {
    const branches = branchesOf(node);
    // the kinds of addresses are no alternatives: one does for all
    const isHostItself = branches.filter((branch) => holdsHost(branch, names)).length > 1;
    for (const [index, branch] of branches.entries()) {
      if (isHostItself) break;
      const chosen = new Map([...ways, [node, index]]);
      yield chosen;
      yield* alternatives(branch, names, chosen);
    }
    return;
  }
  const chosen = isOptional(node) ? new Map([...ways, [node, 1]]) : ways;
  if (chosen !== ways) yield chosen;
  for (const child of childrenOf(node)) yield* alternatives(child, names, chosen);
}

/** Ways through a regex, the usual one first; text pieces that follow one another are one. */
export function samplePaths(root: Node, names: Names): readonly (readonly Piece[])[] {
  const paths: (readonly Piece[])[] = [];
  const known = new Set<string>();
  const add = (ways: Ways): void => {
    const walk = new Walk(names, ways);
    walk.go(root);
    const key = textOf(walk.pieces, "\0");
    if (!walk.isPossible || known.has(key)) return;
    known.add(key);
    paths.push(joined(walk.pieces));
  };
  add(new Map());
  for (const ways of alternatives(root, names, new Map())) {
    if (paths.length >= MAX_PATHS) break;
    add(ways);
  }
  return paths;
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.kind !== "text" || last?.kind !== "text") result.push(piece);
    else result[result.length - 1] = { kind: "text", text: last.text + piece.text };
  }
  return result;
}

/** The pieces as a line in which the host is this one. */
export function textOf(pieces: readonly Piece[], host: string): string {
  return pieces
    .map((piece) => (piece.kind === "host" ? host : piece.kind === "content" ? "" : piece.text))
    .join("");
}
