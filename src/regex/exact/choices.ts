/**
 * The choices of a search that can still go another way, the latest on top.
 * Hot: per choice of a search.
 * @module
 */
import { grown, KEPT_STACK_INTEGERS } from "./stacks.ts";

/** A choice is six integers: kind, where to go on, place in the text, length of the registers' log, and two for its kind. */
export const CHOICE_SIZE = 6;

export const OTHER_WAY = 0;
/** a greedy run that can give back characters down to the fifth integer; its characters ended at the sixth */
export const GIVE_BACK = 1;
/** a lazy run that can take as many more as the fifth integer says */
export const TAKE_MORE = 2;
/** a lazy loop that can go round again */
export const GO_ROUND = 3;

export class Choices {
  values = new Int32Array(1024);
  /** integers in use */
  height = 0;

  reset(): void {
    this.height = 0;
    if (this.values.length > KEPT_STACK_INTEGERS) this.values = new Int32Array(1024);
  }

  /** @throws {RegexBudgetError} too many choices are open */
  push(kind: number, pc: number, pos: number, logLength: number, extra: number, more: number): void {
    const { height } = this;
    if (height + CHOICE_SIZE > this.values.length) this.values = grown(this.values);
    const { values } = this;
    values[height] = kind;
    values[height + 1] = pc;
    values[height + 2] = pos;
    values[height + 3] = logLength;
    values[height + 4] = extra;
    values[height + 5] = more;
    this.height = height + CHOICE_SIZE;
  }
}
