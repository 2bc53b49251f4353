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

/** Each slot has a chain of blocks. */
export class ByteChains {
  readonly #blocks: ByteBlocks;
  /** number of the first block and one, 0 without any; the last block; where bytes begin in the one and end in the other */
  #heads = new Int32Array();
  #tails = new Int32Array();
  #begins = new Uint8Array();
  #ends = new Uint8Array();

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
    this.#heads = new Int32Array(lengthened(this.#heads, capacity));
    this.#tails = new Int32Array(lengthened(this.#tails, capacity));
    this.#begins = new Uint8Array(lengthened(this.#begins, capacity));
    this.#ends = new Uint8Array(lengthened(this.#ends, capacity));
  }

  isEmpty(slot: number): boolean {
    return (this.#heads[slot] ?? 0) === 0;
  }

  /** Adds bytes, at least one. */
  append(slot: number, bytes: Uint8Array, length: number): void {
    const blocks = this.#blocks;
    const room = blocks.blockBytes;
    let tail = this.#tails[slot] ?? 0;
    let end = this.#ends[slot] ?? 0;
    if (this.isEmpty(slot)) {
      tail = blocks.take();
      end = 0;
      this.#heads[slot] = tail + 1;
      this.#begins[slot] = 0;
    }
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
    this.#tails[slot] = tail;
    this.#ends[slot] = end;
  }

  /** One of the first few bytes, as many as fit into a block; 0 past the end. */
  byteAt(slot: number, index: number): number {
    const blocks = this.#blocks;
    let block = (this.#heads[slot] ?? 0) - 1;
    let at = (this.#begins[slot] ?? 0) + index;
    if (at >= blocks.blockBytes) {
      block = blocks.linkOf(block);
      at -= blocks.blockBytes;
    }
    return blocks.pageOf(block)[blocks.placeOf(block) + at] ?? 0;
  }

  /** Lets the first bytes go: no more than there are. */
  dropFirst(slot: number, length: number): void {
    const blocks = this.#blocks;
    const tail = this.#tails[slot] ?? 0;
    let block = (this.#heads[slot] ?? 0) - 1;
    let begin = (this.#begins[slot] ?? 0) + length;
    for (; begin >= blocks.blockBytes && block !== tail; begin -= blocks.blockBytes)
      block = blocks.release(block);
    if (block === tail && begin >= (this.#ends[slot] ?? 0)) {
      blocks.release(block);
      this.#heads[slot] = 0;
      return;
    }
    this.#heads[slot] = block + 1;
    this.#begins[slot] = begin;
  }

  drop(slot: number): void {
    if (this.isEmpty(slot)) return;
    const tail = this.#tails[slot] ?? 0;
    for (let block = (this.#heads[slot] ?? 0) - 1; block !== tail; ) block = this.#blocks.release(block);
    this.#blocks.release(tail);
    this.#heads[slot] = 0;
  }

  /** Gives all bytes of a slot, in pieces. */
  read(slot: number, target: ByteTarget): void {
    if (this.isEmpty(slot)) return;
    const blocks = this.#blocks;
    const tail = this.#tails[slot] ?? 0;
    let from = this.#begins[slot] ?? 0;
    for (let block = (this.#heads[slot] ?? 0) - 1; ; block = blocks.linkOf(block)) {
      const at = blocks.placeOf(block);
      const to = block === tail ? (this.#ends[slot] ?? 0) : blocks.blockBytes;
      target.append(blocks.pageOf(block), at + from, at + to);
      if (block === tail) return;
      from = 0;
    }
  }

  /** Gives back all room: nobody has bytes here any more. */
  clear(): void {
    this.#blocks.clear();
    this.#heads.fill(0);
  }
}
