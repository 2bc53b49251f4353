/**
 * Bytes by slot: at the end some are added, at the front some go. Knows nothing of what the bytes mean.
 * Hot: per failure.
 * @module
 */
import { ByteBlocks } from "./byte-blocks.ts";
import { lengthened } from "./column.ts";

/** Takes bytes that are read. */
export interface ByteTarget {
  append(bytes: Uint8Array, from: number, to: number): void;
}

/**
 * What is known of a chain, side by side, for each piece needs it all: number of the first block and one, 0 without any; the last block;
 * where bytes begin in the one, in the lowest bits, and end in the other.
 */
const [HEAD, TAIL, PLACES, NUMBERS] = [0, 1, 2, 3];
const PLACE_BITS = 8;
const PLACE_MASK = 0xff;

/** Each slot has a chain of blocks. */
export class ByteChains {
  readonly #blocks: ByteBlocks;
  #chains = new Int32Array();

  /** @param blockBytes 255 at most: what a chain takes beyond its bytes is half of it, on average */
  constructor(blockBytes: number) {
    this.#blocks = new ByteBlocks(blockBytes);
  }

  /** Of all blocks in use. */
  get bytes(): number {
    return this.#blocks.bytes;
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#chains = new Int32Array(lengthened(this.#chains, NUMBERS * capacity));
  }

  isEmpty(slot: number): boolean {
    return (this.#chains[NUMBERS * slot + HEAD] ?? 0) === 0;
  }

  /** Adds bytes, at least one. */
  append(slot: number, bytes: Uint8Array, length: number): void {
    const blocks = this.#blocks;
    const room = blocks.blockBytes;
    const chains = this.#chains;
    const chain = NUMBERS * slot;
    let tail = chains[chain + TAIL] ?? 0;
    let places = chains[chain + PLACES] ?? 0;
    if (chains[chain + HEAD] === 0) {
      tail = blocks.take();
      places = 0;
      chains[chain + HEAD] = tail + 1;
    }
    let end = places >> PLACE_BITS;
    for (let from = 0; ; ) {
      const to = Math.min(length, from + room - end);
      const page = blocks.pageOf(tail);
      let at = blocks.placeOf(tail) + end;
      end += to - from;
      // faster than a call for so few
      for (; from < to; from += 1, at += 1) page[at] = bytes[from] ?? 0;
      if (from === length) break;
      const next = blocks.take();
      blocks.link(tail, next);
      tail = next;
      end = 0;
    }
    chains[chain + TAIL] = tail;
    chains[chain + PLACES] = (places & PLACE_MASK) | (end << PLACE_BITS);
  }

  /** One of the first few bytes, as many as fit into a block; 0 past the end. */
  byteAt(slot: number, index: number): number {
    const blocks = this.#blocks;
    let block = this.#head(slot);
    let at = this.#begin(slot) + index;
    if (at >= blocks.blockBytes) {
      block = blocks.linkOf(block);
      at -= blocks.blockBytes;
    }
    return blocks.pageOf(block)[blocks.placeOf(block) + at] ?? 0;
  }

  /** Lets the first bytes go: no more than there are. */
  dropFirst(slot: number, length: number): void {
    const blocks = this.#blocks;
    const chain = NUMBERS * slot;
    const tail = this.#tail(slot);
    const end = this.#end(slot);
    let block = this.#head(slot);
    let begin = this.#begin(slot) + length;
    for (; begin >= blocks.blockBytes && block !== tail; begin -= blocks.blockBytes)
      block = blocks.release(block);
    if (block === tail && begin >= end) {
      blocks.release(block);
      this.#chains[chain + HEAD] = 0;
      return;
    }
    this.#chains[chain + HEAD] = block + 1;
    this.#chains[chain + PLACES] = begin | (end << PLACE_BITS);
  }

  drop(slot: number): void {
    if (this.isEmpty(slot)) return;
    const tail = this.#tail(slot);
    for (let block = this.#head(slot); block !== tail; ) block = this.#blocks.release(block);
    this.#blocks.release(tail);
    this.#chains[NUMBERS * slot + HEAD] = 0;
  }

  /** Gives all bytes of a slot, in pieces. */
  read(slot: number, target: ByteTarget): void {
    if (this.isEmpty(slot)) return;
    const blocks = this.#blocks;
    const tail = this.#tail(slot);
    let from = this.#begin(slot);
    for (let block = this.#head(slot); ; block = blocks.linkOf(block)) {
      const at = blocks.placeOf(block);
      const to = block === tail ? this.#end(slot) : blocks.blockBytes;
      target.append(blocks.pageOf(block), at + from, at + to);
      if (block === tail) return;
      from = 0;
    }
  }

  /** Gives back all room: nobody has bytes here any more. */
  clear(): void {
    this.#blocks.clear();
    this.#chains.fill(0);
  }

  /** The first block. */
  #head(slot: number): number {
    return (this.#chains[NUMBERS * slot + HEAD] ?? 0) - 1;
  }

  #tail(slot: number): number {
    return this.#chains[NUMBERS * slot + TAIL] ?? 0;
  }

  #begin(slot: number): number {
    return (this.#chains[NUMBERS * slot + PLACES] ?? 0) & PLACE_MASK;
  }

  #end(slot: number): number {
    return (this.#chains[NUMBERS * slot + PLACES] ?? 0) >> PLACE_BITS;
  }
}
