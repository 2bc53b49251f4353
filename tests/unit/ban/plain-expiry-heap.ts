/**
 * A queue of moments for the plain ledger, of items of any kind: what one means and whether it still counts is its owner's
 * business.
 * @module
 */
import type { EpochSeconds } from "../../../src/base/units.ts";

export interface HeapItem<T> {
  readonly end: EpochSeconds;
  readonly value: T;
}

/** A binary heap: `push` and `pop` take O(log n), `peek` O(1). */
export class PlainExpiryHeap<T extends object | number> {
  #ends: EpochSeconds[] = [];
  #values: T[] = [];

  get size(): number {
    return this.#ends.length;
  }

  peek(): HeapItem<T> | undefined {
    return this.#at(0);
  }

  push({ end, value }: HeapItem<T>): void {
    this.#ends.push(end);
    this.#values.push(value);
    this.#rise(this.#ends.length - 1);
  }

  pop(): HeapItem<T> | undefined {
    const first = this.#at(0);
    const last = this.#at(this.#ends.length - 1);
    if (last === undefined) return undefined;
    this.#ends.pop();
    this.#values.pop();
    if (this.#ends.length === 0) return first;
    this.#ends[0] = last.end;
    this.#values[0] = last.value;
    this.#sink(0);
    return first;
  }

  /** Replaces all items, O(n). */
  rebuild(items: Iterable<HeapItem<T>>): void {
    this.#ends = [];
    this.#values = [];
    for (const { end, value } of items) {
      this.#ends.push(end);
      this.#values.push(value);
    }
    for (let i = (this.#ends.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  #at(index: number): HeapItem<T> | undefined {
    const end = this.#ends[index];
    const value = this.#values[index];
    return end === undefined || value === undefined ? undefined : { end, value };
  }

  #swap(a: number, b: number): void {
    const first = this.#at(a);
    const second = this.#at(b);
    if (first === undefined || second === undefined) return;
    this.#ends[a] = second.end;
    this.#values[a] = second.value;
    this.#ends[b] = first.end;
    this.#values[b] = first.value;
  }

  #end(index: number): number {
    return this.#ends[index] ?? Infinity;
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
}
