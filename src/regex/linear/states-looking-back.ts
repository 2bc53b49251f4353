/**
 * Which states of a program ask for what is before a place once they are told what is behind it: a row has to know what is before only
 * where one of these waits.
 * @module
 */
import type { AnchorNode } from "../tree.ts";
import { ASSERT, type Condition, LOOK, type OrderedState, SPLIT, TAG } from "./ordered-program.ts";

/** By state: 1 if it, or one that it leads to without a character, asks so. */
export function statesLookingBack(states: readonly OrderedState[]): Uint8Array {
  const asks = new Uint8Array(states.length);
  if (!states.some((state) => state.kind === ASSERT && looksBack(state.condition))) return asks;
  const asksBehind = (state: OrderedState): boolean => {
    switch (state.kind) {
      case SPLIT:
        return asks[state.next] === 1 || asks[state.other] === 1;
      case TAG:
        return asks[state.next] === 1;
      case ASSERT:
        return looksBack(state.condition) || asks[state.next] === 1;
      case LOOK:
        return asks[state.body] === 1 || asks[state.next] === 1;
      default:
        return false;
    }
  };
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (let number = 0; number < states.length; number++) {
      const state = states[number];
      if (state === undefined || asks[number] === 1 || !asksBehind(state)) continue;
      asks[number] = 1;
      hasChanged = true;
    }
  }
  return asks;
}

function looksBack(condition: Condition): boolean {
  if (condition.kind === "anchor") return isOfBefore(condition.anchor);
  return condition.behind || condition.anchors.some(isOfBefore);
}

function isOfBefore({ at }: AnchorNode): boolean {
  return at !== "text-end" && at !== "line-end" && at !== "last-line-end";
}
