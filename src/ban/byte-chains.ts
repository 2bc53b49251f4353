/**
 * Bytes by slot: at the end some are added, at the front some go. Four bytes for each slot, and blocks for those that have some. Knows
 * nothing of what the bytes mean.
 * Hot: per failure.
 * @module
 */
import { ByteBlocks } from "./byte-blocks.ts";
import { lengthened } from "./column.ts";

/** Takes bytes that are read. */
export interface ByteTarget {
  append(bytes: Uint8Array, from: number, to: number): void;
}

/** A block says first where bytes begin in it, if it is the first one, and where they end, if it is the last; then come the bytes. */
const [BEGIN, END, FIRST_BYTE] = [0, 1, 2];

/** Each slot has a ring of blocks: the last one leads to the first. */
export class ByteChains {
  readonly #blocks: ByteBlocks;
  /** number of the last block and one, 0 without any */
  #tails = new Int32Array();

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
    this.#tails = new Int32Array(lengthened(this.#tails, capacity));
  }

  isEmpty(slot: number): boolean {
    return (this.#tails[slot] ?? 0) === 0;
  }

  /** Adds bytes, at least one. */
  append(slot: number, bytes: Uint8Array, length: number): void {
    const blocks = this.#blocks;
    const { blockBytes } = blocks;
    let tail = this.#ensured(slot);
    for (let from = 0; ; ) {
      const page = blocks.pageOf(tail);
      const place = blocks.placeOf(tail);
      const end = page[place + END] ?? 0;
      const to = Math.min(length, from + blockBytes - end);
      page[place + END] = end + to - from;
      // faster than a call for so few
      for (let at = place + end; from < to; from += 1, at += 1) page[at] = bytes[from] ?? 0;
      if (from === length) break;
      tail = this.#prolonged(tail);
    }
    this.#tails[slot] = tail + 1;
  }

  /** One of the first few bytes, as many as fit into a block; 0 past the end. */
  byteAt(slot: number, index: number): number {
    const blocks = this.#blocks;
    let block = this.#head(slot);
    let at = this.#begin(block) + index;
    if (at >= blocks.blockBytes) {
      block = blocks.linkOf(block);
      at -= blocks.blockBytes - FIRST_BYTE;
    }
    return blocks.pageOf(block)[blocks.placeOf(block) + at] ?? 0;
  }

  /** Lets the first bytes go: no more than there are. */
  dropFirst(slot: number, length: number): void {
    const blocks = this.#blocks;
    const tail = this.#tail(slot);
    let head = this.#head(slot);
    let begin = this.#begin(head) + length;
    for (; begin >= blocks.blockBytes && head !== tail; begin -= blocks.blockBytes - FIRST_BYTE)
      head = blocks.release(head);
    if (head === tail && begin >= this.#end(tail)) {
      blocks.release(head);
      this.#tails[slot] = 0;
      return;
    }
    blocks.link(tail, head);
    blocks.pageOf(head)[blocks.placeOf(head) + BEGIN] = begin;
  }

  drop(slot: number): void {
    if (this.isEmpty(slot)) return;
    const tail = this.#tail(slot);
    for (let block = this.#head(slot); block !== tail; ) block = this.#blocks.release(block);
    this.#blocks.release(tail);
    this.#tails[slot] = 0;
  }

  /** Gives all bytes of a slot, in pieces. */
  read(slot: number, target: ByteTarget): void {
    if (this.isEmpty(slot)) return;
    const blocks = this.#blocks;
    const tail = this.#tail(slot);
    let block = this.#head(slot);
    for (let from = this.#begin(block); ; from = FIRST_BYTE) {
      const at = blocks.placeOf(block);
      const to = block === tail ? this.#end(tail) : blocks.blockBytes;
      target.append(blocks.pageOf(block), at + from, at + to);
      if (block === tail) return;
      block = blocks.linkOf(block);
    }
  }

  /** Gives back all room: nobody has bytes here any more. */
  clear(): void {
    this.#blocks.clear();
    this.#tails.fill(0);
  }

  /** The last block; a new one, without bytes, where there is none. */
  #ensured(slot: number): number {
    if (!this.isEmpty(slot)) return this.#tail(slot);
    const block = this.#take();
    this.#blocks.link(block, block);
    return block;
  }

  /** @returns a new last block */
  #prolonged(tail: number): number {
    const next = this.#take();
    this.#blocks.link(next, this.#blocks.linkOf(tail));
    this.#blocks.link(tail, next);
    return next;
  }

  #take(): number {
    const blocks = this.#blocks;
    const block = blocks.take();
    const page = blocks.pageOf(block);
    const place = blocks.placeOf(block);
    page[place + BEGIN] = FIRST_BYTE;
    page[place + END] = FIRST_BYTE;
    return block;
  }

  #tail(slot: number): number {
    return (this.#tails[slot] ?? 0) - 1;
  }

  /** The first block of a slot that has some. */
  #head(slot: number): number {
    return this.#blocks.linkOf(this.#tail(slot));
  }

  #begin(head: number): number {
    return this.#blocks.pageOf(head)[this.#blocks.placeOf(head) + BEGIN] ?? 0;
  }

  #end(tail: number): number {
    return this.#blocks.pageOf(tail)[this.#blocks.placeOf(tail) + END] ?? 0;
  }
}
