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

// The table: the first empty slot, those taken first and last, how many are taken; by chain its first slot; and then by slot what its number
// is, the next one of its chain (of an empty slot the next empty one), and those taken before and after it. The same stands in assembly/slots.ts.
const EMPTY = 0;
const FIRST = 1;
const LAST = 2;
const SIZE = 3;
const CHAIN = 4;
const MIXED = CHAIN + CHAINS;
const COLUMNS = 4;

/** Iterates from the slot that gives way first to the one taken last. */
export class SlotTable implements Iterable<number> {
  readonly #limit: number;
  #table: Int32Array;
  readonly #chained: number;
  readonly #before: number;
  readonly #after: number;

  /** @param limit slots, one at least */
  constructor(limit: number) {
    this.#limit = limit;
    this.#chained = MIXED + limit;
    this.#before = MIXED + 2 * limit;
    this.#after = MIXED + 3 * limit;
    this.#table = new Int32Array(MIXED + COLUMNS * limit);
    this.clear();
  }

  /** Goes on in other memory, where others find and take slots, too: of as many words as it has. */
  moveTo(table: Int32Array): void {
    table.set(this.#table);
    this.#table = table;
  }

  /** Words of the table. */
  get words(): number {
    return this.#table.length;
  }

  /** How many are taken. */
  get size(): number {
    return this.#at(SIZE);
  }

  /** The first slot of that number, or the next one behind another. */
  find(mixed: number, behind = NO_SLOT): number {
    let slot = this.#at(behind === NO_SLOT ? CHAIN + chainOf(mixed) : this.#chained + behind);
    while (slot !== NO_SLOT && this.#at(MIXED + slot) !== mixed) slot = this.#at(this.#chained + slot);
    return slot;
  }

  /** Takes a slot for the number: an empty one, or that of the one taken first, which is gone then. */
  take(mixed: number): number {
    if (this.#at(SIZE) >= this.#limit) this.remove(this.#at(FIRST));
    const table = this.#table;
    const slot = this.#at(EMPTY);
    table[EMPTY] = this.#at(this.#chained + slot);
    table[MIXED + slot] = mixed;
    const chain = CHAIN + chainOf(mixed);
    table[this.#chained + slot] = this.#at(chain);
    table[chain] = slot;
    const last = this.#at(LAST);
    table[this.#before + slot] = last;
    table[this.#after + slot] = NO_SLOT;
    table[last === NO_SLOT ? FIRST : this.#after + last] = slot;
    table[LAST] = slot;
    table[SIZE] = this.#at(SIZE) + 1;
    return slot;
  }

  /** @param slot one that is taken */
  remove(slot: number): void {
    const table = this.#table;
    const chain = CHAIN + chainOf(this.#at(MIXED + slot));
    const next = this.#at(this.#chained + slot);
    let other = this.#at(chain);
    if (other === slot) table[chain] = next;
    else {
      while (other !== NO_SLOT && this.#at(this.#chained + other) !== slot)
        other = this.#at(this.#chained + other);
      if (other !== NO_SLOT) table[this.#chained + other] = next;
    }
    const before = this.#at(this.#before + slot);
    const after = this.#at(this.#after + slot);
    table[before === NO_SLOT ? FIRST : this.#after + before] = after;
    table[after === NO_SLOT ? LAST : this.#before + after] = before;
    table[this.#chained + slot] = this.#at(EMPTY);
    table[EMPTY] = slot;
    table[SIZE] = this.#at(SIZE) - 1;
  }

  clear(): void {
    const table = this.#table;
    table.fill(NO_SLOT, CHAIN, MIXED);
    for (let slot = 0; slot < this.#limit; slot++)
      table[this.#chained + slot] = slot + 1 < this.#limit ? slot + 1 : NO_SLOT;
    table[EMPTY] = 0;
    table[FIRST] = NO_SLOT;
    table[LAST] = NO_SLOT;
    table[SIZE] = 0;
  }

  /** Nothing may be taken or removed meanwhile. */
  *[Symbol.iterator](): Generator<number, void> {
    for (let slot = this.#at(FIRST); slot !== NO_SLOT; slot = this.#at(this.#after + slot)) yield slot;
  }

  #at(index: number): number {
    return this.#table[index] ?? NO_SLOT;
  }
}
