/**
 * Stacks of integers with a bound.
 * @module
 */
import { RegexBudgetError } from "../errors.ts";

/** Integers the stack of open choices, and the log of changed registers, may hold each. */
const MAX_STACK_INTEGERS = 8_000_000;

/** Integers a stack keeps between searches. */
export const KEPT_STACK_INTEGERS = 65_536;

/**
 * The stack with twice the room.
 *
 * @throws {RegexBudgetError} it is as large as it may be
 */
export function grown(stack: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  if (stack.length >= MAX_STACK_INTEGERS) throw new RegexBudgetError("the search has too many open choices");
  const larger = new Int32Array(2 * stack.length);
  larger.set(stack);
  return larger;
}
