/**
 * A few values by text, of which the one set first gives way to a new one. For maps in which with nearly every line one comes and one
 * goes: the language's own grows and shrinks all the time then.
 * Hot: per failing line of a session.
 * @module
 */

/** Chains of entries; a power of two. */
const CHAINS = 128;
/** Characters at the end of a text that choose its chain: sessions mostly differ in the last ones, and a long text must cost no more. */
const CHOOSING_CHARS = 12;

interface Entry<V> {
  key: string;
  value: V;
  chain: number;
  /** the next one of its chain */
  chained: Entry<V> | undefined;
  /** those set before and after it */
  before: Entry<V> | undefined;
  after: Entry<V> | undefined;
}

function chainOf(key: string): number {
  const { length } = key;
  let mixed = length;
  for (let at = Math.max(0, length - CHOOSING_CHARS); at < length; at++)
    mixed = Math.imul(mixed, 31) + key.charCodeAt(at);
  return (mixed ^ (mixed >>> 7)) & (CHAINS - 1);
}

/** Iterates from the value that goes first to the one that goes last. */
export class TextTable<V> implements Iterable<[key: string, value: V]> {
  readonly #limit: number;
  #chains: (Entry<V> | undefined)[] = new Array(CHAINS).fill(undefined);
  #first: Entry<V> | undefined;
  #last: Entry<V> | undefined;
  #size = 0;

  /** @param limit values kept at most, one at least */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    return this.#find(key, chainOf(key))?.value;
  }

  /** A value that is set again keeps its place in the queue. */
  set(key: string, value: V): void {
    const chain = chainOf(key);
    const known = this.#find(key, chain);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    const oldest = this.#size < this.#limit ? undefined : this.#first;
    if (oldest !== undefined) this.#remove(oldest);
    const chained = this.#chains[chain];
    const before = this.#last;
    const entry = { key, value, chain, chained, before, after: undefined };
    this.#chains[chain] = entry;
    if (before === undefined) this.#first = entry;
    else before.after = entry;
    this.#last = entry;
    this.#size++;
  }

  delete(key: string): boolean {
    const entry = this.#find(key, chainOf(key));
    if (entry === undefined) return false;
    this.#remove(entry);
    return true;
  }

  clear(): void {
    this.#chains = new Array(CHAINS).fill(undefined);
    this.#first = undefined;
    this.#last = undefined;
    this.#size = 0;
  }

  /** Nothing may be set or deleted meanwhile. */
  *[Symbol.iterator](): Generator<[key: string, value: V], void> {
    for (let entry = this.#first; entry !== undefined; entry = entry.after) yield [entry.key, entry.value];
  }

  #find(key: string, chain: number): Entry<V> | undefined {
    let entry = this.#chains[chain];
    while (entry !== undefined && entry.key !== key) entry = entry.chained;
    return entry;
  }

  #remove(entry: Entry<V>): void {
    const { chain, chained, before, after } = entry;
    let other = this.#chains[chain];
    if (other === entry) this.#chains[chain] = chained;
    else {
      while (other !== undefined && other.chained !== entry) other = other.chained;
      if (other !== undefined) other.chained = chained;
    }
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    // an old entry must not keep all alive that came after it
    entry.before = undefined;
    entry.after = undefined;
    entry.chained = undefined;
    this.#size--;
  }
}
