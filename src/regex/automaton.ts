/**
 * A pattern as an automaton: what a match may read, without captures and without an order of tries.
 * Lookarounds count as nothing, references as any text, long counted repeats as unlimited: it may read more than the
 * pattern does, never less. From it come the bound on the cost of a search and the quick test whether a text can match.
 * @module
 */
import { ALL_CHARACTERS, type CharSet } from "./char-set.ts";
import { type AnchorNode, childrenOf, type Node, type RepeatNode } from "./tree.ts";

/** Nodes beyond which a pattern gets no automaton. */
const MAX_STATES = 6000;

/** Counted repeats up to this many are written out; longer ones count as without limit. */
const MAX_COPIES = 16;

/** States that the copies of one repeat may have together. */
const MAX_COPIED_STATES = 400;

export const READ = 0;
export const SPLIT = 1;
export const ASSERT = 2;
export const ACCEPT = 3;
/** the end of a look around: nothing follows */
export const DEAD = 4;

/** One state: `next` is where it leads, `other` the second way of a split, -1 for none. */
export interface State {
  readonly kind: typeof READ | typeof SPLIT | typeof ASSERT | typeof ACCEPT | typeof DEAD;
  readonly set: CharSet;
  readonly anchor: AnchorNode | undefined;
  next: number;
  other: number;
}

export interface Automaton {
  readonly states: readonly State[];
  readonly start: number;
}

/** What the automaton is for: a bound on the cost counts the tries within lookarounds, too. */
export type Purpose = "cost" | "match";

/** Whether the copies of a repeat are states of their own; it is a loop otherwise. */
export function isWrittenOut({ max, body }: RepeatNode): boolean {
  return max <= MAX_COPIES && max * statesOf(body) <= MAX_COPIED_STATES;
}

function statesOf(node: Node): number {
  const inside = childrenOf(node).reduce((sum, child) => sum + statesOf(child), 1);
  const isCopied = node.kind === "repeat" && node.max <= MAX_COPIES && node.max * inside <= MAX_COPIED_STATES;
  return isCopied ? inside * Math.max(1, node.max) : inside;
}

/** @returns `undefined` if the pattern is too large */
export function automatonOf(root: Node, purpose: Purpose): Automaton | undefined {
  const builder = new Builder(purpose);
  const start = builder.add(root, builder.accept());
  return builder.isTooLarge ? undefined : { states: builder.states, start };
}

/** Builds from the end to the beginning: every node is told where it leads. */
class Builder {
  readonly states: State[] = [];
  readonly #purpose: Purpose;

  constructor(purpose: Purpose) {
    this.#purpose = purpose;
  }

  get isTooLarge(): boolean {
    return this.states.length > MAX_STATES;
  }

  accept(): number {
    return this.#state({ kind: ACCEPT });
  }

  #state(part: Partial<State> & Pick<State, "kind">): number {
    return this.states.push({ set: [], anchor: undefined, next: -1, other: -1, ...part }) - 1;
  }

  /** The state at which the node begins, if it leads to `next`. */
  add(node: Node, next: number): number {
    if (this.isTooLarge) return next;
    switch (node.kind) {
      case "set":
        return this.#state({ kind: READ, set: node.set, next });
      case "sequence":
        return node.items.reduceRight((after, item) => this.add(item, after), next);
      case "alternation":
        return this.#branches(node.branches, next);
      case "conditional":
        return this.#branches([node.yes, node.no], next);
      case "group":
      case "atomic":
        return this.add(node.body, next);
      case "repeat":
        return this.#repeat(node, next);
      case "anchor":
        return this.#state({ kind: ASSERT, anchor: node, next });
      case "look":
        if (this.#purpose === "match") return next;
        return this.#state({ kind: SPLIT, next, other: this.add(node.body, this.#state({ kind: DEAD })) });
      case "reference":
        return this.#loop({ kind: "set", set: ALL_CHARACTERS }, next);
      default:
        throw new Error(`a "${node.kind}" was left over`);
    }
  }

  #branches(branches: readonly Node[], next: number): number {
    return branches
      .map((branch) => this.add(branch, next))
      .reduceRight((other, branch) => this.#state({ kind: SPLIT, next: branch, other }));
  }

  #repeat(node: RepeatNode, next: number): number {
    const { min, max, body } = node;
    if (max === 0) return next;
    if (!isWrittenOut(node)) return min === 0 ? this.#loop(body, next) : this.#loopOnce(body, next);
    let start = next;
    for (let copy = max; copy > 0; copy--) {
      const inside = this.add(body, start);
      start = copy > min ? this.#state({ kind: SPLIT, next: inside, other: next }) : inside;
    }
    return start;
  }

  /** `X*` */
  #loop(body: Node, next: number): number {
    const again = this.#state({ kind: SPLIT, next: -1, other: next });
    const state = this.states[again];
    if (state !== undefined) state.next = this.add(body, again);
    return again;
  }

  /** `X+` */
  #loopOnce(body: Node, next: number): number {
    const again = this.#state({ kind: SPLIT, next: -1, other: next });
    const start = this.add(body, again);
    const state = this.states[again];
    if (state !== undefined) state.next = start;
    return start;
  }
}
