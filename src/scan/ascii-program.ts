/**
 * A program as far as texts of ASCII go: its sets hold nothing else, which makes them small.
 * @module
 */
import { type CharSet, upTo } from "../regex/char-set.ts";
import {
  ASSERT,
  type Condition,
  type OrderedProgram,
  type OrderedState,
  READ,
} from "../regex/linear/ordered-program.ts";

const HIGHEST_ASCII = 0x7f;

/** Sets of different patterns are the same objects where they were written alike. */
const asciiSets = new WeakMap<CharSet, CharSet>();

export function asciiProgram(program: OrderedProgram): OrderedProgram {
  return { ...program, states: program.states.map(asciiState) };
}

function asciiState(state: OrderedState): OrderedState {
  if (state.kind === READ) return { ...state, set: asciiSet(state.set) };
  return state.kind === ASSERT ? { ...state, condition: asciiCondition(state.condition) } : state;
}

function asciiCondition(condition: Condition): Condition {
  return condition.kind === "anchor" ? condition : { ...condition, sets: condition.sets.map(asciiSet) };
}

function asciiSet(set: CharSet): CharSet {
  const known = asciiSets.get(set);
  if (known !== undefined) return known;
  const made = upTo(HIGHEST_ASCII, set);
  asciiSets.set(set, made);
  return made;
}
