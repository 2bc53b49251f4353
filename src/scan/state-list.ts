/**
 * The states of a byte automaton while it is built: what each does, where it leads, and which patterns it belongs to.
 * @module
 */
import type { CharSet } from "../regex/char-set.ts";
import type { AnchorNode } from "../regex/tree.ts";

// Kinds of states.
export const READ = 0;
export const SPLIT = 1;
export const ASSERT = 2;
export const ACCEPT = 3;

/** Anchors by their number. */
export const ANCHORS: readonly AnchorNode["at"][] = [
  "text-start",
  "line-start",
  "text-end",
  "line-end",
  "last-line-end",
  "word-boundary",
  "no-word-boundary",
];

/** What a state that asserts asks of the character before it, as its number; anchors have lower ones. */
export const lookBehindNumber = (set: number, negated: boolean): number =>
  ANCHORS.length + 2 * set + (negated ? 1 : 0);

/** @returns the set that the character before is, or is not, of; `undefined` for an anchor */
export function lookBehindOf(
  number: number,
): { readonly set: number; readonly negated: boolean } | undefined {
  const look = number - ANCHORS.length;
  return look < 0 ? undefined : { set: look >> 1, negated: (look & 1) === 1 };
}

export class StateList {
  readonly kinds: number[] = [];
  /** where a state leads, and the second way of a split */
  readonly next: number[] = [];
  readonly other: number[] = [];
  /** READ: number of a set; ASSERT: of an anchor or a look behind; ACCEPT: the pattern */
  readonly details: number[] = [];
  /** which patterns can be reached, as a number of the builder's */
  readonly owners: number[] = [];
  readonly sets: CharSet[] = [];
  readonly #setNumbers = new Map<CharSet | string, number>();

  get count(): number {
    return this.kinds.length;
  }

  add(kind: number, detail: number, owner: number, next: number, other = -1): number {
    this.next.push(next);
    this.other.push(other);
    this.details.push(detail);
    this.owners.push(owner);
    return this.kinds.push(kind) - 1;
  }

  /** Sets that hold the same have the same number. */
  setNumber(set: CharSet): number {
    const known = this.#setNumbers.get(set);
    if (known !== undefined) return known;
    const key = set.join();
    const number = this.#setNumbers.get(key) ?? this.sets.push(set) - 1;
    this.#setNumbers.set(key, number);
    this.#setNumbers.set(set, number);
    return number;
  }

  /** What a state that reads takes. */
  setOf(state: number): CharSet {
    return this.sets[this.details[state] ?? -1] ?? [];
  }
}
