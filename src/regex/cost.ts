/**
 * How the time of a backtracking search grows with the text: n, n², n³ …
 * A loop is ambiguous with a later one where both can read the same text and lead into each other without leaving it: then
 * that text can be shared between them in as many ways as it is long. Each such pair on a way through the pattern
 * is one more power of the length; a search that may begin anywhere is one more loop before all others.
 * An upper bound: a loop of several characters counts as reading any text made of them.
 * Loops that read one text in exponentially many ways are looked for elsewhere.
 * @module
 */
import { ASSERT, type Automaton, automatonOf, READ, type State } from "./automaton.ts";
import { type Loop, type Loops, loopsOf } from "./automaton-loops.ts";
import { ALL_CHARACTERS, type CharSet, hasCodePoint, intersectionOf, overlap } from "./char-set.ts";
import type { Node } from "./tree.ts";
import { waysThrough } from "./ways.ts";

/** Steps that V8 may take for one search by the bound; about 5 ms. */
const MAX_NATIVE_STEPS = 5_000_000;

const NEWLINE = 0x0a;

/** Ways that a pattern with an address in it has, and that the steps are not divided by. */
const USUAL_WAYS = 64;

/** Ways beyond which V8 gets no text at all: ways without a character in between it goes through when it compiles, too (20 ms for so many). */
const MAX_NATIVE_WAYS = 2 ** 17;

/** Loops beyond which the power is not worked out; that takes time with the square of them. */
const MAX_LOOPS = 250;

/** What bounds the steps of a search: the ways times that power of the text's length. */
export interface SearchCost {
  /** `Infinity` if the pattern is too large to tell */
  readonly degree: number;
  /** `Infinity` where they are beyond numbers */
  readonly ways: number;
}

export const LINEAR: SearchCost = { degree: 1, ways: 1 };

const TOO_LARGE: SearchCost = { degree: Infinity, ways: Infinity };

/** Longest text, in UTF-16 units, that V8 searches surely in time; -1: not even an empty one. */
export function nativeLimit({ degree, ways }: SearchCost): number {
  if (ways > MAX_NATIVE_WAYS) return -1;
  const steps = MAX_NATIVE_STEPS / Math.max(1, ways / USUAL_WAYS);
  return degree <= 1 && ways <= USUAL_WAYS ? Infinity : Math.floor(steps ** (1 / degree));
}

/** The cost of a pattern that V8 gets, for people: `quadratic: native up to 2,236 characters, then exact`. */
export function describeCost(cost: SearchCost): string {
  const { degree, ways } = cost;
  const limit = nativeLimit(cost);
  const growth =
    degree <= 1 ? "linear" : degree === 2 ? "quadratic" : degree === 3 ? "cubic" : `power ${degree}`;
  if (limit === Infinity) return growth;
  const known = Number.isFinite(degree) ? growth : "too large to tell";
  const often = ways > USUAL_WAYS ? `, in ${grouped(ways)} ways` : "";
  return `${known}${often}: native up to ${grouped(limit)} characters, then exact`;
}

/** `2,236` */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/**
 * The bound on the steps of a search with backtracking.
 *
 * @param root the tree with its characters resolved and without conditions
 */
export function searchCost(root: Node): SearchCost {
  const automaton = automatonOf(root, "cost");
  if (automaton === undefined) return TOO_LARGE;
  const loops = loopsOf(automaton.states);
  if (loops.loops.length > MAX_LOOPS) return TOO_LARGE;
  return { degree: new DegreeOfSearch(automaton, loops).degree(), ways: waysThrough(automaton, loops) };
}

class DegreeOfSearch {
  readonly #states: readonly State[];
  /** loops in the order in which a match passes them */
  readonly #loops: readonly Loop[];
  readonly #loopOf: readonly number[];
  readonly #start: number;

  constructor({ states, start }: Automaton, { loops, loopOf }: Loops) {
    this.#states = states;
    this.#start = start;
    this.#loops = loops;
    this.#loopOf = loopOf;
  }

  degree(): number {
    // The search itself comes first: a loop over everything that leads to the start.
    const reachedFromStart = this.#reachable([this.#start], ALL_CHARACTERS, true);
    const powers = new Array<number>(this.#loops.length).fill(0);
    const fromSearch = this.#reachable([this.#start], ALL_CHARACTERS, false);
    let most = 0;
    for (const [index, loop] of this.#loops.entries()) {
      if (!reachedFromStart.has(index)) continue;
      if (fromSearch.has(index) && this.#reachable([this.#start], loop.alphabet, false).has(index)) {
        powers[index] = Math.max(powers[index] ?? 0, 1);
      }
      const power = powers[index] ?? 0;
      most = Math.max(most, power);
      this.#passOn(index, loop, power, powers);
    }
    return most + 1;
  }

  /** Notes what a loop means for those that may come after it. */
  #passOn(index: number, loop: Loop, power: number, powers: number[]): void {
    const reachableBy = new Map<string, ReadonlySet<number>>();
    for (const later of this.#reachable(loop.states, ALL_CHARACTERS, false)) {
      if (later === index) continue;
      const common = intersectionOf(loop.alphabet, this.#loops[later]?.alphabet ?? []);
      const key = common.join();
      const reachable = reachableBy.get(key) ?? this.#reachable(loop.states, common, false);
      reachableBy.set(key, reachable);
      const isAmbiguous = common.length > 0 && reachable.has(later);
      powers[later] = Math.max(powers[later] ?? 0, power + (isAmbiguous ? 1 : 0));
    }
  }

  /** The loops that can be entered from the states by reading nothing but characters of the alphabet. */
  #reachable(from: readonly number[], alphabet: CharSet, isAtStart: boolean): ReadonlySet<number> {
    const reached = new Set<number>();
    const seen = new Uint8Array(this.#states.length);
    const hasNewline = hasCodePoint(alphabet, NEWLINE);
    const pending: number[] = [];
    const visit = (state: number): void => {
      if (state < 0 || seen[state] === 1) return;
      seen[state] = 1;
      pending.push(state);
    };
    const pass = ({ kind, set, anchor, next, other }: State, index: number): void => {
      if (kind === READ) {
        if (!overlap(set, alphabet)) return;
        const loop = this.#loopOf[index] ?? -1;
        if (loop >= 0) reached.add(loop);
      } else if (kind === ASSERT && !isPassable(anchor?.at, isAtStart, hasNewline)) return;
      visit(next);
      visit(other);
    };
    for (const state of from) visit(state);
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const state = this.#states[index];
      if (state !== undefined) pass(state, index);
    }
    return reached;
  }
}

/** Whether a way that is gone again and again may lead through the place. */
function isPassable(at: string | undefined, isAtStart: boolean, hasNewline: boolean): boolean {
  switch (at) {
    case "text-start":
      return isAtStart;
    case "text-end":
    case "last-line-end":
      return isAtStart;
    case "line-start":
    case "line-end":
      return isAtStart || hasNewline;
    default:
      return true;
  }
}
