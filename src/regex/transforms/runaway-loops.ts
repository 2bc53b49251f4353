/**
 * Loops that can read one text in a number of ways that doubles with its length, as `(?:a+)+` or `(?:\w|\d)*`. V8 has no budget, so
 * such a pattern is left to the exact matcher, which gives up in time. A loop is seen as an automaton whose states are its characters;
 * two different ways from a state back to itself over the same text are what runs away. Not looked for here, but counted by the cost
 * (`../cost.ts`): what grows with a power of the length (`.*x.*y`), and the few copies of a short counted repeat.
 * @module
 */
import { isWrittenOut } from "../automaton.ts";
import { overlap } from "../char-set.ts";
import { childrenOf, type Node, type RepeatNode, unwrapped } from "../tree.ts";
import { canBeEmpty } from "../width.ts";
import { LoopAutomaton } from "./loop-automaton.ts";
import { NativeRefusal } from "./refusal.ts";

/** @throws {NativeRefusal} a loop that runs away, or is too large to tell */
export function checkRunawayLoops(node: Node): void {
  // Few copies are counted one by one, by the cost.
  if (node.kind === "repeat" && !isWrittenOut(node) && runsAway(node)) {
    throw new NativeRefusal(
      "a loop reads some texts in exponentially many ways, and only the exact matcher has a budget",
    );
  }
  for (const child of childrenOf(node)) checkRunawayLoops(child);
}

function runsAway({ min, body }: RepeatNode): boolean {
  if (unwrapped(body).kind === "set") return false;
  // Each iteration that must be there can be an empty one.
  if (min > 1 && canBeEmpty(body)) return true;
  const automaton = new LoopAutomaton(body);
  return automaton.isAmbiguous || hasTwoWaysBack(automaton);
}

/** Whether two walks that begin in one state part, read the same characters, and meet again. */
function hasTwoWaysBack({ sets, next }: LoopAutomaton): boolean {
  const count = sets.length;
  const overlaps = new Map<number, boolean>();
  const mayMeet = (a: number, b: number): boolean => {
    const key = a * count + b;
    const known = overlaps.get(key);
    if (known !== undefined) return known;
    const result = overlap(sets[a] ?? [], sets[b] ?? []);
    overlaps.set(key, result);
    return result;
  };
  const seen = new Set<number>();
  const pending: (readonly [number, number])[] = [];
  for (let state = 0; state < count; state++) pending.push([state, state]);
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [a, b] = pair;
    for (const nextA of next[a] ?? []) {
      for (const nextB of next[b] ?? []) {
        if (nextA === nextB) {
          if (a !== b) return true;
          continue;
        }
        const key = nextA * count + nextB;
        if (seen.has(key) || !mayMeet(nextA, nextB)) continue;
        seen.add(key);
        pending.push([nextA, nextB]);
      }
    }
  }
  return false;
}
