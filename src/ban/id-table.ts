/**
 * IDs as small numbers: who is found here has a slot, by which others keep what they know of him in columns. An IPv4 address takes
 * four bytes, any other ID those of its text besides. Knows nothing of what is kept.
 * Hot: per failure.
 * @module
 */
import { quadOf, quadText } from "../address/address.ts";
import { ByteColumn } from "./byte-column.ts";
import { ByteText, isWideText } from "./byte-text.ts";
import { lengthened } from "./column.ts";

/** Slots to begin with. */
const FIRST_SLOTS = 64;
/** An IPv6 address takes one. */
const TEXT_BLOCK_BYTES = 40;

/** Nobody. */
export const NO_SLOT = -1;

/** Shared by all: nothing stays in it. */
const scratch = new ByteText();

/** Open addressing with linear probing, filled to three quarters at most; all slots are below {@link IdTable.capacity}. */
export class IdTable {
  readonly #seed: number;
  /** by hash: slot + 1 of an IPv4 address, −slot − 1 of any other ID; 0 is empty */
  #buckets = new Int32Array(2 * FIRST_SLOTS);
  /** by slot: the number of an IPv4 address, or the hash of any other ID; the next free slot for one that is free */
  #numbers = new Int32Array(FIRST_SLOTS);
  /** of other IDs than IPv4 addresses */
  readonly #texts = new ByteColumn(TEXT_BLOCK_BYTES);
  #free = NO_SLOT;
  /** slots that were ever used */
  #used = 0;
  #size = 0;

  /** @param seed whoever does not know it cannot choose IDs that are slow to find */
  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#texts.resize(FIRST_SLOTS);
  }

  /** IDs that have a slot. */
  get size(): number {
    return this.#size;
  }

  /** Slots that columns need room for. */
  get capacity(): number {
    return this.#numbers.length;
  }

  /** The slot of an ID, or {@link NO_SLOT}. */
  find(id: string): number {
    const quad = quadOf(id);
    return quad === undefined
      ? this.#findText(id, hashOfText(id, this.#seed))
      : this.#findQuad(quad | 0, hashOfQuad(quad, this.#seed));
  }

  /** Gives a slot to an ID that has none. */
  add(id: string): number {
    const slot = this.#takeSlot();
    const quad = quadOf(id);
    if (quad === undefined) {
      this.#numbers[slot] = hashOfText(id, this.#seed);
      this.#putText(slot, id);
      this.#enter(-slot - 1);
    } else {
      this.#numbers[slot] = quad;
      this.#enter(slot + 1);
    }
    this.#size += 1;
    return slot;
  }

  /** Takes a slot back. */
  remove(slot: number): void {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    const entry = this.#texts.isEmpty(slot) ? slot + 1 : -slot - 1;
    let hole = this.#hashOf(entry) & mask;
    while (buckets[hole] !== entry) hole = (hole + 1) & mask;
    // whoever was pushed behind the hole moves up
    for (let at = (hole + 1) & mask; buckets[at] !== 0; at = (at + 1) & mask) {
      const other = buckets[at] ?? 0;
      const home = this.#hashOf(other) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      buckets[hole] = other;
      hole = at;
    }
    buckets[hole] = 0;
    this.#texts.drop(slot);
    this.#numbers[slot] = this.#free;
    this.#free = slot;
    this.#size -= 1;
  }

  idOf(slot: number): string {
    return this.#texts.isEmpty(slot) ? quadText((this.#numbers[slot] ?? 0) >>> 0) : this.#textOf(slot);
  }

  /** Gives back the room of a table that is empty. @returns whether there was any */
  shrink(): boolean {
    if (this.#size > 0 || this.capacity === FIRST_SLOTS) return false;
    this.#buckets = new Int32Array(lengthened(this.#buckets, 2 * FIRST_SLOTS)).fill(0);
    this.#numbers = new Int32Array(lengthened(this.#numbers, FIRST_SLOTS));
    this.#texts.clear();
    this.#texts.resize(FIRST_SLOTS);
    this.#free = NO_SLOT;
    this.#used = 0;
    return true;
  }

  #findQuad(quad: number, hash: number): number {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = buckets[at] ?? 0;
      if (entry === 0) return NO_SLOT;
      if (entry > 0 && this.#numbers[entry - 1] === quad) return entry - 1;
    }
  }

  #findText(id: string, hash: number): number {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = buckets[at] ?? 0;
      if (entry === 0) return NO_SLOT;
      const slot = -entry - 1;
      if (entry < 0 && this.#numbers[slot] === hash && this.#isText(slot, id)) return slot;
    }
  }

  /** Whether that is the text of a slot; compared as it is kept, for to make a text of it takes longer. */
  #isText(slot: number, id: string): boolean {
    return scratch.takeIfText(id, this.#readText(slot));
  }

  #textOf(slot: number): string {
    const isWide = this.#readText(slot);
    return scratch.takeText(scratch.length - scratch.at, isWide);
  }

  /** Reads what is kept of a text into the scratch, up to the text itself. @returns whether that is wide */
  #readText(slot: number): boolean {
    scratch.clear();
    this.#texts.read(slot, scratch);
    return scratch.takeNumber() === 1;
  }

  #putText(slot: number, id: string): void {
    const isWide = isWideText(id);
    scratch.clear();
    scratch.putNumber(isWide ? 1 : 0);
    scratch.putText(id, isWide);
    this.#texts.put(slot, scratch.bytes, scratch.length);
  }

  /** Of whom a bucket holds. */
  #hashOf(entry: number): number {
    return entry < 0
      ? (this.#numbers[-entry - 1] ?? 0)
      : hashOfQuad(this.#numbers[entry - 1] ?? 0, this.#seed);
  }

  #takeSlot(): number {
    const free = this.#free;
    if (free !== NO_SLOT) {
      this.#free = this.#numbers[free] ?? NO_SLOT;
      return free;
    }
    if (this.#used === this.#numbers.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #enter(entry: number): void {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    let at = this.#hashOf(entry) & mask;
    while (buckets[at] !== 0) at = (at + 1) & mask;
    buckets[at] = entry;
  }

  /** By half: columns are long, and most of what is doubled stays empty. No slot is free when this is called. */
  #grow(): void {
    const capacity = this.#numbers.length + (this.#numbers.length >> 1);
    this.#numbers = new Int32Array(lengthened(this.#numbers, capacity));
    this.#texts.resize(capacity);
    let buckets = this.#buckets.length;
    while (3 * buckets < 4 * capacity) buckets *= 2;
    if (buckets === this.#buckets.length) return;
    this.#buckets = new Int32Array(lengthened(this.#buckets, 0));
    this.#buckets = new Int32Array(buckets);
    for (let slot = 0; slot < this.#used; slot += 1) {
      this.#enter(this.#texts.isEmpty(slot) ? slot + 1 : -slot - 1);
    }
  }
}

/** Each bit of the number and of the seed reaches each bit of the hash. */
function hashOfQuad(quad: number, seed: number): number {
  let hash = quad ^ seed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846c_a68b);
  return hash ^ (hash >>> 16);
}

function hashOfText(text: string, seed: number): number {
  let hash = seed ^ text.length;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x85eb_ca6b);
    hash ^= hash >>> 15;
  }
  return hashOfQuad(hash, seed);
}
