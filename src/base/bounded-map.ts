/**
 * A map that never grows past its limit: the oldest entry gives way, and the loss is counted.
 * Knows nothing of time; entries that grow stale are its owner's business.
 * Hot: per failing line of a session.
 *
 * Entries are linked in their order. The language's own map only tells where the entry of a key is, and is never deleted from: those
 * that are gone stay in it until it is made anew. A map from which entries go as others come is rehashed again and again,
 * and V8 links each outgrown table with its successor; once the first of them is old, all later ones and what they hold survive every
 * small collection.
 * @module
 */

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

interface Entry<K, V> {
  readonly key: K;
  value: V;
  /** those that go before and after it; none once it is gone itself */
  before: Entry<K, V> | undefined;
  after: Entry<K, V> | undefined;
}

/** Entries that are gone are kept up to this many, or as many as the limit. */
const MIN_GONE = 16;

/** A `Map` with a limit. Iterates from the entry that goes first to the one that goes last. */
export class BoundedMap<K, V> {
  readonly limit: number;
  readonly #refresh: boolean;
  readonly #onEvict: ((key: K, value: V) => void) | undefined;
  /** by key; `undefined` for some of those that are gone */
  #entries = new Map<K, Entry<K, V> | undefined>();
  #first: Entry<K, V> | undefined;
  #last: Entry<K, V> | undefined;
  #size = 0;
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
    return this.#size;
  }

  /** How many entries gave way so far. */
  get evicted(): number {
    return this.#evicted;
  }

  has(key: K): boolean {
    return this.#entries.get(key) !== undefined;
  }

  /** The value; under `lru` this counts as use. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#refresh) this.#renew(entry);
    return entry.value;
  }

  /** Sets a value. Under `fifo` an entry that is set again keeps its place in the queue. */
  set(key: K, value: V): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      if (this.#refresh) this.#renew(known);
      return;
    }
    const oldest = this.#size < this.limit ? undefined : this.#first;
    if (oldest !== undefined) this.#remove(oldest);
    const entry = { key, value, before: undefined, after: undefined };
    this.#append(entry);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#size + Math.max(MIN_GONE, this.limit)) this.#forgetGone();
    if (oldest === undefined) return;
    this.#evicted += 1;
    this.#onEvict?.(oldest.key, oldest.value);
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#remove(entry);
    return true;
  }

  clear(): void {
    this.#entries = new Map();
    this.#first = undefined;
    this.#last = undefined;
    this.#size = 0;
  }

  /** The entries that are there now, whatever happens to them meanwhile. */
  [Symbol.iterator](): ArrayIterator<[K, V]> {
    const entries: [K, V][] = [];
    for (let entry = this.#first; entry !== undefined; entry = entry.after)
      entries.push([entry.key, entry.value]);
    return entries.values();
  }

  #renew(entry: Entry<K, V>): void {
    if (entry === this.#last) return;
    this.#unlink(entry);
    this.#append(entry);
  }

  #append(entry: Entry<K, V>): void {
    entry.before = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.after = entry;
    this.#last = entry;
    this.#size += 1;
  }

  #unlink(entry: Entry<K, V>): void {
    const { before, after } = entry;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    entry.before = undefined;
    entry.after = undefined;
    this.#size -= 1;
  }

  #remove(entry: Entry<K, V>): void {
    this.#unlink(entry);
    this.#entries.set(entry.key, undefined);
  }

  /** Makes the map anew, of those that are there. */
  #forgetGone(): void {
    this.#entries = new Map();
    for (let entry = this.#first; entry !== undefined; entry = entry.after)
      this.#entries.set(entry.key, entry);
  }
}
