/**
 * In how many ways a backtracking search can come to one place in the text and the pattern: the factor before the power of the text's
 * length. `(?:a?){20}` has a million of them, whatever the text's length.
 *
 * Two ways part at a split and meet again, having read the same text. A split from which no two ways meet multiplies nothing;
 * behind one from which they do, the ways of both its sides add up. Loops that share a text with each other are counted by
 * the power, loops that read a text in exponentially many ways are looked for elsewhere.
 * @module
 */
import { ASSERT, type Automaton, READ, SPLIT, type State } from "./automaton.ts";
import type { Loops } from "./automaton-loops.ts";
import { type CharSet, overlap } from "./char-set.ts";

/** Pairs of states looked at for one pattern; what is not looked at counts as meeting. */
const MAX_PAIRS = 100_000;

const NO_LOOP = -1;

/** The largest number of ways from the start to one place over one text; an upper bound, `Infinity` where it is beyond numbers. */
export function waysThrough({ states, start }: Automaton, loops: Loops): number {
  return new WayCount(states, loops).from(start);
}

class WayCount {
  readonly #states: readonly State[];
  readonly #loopOf: readonly number[];
  /** by state: the ways from it on */
  readonly #ways: Float64Array;
  readonly #overlaps = new Overlaps();
  #pairs = MAX_PAIRS;

  constructor(states: readonly State[], { loopOf, parts }: Loops) {
    this.#states = states;
    this.#loopOf = loopOf;
    this.#ways = new Float64Array(states.length).fill(1);
    for (const part of parts) {
      const [only = -1] = part;
      if ((loopOf[only] ?? NO_LOOP) !== NO_LOOP) this.#countLoop(part);
      else this.#ways[only] = this.#waysOfState(only);
    }
  }

  from(state: number): number {
    return this.#ways[state] ?? 1;
  }

  #waysOfState(index: number): number {
    const state = this.#states[index];
    if (state === undefined || state.next < 0) return 1;
    const next = this.from(state.next);
    // V8 gets either side of a word's edge as an alternative of its own.
    if (state.kind === ASSERT && isWordEdge(state)) return 2 * next;
    if (state.kind !== SPLIT || state.other < 0) return next;
    const other = this.from(state.other);
    return this.#meet(state, NO_LOOP) ? next + other : Math.max(next, other);
  }

  #countLoop(members: readonly number[]): void {
    const loop = this.#loopOf[members[0] ?? -1] ?? NO_LOOP;
    let leaving = 1;
    let factor = 1;
    for (const index of members) {
      const state = this.#states[index];
      for (const way of [state?.next ?? -1, state?.other ?? -1]) {
        if (way >= 0 && this.#loopOf[way] !== loop) leaving = Math.max(leaving, this.from(way));
      }
      if (state === undefined) continue;
      const parts =
        state.kind === SPLIT ? this.#isExit(state, loop) && this.#meet(state, loop) : isWordEdge(state);
      if (parts) factor *= 2;
    }
    for (const index of members) this.#ways[index] = factor * leaving;
  }

  #isExit({ next, other }: State, loop: number): boolean {
    return (this.#loopOf[next] === loop) !== (this.#loopOf[other] === loop);
  }

  /**
   * Whether two ways that part at the split may meet having read the same.
   *
   * @param loop the loop whose exit it is: the ways then read nothing in other loops, which are the power's business
   */
  #meet(split: State, loop: number): boolean {
    const count = this.#states.length;
    const seen = new Set<number>();
    const pending: number[] = [];
    const visit = (one: number, other: number): void => {
      if (one < 0 || other < 0) return;
      const key = one * count + other;
      if (seen.has(key)) return;
      seen.add(key);
      pending.push(key);
    };
    visit(split.next, split.other);
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      const [a, b] = [Math.floor(key / count), key % count];
      if (a === b || this.#pairs-- <= 0) return true;
      const [one, other] = [this.#states[a], this.#states[b]];
      if (one === undefined || other === undefined) continue;
      if (one.kind === SPLIT || one.kind === ASSERT) {
        visit(one.next, b);
        visit(one.other, b);
      } else if (other.kind === SPLIT || other.kind === ASSERT) {
        visit(a, other.next);
        visit(a, other.other);
      } else if (one.kind === READ && other.kind === READ) {
        const isOutside = loop !== NO_LOOP && (this.#isInOther(a, loop) || this.#isInOther(b, loop));
        if (!isOutside && this.#overlaps.overlap(one.set, other.set)) visit(one.next, other.next);
      }
    }
    return false;
  }

  #isInOther(state: number, loop: number): boolean {
    const own = this.#loopOf[state] ?? NO_LOOP;
    return own !== NO_LOOP && own !== loop;
  }
}

function isWordEdge({ anchor }: State): boolean {
  return anchor?.at === "word-boundary" || anchor?.at === "no-word-boundary";
}

/** Which sets have a character in common, each two looked at once. */
class Overlaps {
  readonly #numbers = new Map<CharSet, number>();
  readonly #known = new Map<number, boolean>();

  overlap(one: CharSet, other: CharSet): boolean {
    if (one === other) return one.length > 0;
    const [a, b] = [this.#numberOf(one), this.#numberOf(other)];
    const key = a < b ? a * 65_536 + b : b * 65_536 + a;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const result = overlap(one, other);
    this.#known.set(key, result);
    return result;
  }

  #numberOf(set: CharSet): number {
    const number = this.#numbers.get(set) ?? this.#numbers.size;
    this.#numbers.set(set, number);
    return number;
  }
}
