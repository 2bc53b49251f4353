/**
 * Looks ahead at a text of known length, as states that need no look: what comes behind the place of the look is read as the pattern
 * reads it and as the text has it at once. Where it goes on as the text does not, the pattern goes on as if nothing had been looked for.
 * @module
 */
import { type CharSet, complementOf, intersectionOf } from "../regex/char-set.ts";
import type { LookAhead } from "./relaxed-tree.ts";
import { ACCEPT, ANCHORS, ASSERT, READ, SPLIT, type StateList } from "./state-list.ts";

/** States that one look may add. */
const MAX_STATES = 300;

/**
 * Adds what the look makes of the states behind it.
 *
 * @param next where the pattern goes on behind the look; all that is reached from there is built
 * @returns where it goes on now; `undefined`: that would take too many states
 */
export function addLookAhead(states: StateList, look: LookAhead, next: number): number | undefined {
  const limit = states.count + MAX_STATES;
  let start: number | undefined = look.negated ? next : undefined;
  for (const text of look.texts) {
    const watched = new WatchedText(states, text, look.negated, limit);
    if (look.negated) start = watched.at(start ?? next);
    else {
      const way = watched.at(next);
      start = start === undefined ? way : states.add(SPLIT, 0, states.owners[next] ?? 0, way, start);
    }
    if (watched.isTooLarge) return undefined;
  }
  return start;
}

class WatchedText {
  readonly #states: StateList;
  readonly #text: readonly CharSet[];
  readonly #negated: boolean;
  readonly #limit: number;
  /** by state, and how much of the text has come: what becomes of it */
  readonly #made = new Map<number, number>();
  isTooLarge = false;

  constructor(states: StateList, text: readonly CharSet[], negated: boolean, limit: number) {
    this.#states = states;
    this.#text = text;
    this.#negated = negated;
    this.#limit = limit;
  }

  /** The state as it is where so many characters of the text have come since the look. */
  at(state: number, come = 0): number {
    const states = this.#states;
    if (states.count > this.#limit) {
      this.isTooLarge = true;
      return state;
    }
    const key = state * this.#text.length + come;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    switch (states.kinds[state]) {
      case SPLIT:
        return this.#split(state, come, key);
      case ASSERT: {
        const made = this.#copy(state);
        this.#made.set(key, made);
        states.next[made] = this.at(states.next[state] ?? -1, come);
        return made;
      }
    }
    const made = this.#reading(state, come);
    this.#made.set(key, made);
    return made;
  }

  #copy(state: number): number {
    const { kinds, details, owners, next, other } = this.#states;
    return this.#states.add(
      kinds[state] ?? SPLIT,
      details[state] ?? 0,
      owners[state] ?? 0,
      next[state] ?? -1,
      other[state] ?? -1,
    );
  }

  /** A split may be in a loop that leads back to it. */
  #split(state: number, come: number, key: number): number {
    const { next, other } = this.#states;
    const made = this.#copy(state);
    this.#made.set(key, made);
    const ways = [this.at(next[state] ?? -1, come), this.at(other[state] ?? -1, come)] as const;
    [next[made], other[made]] = ways;
    if (ways[0] !== next[state] || ways[1] !== other[state]) return made;
    this.#made.set(key, state);
    return state;
  }

  /** Of a state that reads, or behind which the pattern reads no more. */
  #reading(state: number, come: number): number {
    const states = this.#states;
    const accepts = states.kinds[state] === ACCEPT;
    const set = accepts ? ANY : states.setOf(state);
    const behind = accepts ? state : (states.next[state] ?? -1);
    const expected = this.#text[come] ?? [];
    const asExpected = intersectionOf(set, expected);
    if (this.#negated && !accepts && asExpected.length === 0) return state;
    const isLast = come + 1 === this.#text.length;
    const ways: number[] = [];
    if (asExpected.length > 0 && !(this.#negated && isLast))
      ways.push(this.#read(state, asExpected, isLast ? behind : this.at(behind, come + 1)));
    if (this.#negated) {
      const others = intersectionOf(set, complementOf(expected));
      if (others.length > 0) ways.push(this.#read(state, others, behind));
      if (accepts) ways.push(this.#atEnd(state));
    }
    const [first = this.#read(state, [], behind)] = ways;
    return ways.slice(1).reduce((other, way) => this.#add(state, SPLIT, 0, way, other), first);
  }

  #read(state: number, set: CharSet, next: number): number {
    return this.#add(state, READ, this.#states.setNumber(set), next);
  }

  #atEnd(state: number): number {
    return this.#add(state, ASSERT, ANCHORS.indexOf("text-end"), state);
  }

  /** @param state whose owner has it */
  #add(state: number, kind: number, detail: number, next: number, other = -1): number {
    return this.#states.add(kind, detail, this.#states.owners[state] ?? 0, next, other);
  }
}

const ANY: CharSet = complementOf([]);
