/**
 * The loops of an automaton: its strongly connected parts.
 * @module
 */
import { READ, type State } from "./automaton.ts";
import { type CharSet, unionOf } from "./char-set.ts";

/** A strongly connected part that can be gone through again and again. */
export interface Loop {
  readonly states: readonly number[];
  /** all that is read in it */
  readonly alphabet: CharSet;
}

export interface Loops {
  /** in the order in which a match passes them */
  readonly loops: readonly Loop[];
  /** by state: the number of its loop, -1 for none */
  readonly loopOf: readonly number[];
  /** all strongly connected parts, loops and single states, a part after all that it leads to */
  readonly parts: readonly (readonly number[])[];
}

export function loopsOf(states: readonly State[]): Loops {
  const loopOf = new Array<number>(states.length).fill(-1);
  const parts = componentsOf(states);
  const loops: Loop[] = [];
  for (const component of parts.toReversed()) {
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
  return { loops, loopOf, parts };
}

/** Strongly connected components by Tarjan's walk, a component after all that it leads to. */
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
