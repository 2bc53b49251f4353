/**
 * A map that never grows past its limit: the oldest entry gives way, and the loss is counted.
 * Knows nothing of time; entries that grow stale are its owner's business.
 * @module
 */
import { OldestFirst } from "./oldest-first.ts";

/** `fifo`: the entry set first goes; `lru`: the entry neither read nor set for longest goes. */
export type Eviction = "fifo" | "lru";

export interface BoundedMapOptions<K, V> {
  /** entries kept at most; at least 1 */
  readonly limit: number;
  /** default `fifo` */
  readonly eviction?: Eviction;
  /** told of each entry that gives way, after it is gone; not of deletions */
  readonly onEvict?: (key: K, value: V) => void;
}

/** A `Map` with a limit. Iterates from the entry that goes first to the one that goes last. */
export class BoundedMap<K, V> {
  readonly limit: number;
  readonly #entries = new Map<K, V>();
  readonly #refresh: boolean;
  readonly #onEvict: ((key: K, value: V) => void) | undefined;
  readonly #oldest = new OldestFirst(this.#entries);
  #evicted = 0;

  /** @throws {RangeError} if the limit is not a whole number of at least 1 */
  constructor(options: BoundedMapOptions<K, V>) {
    if (!Number.isInteger(options.limit) || options.limit < 1) {
      throw new RangeError(`a bounded map needs a limit of at least 1, not ${options.limit}`);
    }
    this.limit = options.limit;
    this.#refresh = options.eviction === "lru";
    this.#onEvict = options.onEvict;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many entries gave way so far. */
  get evicted(): number {
    return this.#evicted;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** The value; under `lru` this counts as use. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (this.#refresh && value !== undefined) {
      this.#oldest.rest();
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  /** Sets a value. Under `fifo` an entry that is set again keeps its place in the queue. */
  set(key: K, value: V): void {
    if (this.#refresh) this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.limit) {
      this.#oldest.rest();
      return;
    }
    const first = this.#oldest.next();
    if (first === undefined) return;
    this.#entries.delete(first[0]);
    this.#evicted += 1;
    this.#onEvict?.(...first);
  }

  delete(key: K): boolean {
    this.#oldest.rest();
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#entries.entries();
  }
}
