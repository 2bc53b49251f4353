/**
 * A pattern as an automaton whose ways are in the order in which Python tries them, with the places of its groups. Only for patterns
 * whose matches such an order decides: no references, no atomic groups, looks back at one character, groups outside of loops and looks.
 * @module
 */
import type { CharSet } from "../char-set.ts";
import { type AnchorNode, type LookNode, type Node, type RepeatNode, unwrapped } from "../tree.ts";
import { canBeEmpty } from "../width.ts";

/** States beyond which a pattern is too large. */
const MAX_STATES = 6000;

export const READ = 0;
export const SPLIT = 1;
export const TAG = 2;
export const ASSERT = 3;
export const ACCEPT = 4;
/** something must, or must not, come behind, which ends with the state after it */
export const LOOK = 5;
export const LOOKED = 6;

/** As a tag: the end of the match, where a look of it goes on behind it. */
export const END_TAG = 1;

/** What must hold between two characters. */
export type Condition =
  | { readonly kind: "anchor"; readonly anchor: AnchorNode }
  /** one of these characters, or anchors, is before or behind; or none of them */
  | {
      readonly kind: "neighbour";
      readonly behind: boolean;
      readonly negated: boolean;
      readonly sets: readonly CharSet[];
      readonly anchors: readonly AnchorNode[];
    };

export interface LookState {
  readonly kind: typeof LOOK;
  readonly negated: boolean;
  readonly body: number;
  readonly next: number;
}

/** `next` comes first, `other` is the second way of a split. */
export type OrderedState =
  | { readonly kind: typeof READ; readonly set: CharSet; readonly next: number }
  | { readonly kind: typeof SPLIT; next: number; other: number }
  | { readonly kind: typeof TAG; readonly tag: number; readonly next: number }
  | { readonly kind: typeof ASSERT; readonly condition: Condition; readonly next: number }
  | { readonly kind: typeof ACCEPT }
  | LookState
  | { readonly kind: typeof LOOKED };

export interface OrderedProgram {
  readonly states: readonly OrderedState[];
  readonly start: number;
  /** whether there are looks ahead at more than one character */
  readonly looksFar: boolean;
}

export interface ProgramOptions {
  /** looks ahead at more than one character may be there: a match may end before the place where it is known */
  readonly looksFar?: boolean;
}

/** The pattern is none of these. */
class Ineligible extends Error {}

/**
 * @param root characters resolved, conditions written out
 * @returns `undefined` if an order of ways does not say what the pattern says, or it is too large
 */
export function orderedProgramOf(
  root: Node,
  { looksFar = false }: ProgramOptions = {},
): OrderedProgram | undefined {
  const builder = new Builder(looksFar);
  try {
    const start = builder.add(root, builder.accept());
    return { states: builder.states, start, looksFar: builder.looksFar };
  } catch (error) {
    if (error instanceof Ineligible) return undefined;
    throw error;
  }
}

/** Builds from the end to the beginning: every node is told where it leads. */
class Builder {
  readonly states: OrderedState[] = [];
  looksFar = false;
  readonly #mayLookFar: boolean;
  #loops = 0;
  #looks = 0;

  constructor(mayLookFar: boolean) {
    this.#mayLookFar = mayLookFar;
  }

  accept(): number {
    return this.#state({ kind: ACCEPT });
  }

  /** The state at which the node begins, if it leads to `next`. */
  add(node: Node, next: number): number {
    switch (node.kind) {
      case "set":
        return this.#state({ kind: READ, set: node.set, next });
      case "sequence":
        return node.items.reduceRight((after, item) => this.add(item, after), next);
      case "alternation":
        return node.branches
          .map((branch) => this.add(branch, next))
          .reduceRight((other, branch) => this.#state({ kind: SPLIT, next: branch, other }));
      case "group": {
        // what a group holds after an iteration that was undone is Python's secret
        if (this.#loops > 0 || this.#looks > 0) throw new Ineligible();
        const close = this.#state({ kind: TAG, tag: 2 * node.number + 1, next });
        return this.#state({ kind: TAG, tag: 2 * node.number, next: this.add(node.body, close) });
      }
      case "repeat":
        return this.#repeat(node, next);
      case "anchor":
        return this.#state({ kind: ASSERT, condition: { kind: "anchor", anchor: node }, next });
      case "look":
        return this.#look(node, next);
      default:
        throw new Ineligible();
    }
  }

  #state(state: OrderedState): number {
    if (this.states.length >= MAX_STATES) throw new Ineligible();
    return this.states.push(state) - 1;
  }

  #look(node: LookNode, next: number): number {
    const condition = conditionOf(node);
    if (condition !== undefined) return this.#state({ kind: ASSERT, condition, next });
    // one that is wanted in a loop would have to come for each iteration
    const isRefused = !this.#mayLookFar || this.#looks > 0 || (this.#loops > 0 && !node.negated);
    if (node.behind || isRefused) throw new Ineligible();
    this.looksFar = true;
    this.#looks++;
    const body = this.add(node.body, this.#state({ kind: LOOKED }));
    this.#looks--;
    return this.#state({ kind: LOOK, negated: node.negated, body, next });
  }

  #split(taken: number, left: number, lazy: boolean): number {
    return this.#state({ kind: SPLIT, next: lazy ? left : taken, other: lazy ? taken : left });
  }

  #repeat({ min, max, lazy, body }: RepeatNode, next: number): number {
    if (max > 1) {
      // Python leaves a loop at an iteration that takes nothing; which way it goes there does not matter to a look
      if (this.#looks === 0 && canBeEmpty(body)) throw new Ineligible();
      this.#loops++;
    }
    let start = next;
    if (max === Infinity) {
      const again: OrderedState & { kind: typeof SPLIT } = { kind: SPLIT, next: -1, other: -1 };
      const loop = this.#state(again);
      const inside = this.add(body, loop);
      again.next = lazy ? next : inside;
      again.other = lazy ? inside : next;
      start = loop;
    } else {
      for (let copy = max; copy > min; copy--) start = this.#split(this.add(body, start), next, lazy);
    }
    for (let copy = 0; copy < min; copy++) start = this.add(body, start);
    if (max > 1) this.#loops--;
    return start;
  }
}

/** @returns `undefined` if it looks at more than one character */
function conditionOf({ behind, negated, width, body }: LookNode): Condition | undefined {
  const inner = unwrapped(body);
  const branches = inner.kind === "alternation" ? inner.branches.map(unwrapped) : [inner];
  const sets: CharSet[] = [];
  const anchors: AnchorNode[] = [];
  for (const branch of branches) {
    if (branch.kind === "set") sets.push(branch.set);
    else if (branch.kind === "anchor" && !behind) anchors.push(branch);
    else return undefined;
  }
  return behind && width !== 1 ? undefined : { kind: "neighbour", behind, negated, sets, anchors };
}
