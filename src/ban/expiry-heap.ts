/**
 * A queue of moments, the earliest first, each of a slot. Knows nothing of bans: whether a moment still counts is its owner's business.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import { lengthened } from "./column.ts";

const FIRST_ITEMS = 64;

/** Of what is taken or looked at where there is nothing. */
export const NO_ITEM = -1;

/** A binary heap: `push` and `pop` take O(log n). In two columns, as there may be hundreds of thousands. */
export class ExpiryHeap {
  #ends = new Float64Array(FIRST_ITEMS);
  #slots = new Int32Array(FIRST_ITEMS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest moment; `undefined` where there is none. */
  get firstEnd(): EpochSeconds | undefined {
    return this.#size === 0 ? undefined : this.#ends[0];
  }

  /** Whose it is, or {@link NO_ITEM}. */
  get firstSlot(): number {
    return this.#size === 0 ? NO_ITEM : (this.#slots[0] ?? NO_ITEM);
  }

  push(end: EpochSeconds, slot: number): void {
    this.#makeRoom();
    const index = this.#size;
    this.#size += 1;
    this.#ends[index] = end;
    this.#slots[index] = slot;
    this.#rise(index);
  }

  /** Takes out the earliest moment. @returns whose it was, or {@link NO_ITEM} */
  pop(): number {
    const first = this.firstSlot;
    if (this.#size === 0) return first;
    this.#size -= 1;
    this.#move(this.#size, 0);
    this.#sink(0);
    return first;
  }

  /** Replaces all moments, O(n). */
  rebuild(slots: Iterable<number>, endOf: (slot: number) => EpochSeconds | undefined): void {
    this.#size = 0;
    for (const slot of slots) {
      const end = endOf(slot);
      if (end === undefined) continue;
      this.#makeRoom();
      this.#ends[this.#size] = end;
      this.#slots[this.#size] = slot;
      this.#size += 1;
    }
    for (let i = (this.#size >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** Forgets all, and gives back its room. */
  clear(): void {
    this.#size = 0;
    this.#resize(FIRST_ITEMS);
  }

  #end(index: number): number {
    return index < this.#size ? (this.#ends[index] ?? Infinity) : Infinity;
  }

  #move(from: number, to: number): void {
    this.#ends[to] = this.#ends[from] ?? 0;
    this.#slots[to] = this.#slots[from] ?? 0;
  }

  #swap(a: number, b: number): void {
    const end = this.#ends[a] ?? 0;
    const slot = this.#slots[a] ?? 0;
    this.#move(b, a);
    this.#ends[b] = end;
    this.#slots[b] = slot;
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#end(parent) <= this.#end(index)) return;
      this.#swap(parent, index);
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const smaller = this.#end(left + 1) < this.#end(left) ? left + 1 : left;
      if (!(this.#end(smaller) < this.#end(index))) return;
      this.#swap(smaller, index);
      index = smaller;
    }
  }

  /** By half: columns are long, and most of what is doubled stays empty. */
  #makeRoom(): void {
    if (this.#size === this.#ends.length) this.#resize(this.#size + (this.#size >> 1));
  }

  #resize(length: number): void {
    this.#ends = new Float64Array(lengthened(this.#ends, length));
    this.#slots = new Int32Array(lengthened(this.#slots, length));
  }
}
