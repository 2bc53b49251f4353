/**
 * A queue of moments, the earliest first. Knows nothing of bans: what an item means and whether it still counts is its owner's
 * business.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";

export interface HeapItem<T> {
  readonly end: EpochSeconds;
  readonly value: T;
}

/** A binary heap: `push` and `pop` take O(log n), `peek` O(1). */
export class ExpiryHeap<T> {
  #items: HeapItem<T>[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): HeapItem<T> | undefined {
    return this.#items[0];
  }

  push(item: HeapItem<T>): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  pop(): HeapItem<T> | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return first;
    this.#items[0] = last;
    this.#sink(0);
    return first;
  }

  /** Replaces all items, O(n). */
  rebuild(items: Iterable<HeapItem<T>>): void {
    this.#items = [...items];
    for (let i = (this.#items.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  #swap(a: number, b: number): void {
    const first = this.#items[a];
    const second = this.#items[b];
    if (first === undefined || second === undefined) return;
    this.#items[a] = second;
    this.#items[b] = first;
  }

  #end(index: number): number {
    return this.#items[index]?.end ?? Infinity;
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
