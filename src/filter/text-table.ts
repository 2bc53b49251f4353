/**
 * A few values by text, of which the one set first gives way to a new one. For maps in which with nearly every line one comes and one
 * goes: the language's own grows and shrinks all the time then.
 * Hot: per failing line of a session.
 * @module
 */

/** Chains of entries; a power of two. */
const CHAINS = 128;
/** Characters at the end of a text that choose its chain: sessions mostly differ in the last ones, and a long text must cost no more. */
const CHOOSING_CHARS = 8;

interface Entry<V> {
  readonly key: string;
  /** all that can be said of the key in a number; its lower bits are its chain */
  readonly mixed: number;
  value: V;
  /** the next one of its chain */
  chained: Entry<V> | undefined;
  /** those set before and after it */
  before: Entry<V> | undefined;
  after: Entry<V> | undefined;
}

/** As {@link mixOf}, of a text of ASCII that lies among bytes. */
export function mixOfBytes(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  let mixed = length;
  for (let at = length > CHOOSING_CHARS ? to - CHOOSING_CHARS : from; at < to; at++)
    mixed = (Math.imul(mixed, 31) + (bytes[at] ?? 0)) | 0;
  return mixed ^ (mixed >>> 7);
}

/** What is said of a text in a number. */
function mixOf(key: string): number {
  const { length } = key;
  let mixed = length;
  for (let at = length > CHOOSING_CHARS ? length - CHOOSING_CHARS : 0; at < length; at++)
    mixed = (Math.imul(mixed, 31) + key.charCodeAt(at)) | 0;
  return mixed ^ (mixed >>> 7);
}

/** Iterates from the value that goes first to the one that goes last. */
export class TextTable<V> implements Iterable<[key: string, value: V]> {
  readonly #limit: number;
  #chains: (Entry<V> | undefined)[] = new Array(CHAINS).fill(undefined);
  #first: Entry<V> | undefined;
  #last: Entry<V> | undefined;
  #size = 0;
  /** the text asked for last, and what is said of it */
  #asked: string | undefined;
  #mixed = 0;

  /** @param limit values kept at most, one at least */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** @param mixed what {@link mixOfBytes} says of the text, where it is known */
  get(key: string, mixed?: number): V | undefined {
    this.#asked = key;
    this.#mixed = mixed ?? mixOf(key);
    return this.#find(key, this.#mixed)?.value;
  }

  /** A value that is set again keeps its place in the queue. */
  set(key: string, value: V): void {
    // often it was asked for just before
    const mixed = key === this.#asked ? this.#mixed : mixOf(key);
    const known = this.#find(key, mixed);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    const oldest = this.#size < this.#limit ? undefined : this.#first;
    if (oldest !== undefined) this.#remove(oldest);
    const chain = mixed & (CHAINS - 1);
    const chained = this.#chains[chain];
    const before = this.#last;
    const entry = { key, mixed, value, chained, before, after: undefined };
    this.#chains[chain] = entry;
    if (before === undefined) this.#first = entry;
    else before.after = entry;
    this.#last = entry;
    this.#size++;
  }

  delete(key: string): boolean {
    const entry = this.#find(key, mixOf(key));
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

  #find(key: string, mixed: number): Entry<V> | undefined {
    let entry = this.#chains[mixed & (CHAINS - 1)];
    while (entry !== undefined && (entry.mixed !== mixed || entry.key !== key)) entry = entry.chained;
    return entry;
  }

  #remove(entry: Entry<V>): void {
    const { chained, before, after } = entry;
    const chain = entry.mixed & (CHAINS - 1);
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
