/**
 * Chance that can be repeated: everything random here follows from one seed.
 * @module
 */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, not with, `limit`. */
  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * limit) / 4_294_967_296) | 0;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(list: readonly T[]): T {
    const chosen = list[this.below(list.length)];
    if (chosen === undefined) throw new Error("nothing to pick from");
    return chosen;
  }

  /** As many as a coin that lies `often` times in `often + 1` on its good side allows, at most `limit`. */
  few(often: number, limit: number): number {
    let count = 0;
    while (count < limit && !this.once(often + 1)) count++;
    return count;
  }
}
