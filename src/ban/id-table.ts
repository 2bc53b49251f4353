/**
 * IDs as small numbers: who is found here has a slot, by which others keep what they know of him in columns. An IPv4 address takes
 * four bytes, any other ID a text of its own. Knows nothing of what is kept.
 * Hot: per failure.
 * @module
 */
import { quadOf, quadText } from "../address/address.ts";
import { lengthened } from "./column.ts";
import { ownText } from "./own-text.ts";

/** Slots to begin with. */
const FIRST_SLOTS = 64;

/** Nobody. */
export const NO_SLOT = -1;

/** Open addressing with linear probing, filled to three quarters at most; all slots are below {@link IdTable.capacity}. */
export class IdTable {
  readonly #seed: number;
  /** slot + 1 by hash; 0 is empty */
  #buckets = new Int32Array(2 * FIRST_SLOTS);
  /** by slot; the next free one for one that is free */
  #hashes = new Int32Array(FIRST_SLOTS);
  /** by slot: the number of an IPv4 address */
  #quads = new Uint32Array(FIRST_SLOTS);
  /** by slot: any other ID */
  #texts: (string | undefined)[] = [];
  #free = NO_SLOT;
  /** slots that were ever used */
  #used = 0;
  #size = 0;

  /** @param seed whoever does not know it cannot choose IDs that are slow to find */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** IDs that have a slot. */
  get size(): number {
    return this.#size;
  }

  /** Slots that columns need room for. */
  get capacity(): number {
    return this.#hashes.length;
  }

  /** The slot of an ID, or {@link NO_SLOT}. */
  find(id: string): number {
    const quad = quadOf(id);
    return quad === undefined
      ? this.#findText(id, hashOfText(id, this.#seed))
      : this.#findQuad(quad, hashOfQuad(quad, this.#seed));
  }

  /** Gives a slot to an ID that has none. */
  add(id: string): number {
    const slot = this.#takeSlot();
    const quad = quadOf(id);
    let hash: number;
    if (quad === undefined) {
      hash = hashOfText(id, this.#seed);
      this.#texts[slot] = ownText(id);
    } else {
      hash = hashOfQuad(quad, this.#seed);
      this.#quads[slot] = quad;
      this.#texts[slot] = undefined;
    }
    this.#hashes[slot] = hash;
    this.#enter(slot, hash);
    this.#size += 1;
    return slot;
  }

  /** Takes a slot back. */
  remove(slot: number): void {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    let hole = (this.#hashes[slot] ?? 0) & mask;
    while (buckets[hole] !== slot + 1) hole = (hole + 1) & mask;
    // whoever was pushed behind the hole moves up
    for (let at = (hole + 1) & mask; buckets[at] !== 0; at = (at + 1) & mask) {
      const other = buckets[at] ?? 0;
      const home = (this.#hashes[other - 1] ?? 0) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      buckets[hole] = other;
      hole = at;
    }
    buckets[hole] = 0;
    this.#texts[slot] = undefined;
    this.#hashes[slot] = this.#free;
    this.#free = slot;
    this.#size -= 1;
  }

  idOf(slot: number): string {
    return this.#texts[slot] ?? quadText(this.#quads[slot] ?? 0);
  }

  /** Gives back the room of a table that is empty. @returns whether there was any */
  shrink(): boolean {
    if (this.#size > 0 || this.capacity === FIRST_SLOTS) return false;
    this.#buckets = new Int32Array(lengthened(this.#buckets, 2 * FIRST_SLOTS)).fill(0);
    this.#hashes = new Int32Array(lengthened(this.#hashes, FIRST_SLOTS));
    this.#quads = new Uint32Array(lengthened(this.#quads, FIRST_SLOTS));
    this.#texts = [];
    this.#free = NO_SLOT;
    this.#used = 0;
    return true;
  }

  #findQuad(quad: number, hash: number): number {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (buckets[at] ?? 0) - 1;
      if (slot < 0) return NO_SLOT;
      if (this.#quads[slot] === quad && this.#texts[slot] === undefined) return slot;
    }
  }

  #findText(id: string, hash: number): number {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (buckets[at] ?? 0) - 1;
      if (slot < 0) return NO_SLOT;
      if (this.#hashes[slot] === hash && this.#texts[slot] === id) return slot;
    }
  }

  #takeSlot(): number {
    const free = this.#free;
    if (free !== NO_SLOT) {
      this.#free = this.#hashes[free] ?? NO_SLOT;
      return free;
    }
    if (this.#used === this.#hashes.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #enter(slot: number, hash: number): void {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    let at = hash & mask;
    while (buckets[at] !== 0) at = (at + 1) & mask;
    buckets[at] = slot + 1;
  }

  /** By half: columns are long, and most of what is doubled stays empty. No slot is free when this is called. */
  #grow(): void {
    const capacity = this.#hashes.length + (this.#hashes.length >> 1);
    this.#hashes = new Int32Array(lengthened(this.#hashes, capacity));
    this.#quads = new Uint32Array(lengthened(this.#quads, capacity));
    let buckets = this.#buckets.length;
    while (3 * buckets < 4 * capacity) buckets *= 2;
    if (buckets === this.#buckets.length) return;
    this.#buckets = new Int32Array(lengthened(this.#buckets, buckets)).fill(0);
    for (let slot = 0; slot < this.#used; slot += 1) this.#enter(slot, this.#hashes[slot] ?? 0);
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
