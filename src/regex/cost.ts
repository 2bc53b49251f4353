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
import { ALL_CHARACTERS, type CharSet, hasCodePoint, intersectionOf, overlap, unionOf } from "./char-set.ts";
import type { Node } from "./tree.ts";

/** Steps that V8 may take for one search by the bound; about 5 ms. */
const MAX_NATIVE_STEPS = 5_000_000;

const NEWLINE = 0x0a;

/** A loop of the automaton: a strongly connected part. */
interface Loop {
  readonly states: readonly number[];
  readonly alphabet: CharSet;
}

/** Longest text, in UTF-16 units, that V8 searches surely in time if the steps grow with that power of the length. */
export function nativeLimit(degree: number): number {
  return degree <= 1 ? Infinity : Math.floor(MAX_NATIVE_STEPS ** (1 / degree));
}

/** A cost for people: `quadratic: native up to 2,236 characters, then exact`. */
export function describeCost(degree: number): string {
  if (degree <= 1) return "linear";
  const growth = degree === 2 ? "quadratic" : degree === 3 ? "cubic" : `power ${degree}`;
  const known = Number.isFinite(degree) ? growth : "too large to tell";
  return `${known}: native up to ${grouped(nativeLimit(degree))} characters, then exact`;
}

/** `2,236` */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/**
 * The power of the text's length that bounds the steps of a search with backtracking; `Infinity` if the pattern is too large to tell.
 *
 * @param root the tree with its characters resolved and without conditions
 */
export function searchDegree(root: Node): number {
  const automaton = automatonOf(root, "cost");
  return automaton === undefined ? Infinity : new DegreeOfSearch(automaton).degree();
}

class DegreeOfSearch {
  readonly #states: readonly State[];
  /** loops in the order in which a match passes them */
  readonly #loops: readonly Loop[];
  readonly #loopOf: readonly number[];
  readonly #start: number;

  constructor({ states, start }: Automaton) {
    this.#states = states;
    this.#start = start;
    const { loops, loopOf } = loopsOf(states);
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

/** The loops of an automaton, earlier ones first (Tarjan's components come out last first). */
function loopsOf(states: readonly State[]): { loops: readonly Loop[]; loopOf: readonly number[] } {
  const loopOf = new Array<number>(states.length).fill(-1);
  const components: number[][] = componentsOf(states);
  const loops: Loop[] = [];
  for (const component of components.reverse()) {
    const [only] = component;
    const state = only === undefined ? undefined : states[only];
    if (component.length === 1 && state?.next !== only && state?.other !== only) continue;
    let alphabet: CharSet = [];
    for (const member of component) {
      const read = states[member];
      if (read?.kind === READ) alphabet = unionOf(alphabet, read.set);
      loopOf[member] = loops.length;
    }
    loops.push({ states: component, alphabet });
  }
  return { loops, loopOf };
}

/** Strongly connected components, a component after all that it leads to. */
function componentsOf(states: readonly State[]): number[][] {
  const components: number[][] = [];
  const order = new Int32Array(states.length).fill(-1);
  const low = new Int32Array(states.length);
  const isOpen = new Uint8Array(states.length);
  const open: number[] = [];
  let count = 0;
  const waysOf = (index: number): readonly number[] => {
    const state = states[index];
    return state === undefined ? [] : [state.next, state.other].filter((way) => way >= 0);
  };
  for (let root = 0; root < states.length; root++) {
    if ((order[root] ?? 0) >= 0) continue;
    const calls: { readonly index: number; way: number }[] = [];
    const enter = (index: number): void => {
      order[index] = count;
      low[index] = count++;
      isOpen[index] = 1;
      open.push(index);
      calls.push({ index, way: 0 });
    };
    enter(root);
    for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
      const { index } = call;
      const target = waysOf(index)[call.way++];
      if (target !== undefined) {
        if ((order[target] ?? 0) < 0) enter(target);
        else if (isOpen[target] === 1) low[index] = Math.min(low[index] ?? 0, order[target] ?? 0);
        continue;
      }
      calls.pop();
      const caller = calls.at(-1)?.index;
      if (caller !== undefined) low[caller] = Math.min(low[caller] ?? 0, low[index] ?? 0);
      if (low[index] !== order[index]) continue;
      const component: number[] = [];
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        isOpen[member] = 0;
        component.push(member);
        if (member === index) break;
      }
      components.push(component);
    }
  }
  return components;
}
