/**
 * A few slots, chosen by a number of which several may have the same: the one taken first gives way to a new one. What belongs to a slot
 * is kept elsewhere, by its number. For tables in which with nearly every line one comes and one goes: the language's own maps grow and
 * shrink all the time then, and objects that are linked with each other cost the collector of garbage more than they are worth.
 * Hot: per failing line of a session.
 * @module
 */

/** Chains of slots; a power of two. */
const CHAINS = 128;
/** Characters at the end of a text that its number is made of: sessions mostly differ in the last ones, and a long text must cost no more. */
const CHOOSING_CHARS = 8;
/** No slot. */
export const NO_SLOT = -1;

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

/** Iterates from the slot that gives way first to the one taken last. */
export class SlotTable implements Iterable<number> {
  readonly #limit: number;
  // By slot.
  readonly #mixed: Int32Array;
  /** the next one of its chain; of an empty slot the next empty one */
  readonly #chained: Int32Array;
  /** those taken before and after it */
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  /** by chain: its first slot */
  readonly #chains = new Int32Array(CHAINS);
  #empty = NO_SLOT;
  #first = NO_SLOT;
  #last = NO_SLOT;
  #size = 0;

  /** @param limit slots, one at least */
  constructor(limit: number) {
    this.#limit = limit;
    this.#mixed = new Int32Array(limit);
    this.#chained = new Int32Array(limit);
    this.#before = new Int32Array(limit);
    this.#after = new Int32Array(limit);
    this.clear();
  }

  /** How many are taken. */
  get size(): number {
    return this.#size;
  }

  /** The first slot of that number, or the next one behind another. */
  find(mixed: number, behind = NO_SLOT): number {
    let slot = (behind === NO_SLOT ? this.#chains[chainOf(mixed)] : this.#chained[behind]) ?? NO_SLOT;
    while (slot !== NO_SLOT && this.#mixed[slot] !== mixed) slot = this.#chained[slot] ?? NO_SLOT;
    return slot;
  }

  /** Takes a slot for the number: an empty one, or that of the one taken first, which is gone then. */
  take(mixed: number): number {
    if (this.#size >= this.#limit) this.remove(this.#first);
    const slot = this.#empty;
    this.#empty = this.#chained[slot] ?? NO_SLOT;
    this.#mixed[slot] = mixed;
    const chain = chainOf(mixed);
    this.#chained[slot] = this.#chains[chain] ?? NO_SLOT;
    this.#chains[chain] = slot;
    this.#before[slot] = this.#last;
    this.#after[slot] = NO_SLOT;
    if (this.#last === NO_SLOT) this.#first = slot;
    else this.#after[this.#last] = slot;
    this.#last = slot;
    this.#size++;
    return slot;
  }

  /** @param slot one that is taken */
  remove(slot: number): void {
    const chain = chainOf(this.#mixed[slot] ?? 0);
    const next = this.#chained[slot] ?? NO_SLOT;
    let other = this.#chains[chain] ?? NO_SLOT;
    if (other === slot) this.#chains[chain] = next;
    else {
      while (other !== NO_SLOT && this.#chained[other] !== slot) other = this.#chained[other] ?? NO_SLOT;
      if (other !== NO_SLOT) this.#chained[other] = next;
    }
    const before = this.#before[slot] ?? NO_SLOT;
    const after = this.#after[slot] ?? NO_SLOT;
    if (before === NO_SLOT) this.#first = after;
    else this.#after[before] = after;
    if (after === NO_SLOT) this.#last = before;
    else this.#before[after] = before;
    this.#chained[slot] = this.#empty;
    this.#empty = slot;
    this.#size--;
  }

  clear(): void {
    this.#chains.fill(NO_SLOT);
    for (let slot = 0; slot < this.#limit; slot++)
      this.#chained[slot] = slot + 1 < this.#limit ? slot + 1 : NO_SLOT;
    this.#empty = 0;
    this.#first = NO_SLOT;
    this.#last = NO_SLOT;
    this.#size = 0;
  }

  /** Nothing may be taken or removed meanwhile. */
  *[Symbol.iterator](): Generator<number, void> {
    for (let slot = this.#first; slot !== NO_SLOT; slot = this.#after[slot] ?? NO_SLOT) yield slot;
  }
}
