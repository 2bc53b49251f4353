/**
 * A few values by text, of which the one set first gives way to a new one. For maps in which with nearly every line one comes and one
 * goes: the language's own grows and shrinks all the time then. Everything lies in slots that are there from the begin, told by numbers:
 * objects that are linked with each other cost the collector of garbage more than they are worth.
 * Hot: per failing line of a session.
 * @module
 */

/** Chains of slots; a power of two. */
const CHAINS = 128;
/** Characters at the end of a text that choose its chain: sessions mostly differ in the last ones, and a long text must cost no more. */
const CHOOSING_CHARS = 8;
/** No slot. */
const NONE = -1;

/** As {@link mixOf}, of a text of ASCII that lies among bytes. */
export function mixOfBytes(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  let mixed = length;
  for (let at = length > CHOOSING_CHARS ? to - CHOOSING_CHARS : from; at < to; at++)
    mixed = (Math.imul(mixed, 31) + (bytes[at] ?? 0)) | 0;
  return mixed ^ (mixed >>> 7);
}

/** All that can be said of a text in a number. */
export function mixOf(key: string): number {
  const { length } = key;
  let mixed = length;
  for (let at = length > CHOOSING_CHARS ? length - CHOOSING_CHARS : 0; at < length; at++)
    mixed = (Math.imul(mixed, 31) + key.charCodeAt(at)) | 0;
  return mixed ^ (mixed >>> 7);
}

const chainOf = (mixed: number): number => mixed & (CHAINS - 1);

/** Iterates from the value that goes first to the one that goes last. */
export class TextTable<V> implements Iterable<[key: string, value: V]> {
  readonly #limit: number;
  // By slot.
  readonly #keys: string[];
  readonly #values: (V | undefined)[];
  readonly #mixed: Int32Array;
  /** the next one of its chain; of an empty slot the next empty one */
  readonly #chained: Int32Array;
  /** those set before and after it */
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  /** by chain: its first slot */
  readonly #chains = new Int32Array(CHAINS);
  #empty = NONE;
  #first = NONE;
  #last = NONE;
  #size = 0;

  /** @param limit values kept at most, one at least */
  constructor(limit: number) {
    this.#limit = limit;
    this.#keys = new Array(limit).fill("");
    this.#values = new Array(limit).fill(undefined);
    this.#mixed = new Int32Array(limit);
    this.#chained = new Int32Array(limit);
    this.#before = new Int32Array(limit);
    this.#after = new Int32Array(limit);
    this.clear();
  }

  get size(): number {
    return this.#size;
  }

  /** @param mixed what {@link mixOf} says of the text, where it is known */
  get(key: string, mixed = mixOf(key)): V | undefined {
    const slot = this.#find(key, mixed);
    return slot === NONE ? undefined : this.#values[slot];
  }

  /**
   * A value that is set again keeps its place in the queue.
   *
   * @param mixed as of {@link get}
   */
  set(key: string, value: V, mixed = mixOf(key)): void {
    const known = this.#find(key, mixed);
    if (known === NONE) this.#add(key, value, mixed);
    else this.#values[known] = value;
  }

  delete(key: string): boolean {
    const slot = this.#find(key, mixOf(key));
    if (slot === NONE) return false;
    this.#remove(slot);
    return true;
  }

  clear(): void {
    this.#chains.fill(NONE);
    this.#keys.fill("");
    this.#values.fill(undefined);
    for (let slot = 0; slot < this.#limit; slot++)
      this.#chained[slot] = slot + 1 < this.#limit ? slot + 1 : NONE;
    this.#empty = 0;
    this.#first = NONE;
    this.#last = NONE;
    this.#size = 0;
  }

  /** Nothing may be set or deleted meanwhile. */
  *[Symbol.iterator](): Generator<[key: string, value: V], void> {
    for (let slot = this.#first; slot !== NONE; slot = this.#after[slot] ?? NONE) {
      const value = this.#values[slot];
      if (value !== undefined) yield [this.#keys[slot] ?? "", value];
    }
  }

  #find(key: string, mixed: number): number {
    let slot = this.#chains[chainOf(mixed)] ?? NONE;
    while (slot !== NONE && (this.#mixed[slot] !== mixed || this.#keys[slot] !== key))
      slot = this.#chained[slot] ?? NONE;
    return slot;
  }

  #add(key: string, value: V, mixed: number): void {
    if (this.#size >= this.#limit) this.#remove(this.#first);
    const slot = this.#empty;
    this.#empty = this.#chained[slot] ?? NONE;
    this.#keys[slot] = key;
    this.#values[slot] = value;
    this.#mixed[slot] = mixed;
    const chain = chainOf(mixed);
    this.#chained[slot] = this.#chains[chain] ?? NONE;
    this.#chains[chain] = slot;
    this.#before[slot] = this.#last;
    this.#after[slot] = NONE;
    if (this.#last === NONE) this.#first = slot;
    else this.#after[this.#last] = slot;
    this.#last = slot;
    this.#size++;
  }

  #remove(slot: number): void {
    const chain = chainOf(this.#mixed[slot] ?? 0);
    const next = this.#chained[slot] ?? NONE;
    let other = this.#chains[chain] ?? NONE;
    if (other === slot) this.#chains[chain] = next;
    else {
      while (other !== NONE && this.#chained[other] !== slot) other = this.#chained[other] ?? NONE;
      if (other !== NONE) this.#chained[other] = next;
    }
    const before = this.#before[slot] ?? NONE;
    const after = this.#after[slot] ?? NONE;
    if (before === NONE) this.#first = after;
    else this.#after[before] = after;
    if (after === NONE) this.#last = before;
    else this.#before[after] = before;
    this.#keys[slot] = "";
    this.#values[slot] = undefined;
    this.#chained[slot] = this.#empty;
    this.#empty = slot;
    this.#size--;
  }
}
