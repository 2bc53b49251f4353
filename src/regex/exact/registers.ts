/**
 * The registers of the exact matcher, with a log of their changes so that going back restores them.
 * Hot: per operation of the matcher.
 * @module
 */
import { grown, KEPT_STACK_INTEGERS } from "./stacks.ts";

export const UNSET = -1;

export class Registers {
  readonly #values: Int32Array;
  /** changed registers: number and old value */
  #log = new Int32Array(1024);
  #length = 0;

  constructor(count: number) {
    this.#values = new Int32Array(count).fill(UNSET);
  }

  /** Length of the log: what {@link unwind} goes back to. */
  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#values.fill(UNSET);
    this.#length = 0;
    if (this.#log.length > KEPT_STACK_INTEGERS) this.#log = new Int32Array(1024);
  }

  get(register: number): number {
    return this.#values[register] ?? UNSET;
  }

  /** The first registers, copied. */
  first(count: number): Int32Array {
    return this.#values.slice(0, count);
  }

  set(register: number, value: number): void {
    const length = this.#length;
    if (length + 2 > this.#log.length) this.#log = grown(this.#log);
    this.#log[length] = register;
    this.#log[length + 1] = this.#values[register] ?? UNSET;
    this.#length = length + 2;
    this.#values[register] = value;
  }

  unwind(length: number): void {
    for (let i = this.#length - 2; i >= length; i -= 2) {
      this.#values[this.#log[i] ?? 0] = this.#log[i + 1] ?? UNSET;
    }
    this.#length = length;
  }
}
