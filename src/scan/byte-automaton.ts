/**
 * All patterns of a scanner as one automaton without captures and without an order of tries. Patterns that begin alike share
 * their beginnings: a prefix that stands before many patterns is there once.
 * @module
 */
import { wordSet } from "../regex/character-sets.ts";
import type { Node } from "../regex/tree.ts";
import { ByteClasses } from "./byte-classes.ts";
import { addLookAhead } from "./look-ahead.ts";
import {
  beginsWithLine,
  type LookAhead,
  piecesOf,
  type Relaxed,
  type RelaxedNode,
  relax,
  writtenSize,
} from "./relaxed-tree.ts";
import { ACCEPT, ANCHORS, ASSERT, lookBehindNumber, READ, SPLIT, StateList } from "./state-list.ts";

/** Nodes beyond which a pattern counts as one that may match any line. */
const MAX_PATTERN_NODES = 20_000;

/** Nodes that all patterns have together; those that do not fit may match any line. */
const MAX_NODES = 100_000;

/** Its states are numbers; what is known of each stands in lists side by side. */
export interface ByteAutomaton {
  readonly kinds: Uint8Array;
  /** where a state leads, and the second way of a split */
  readonly next: Int32Array;
  readonly other: Int32Array;
  /** READ: index among the sets of the classes; ASSERT: number of the anchor or the look behind; ACCEPT: the pattern */
  readonly details: Int32Array;
  /** index of the patterns that can be reached from a state */
  readonly owners: Int32Array;
  /** by that index */
  readonly owned: readonly (readonly number[])[];
  /** where a match may begin: at the begin of a line alone, and anywhere; -1 for none */
  readonly anchored: number;
  readonly floating: number;
  readonly classes: ByteClasses;
  /** patterns too large for an automaton: every line may match them */
  readonly tooLarge: readonly number[];
  /** by pattern: whether lines of ASCII are accepted exactly where it matches */
  readonly isExact: readonly boolean[];
}

/** What is still to be read of a pattern. */
interface Rest {
  readonly pattern: number;
  readonly pieces: readonly RelaxedNode[];
  readonly from: number;
}

/** @param roots characters resolved to sets */
export function byteAutomatonOf(roots: readonly Node[]): ByteAutomaton {
  const builder = new Builder();
  const anchored: Rest[] = [];
  const floating: Rest[] = [];
  const tooLarge: number[] = [];
  const known = new Map<Node, Relaxed>();
  let nodes = 0;
  const isExact = roots.map((root, pattern) => {
    const { node, isExact } = relax(root, known);
    const size = writtenSize(node);
    if (size > MAX_PATTERN_NODES || nodes + size > MAX_NODES) {
      tooLarge.push(pattern);
      return false;
    }
    nodes += size;
    (beginsWithLine(node) ? anchored : floating).push({ pattern, pieces: piecesOf(node), from: 0 });
    return isExact;
  });
  const starts = {
    anchored: anchored.length === 0 ? -1 : builder.together(anchored),
    floating: floating.length === 0 ? -1 : builder.together(floating),
  };
  for (const pattern of builder.inexact) isExact[pattern] = false;
  return { ...starts, ...builder.built(), tooLarge, isExact };
}

/** Builds from the end to the beginning: every node is told where it leads. */
class Builder {
  /** patterns that lost a look ahead */
  readonly inexact = new Set<number>();
  readonly #states = new StateList();
  readonly #owned: number[][] = [];
  readonly #ownerNumbers = new Map<string, number>();
  /** by piece, and by what it consists of: its number */
  readonly #pieces = new Map<RelaxedNode, number>();
  readonly #pieceNumbers = new Map<string, number>();
  #owner = 0;
  /** loops without limit that are open: where they lead is not built yet */
  #loops = 0;

  built(): Omit<ByteAutomaton, "anchored" | "floating" | "tooLarge" | "isExact"> {
    const { kinds, next, other, details, owners, sets } = this.#states;
    return {
      kinds: Uint8Array.from(kinds),
      next: Int32Array.from(next),
      other: Int32Array.from(other),
      details: Int32Array.from(details),
      owners: Int32Array.from(owners),
      owned: this.#owned,
      classes: new ByteClasses(sets),
    };
  }

  /** Where all of these begin; what they begin with alike is built once. */
  together(rests: readonly Rest[]): number {
    const [first] = rests;
    let from = first?.from ?? 0;
    const isShared = (piece: RelaxedNode): boolean =>
      rests.length === 1 ||
      rests.every(({ pieces }) => {
        const other = pieces[from];
        return other !== undefined && this.#pieceNumber(other) === this.#pieceNumber(piece);
      });
    const shared: RelaxedNode[] = [];
    for (let piece = first?.pieces[from]; piece !== undefined && isShared(piece); ) {
      shared.push(piece);
      from++;
      piece = first?.pieces[from];
    }
    const starts = this.#branches(rests, from);
    this.#owner = this.#ownerOf(rests);
    const start = starts.reduceRight((other, next) => this.#state(SPLIT, 0, next, other));
    return shared.reduceRight((next, piece) => this.#add(piece, next), start);
  }

  /** Where they begin behind what all have read, one start for those that go on alike. */
  #branches(rests: readonly Rest[], from: number): readonly number[] {
    const starts: number[] = [];
    const byPiece = new Map<number, Rest[]>();
    for (const { pattern, pieces } of rests) {
      const piece = pieces[from];
      const rest = { pattern, pieces, from };
      if (piece === undefined) {
        this.#owner = this.#ownerOf([rest]);
        starts.push(this.#state(ACCEPT, pattern, -1));
        continue;
      }
      const number = this.#pieceNumber(piece);
      const alike = byPiece.get(number) ?? [];
      byPiece.set(number, alike);
      alike.push(rest);
    }
    for (const alike of byPiece.values()) starts.push(this.together(alike));
    return starts;
  }

  #ownerOf(rests: readonly Rest[]): number {
    const patterns = rests.map(({ pattern }) => pattern);
    const key = patterns.join();
    const known = this.#ownerNumbers.get(key);
    if (known !== undefined) return known;
    const owner = this.#owned.push(patterns) - 1;
    this.#ownerNumbers.set(key, owner);
    return owner;
  }

  /** Pieces that take the same texts, as far as that is seen from how they are made, have the same number. */
  #pieceNumber(piece: RelaxedNode): number {
    const known = this.#pieces.get(piece);
    if (known !== undefined) return known;
    const key = this.#contentOf(piece);
    const number = this.#pieceNumbers.get(key) ?? this.#pieceNumbers.size;
    this.#pieceNumbers.set(key, number);
    this.#pieces.set(piece, number);
    return number;
  }

  #contentOf(piece: RelaxedNode): string {
    switch (piece.kind) {
      case "set":
        return `s${this.#states.setNumber(piece.set)}`;
      case "anchor":
        return piece.at;
      case "look-behind":
        return `<${piece.negated}${this.#states.setNumber(piece.set)}`;
      case "look-ahead":
        return `=${piece.negated}${piece.texts.map((text) => text.map((set) => this.#states.setNumber(set))).join(";")}`;
      case "sequence":
        return `;${piece.items.map((item) => this.#pieceNumber(item)).join()}`;
      case "alternation":
        return `|${piece.branches.map((branch) => this.#pieceNumber(branch)).join()}`;
      case "repeat":
        return `${piece.min}-${piece.max}*${this.#pieceNumber(piece.body)}`;
    }
  }

  #state(kind: number, detail: number, next: number, other = -1): number {
    return this.#states.add(kind, detail, this.#owner, next, other);
  }

  /** The state at which the node begins, if it leads to `next`. */
  #add(node: RelaxedNode, next: number): number {
    switch (node.kind) {
      case "set":
        return this.#state(READ, this.#states.setNumber(node.set), next);
      case "anchor":
        if (node.at === "word-boundary" || node.at === "no-word-boundary")
          this.#states.setNumber(wordSet(true));
        return this.#state(ASSERT, ANCHORS.indexOf(node.at), next);
      case "look-behind":
        return this.#state(ASSERT, lookBehindNumber(this.#states.setNumber(node.set), node.negated), next);
      case "look-ahead":
        return this.#lookAhead(node, next);
      case "sequence":
        return node.items.reduceRight((after, item) => this.#add(item, after), next);
      case "alternation":
        return node.branches
          .map((branch) => this.#add(branch, next))
          .reduceRight((other, branch) => this.#state(SPLIT, 0, branch, other));
      case "repeat":
        return this.#repeat(node, next);
    }
  }

  /** One that is in a loop, or would need too much, counts as nothing. */
  #lookAhead(look: LookAhead, next: number): number {
    const start = this.#loops > 0 ? undefined : addLookAhead(this.#states, look, next);
    if (start === undefined) for (const pattern of this.#owned[this.#owner] ?? []) this.inexact.add(pattern);
    return start ?? next;
  }

  #repeat({ min, max, body }: RelaxedNode & { readonly kind: "repeat" }, next: number): number {
    let start = next;
    if (max === Infinity) {
      const again = this.#state(SPLIT, 0, -1, next);
      this.#loops++;
      const inside = this.#add(body, again);
      this.#loops--;
      this.#states.next[again] = inside;
      start = min === 0 ? again : inside;
      for (let copy = 1; copy < min; copy++) start = this.#add(body, start);
      return start;
    }
    for (let copy = max; copy > 0; copy--) {
      const inside = this.#add(body, start);
      start = copy > min ? this.#state(SPLIT, 0, inside, next) : inside;
    }
    return start;
  }
}
