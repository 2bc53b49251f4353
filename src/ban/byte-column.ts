/**
 * Bytes by slot, put there once as a whole: four bytes for each slot, and blocks for those that have some. Knows nothing of what the bytes
 * mean.
 * Hot: per failure.
 * @module
 */
import { ByteBlocks } from "./byte-blocks.ts";
import type { ByteTarget } from "./byte-chains.ts";
import { lengthened } from "./column.ts";

export class ByteColumn {
  /** a block leads to the next one; the last one to how many bytes it holds, as a negative number */
  readonly #blocks: ByteBlocks;
  /** number of the first block and one, 0 without any; empty while nobody has bytes */
  #heads = new Int32Array();
  #capacity = 0;

  constructor(blockBytes: number) {
    this.#blocks = new ByteBlocks(blockBytes);
  }

  /** Of all blocks in use. */
  get bytes(): number {
    return this.#blocks.bytes;
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#capacity = capacity;
    if (this.#heads.length > 0) this.#heads = new Int32Array(lengthened(this.#heads, capacity));
  }

  isEmpty(slot: number): boolean {
    return (this.#heads[slot] ?? 0) === 0;
  }

  /** Puts bytes, at least one, into a slot that has none. */
  put(slot: number, bytes: Uint8Array, length: number): void {
    const blocks = this.#blocks;
    if (this.#heads.length === 0) this.#heads = new Int32Array(this.#capacity);
    let block = blocks.take();
    this.#heads[slot] = block + 1;
    for (let from = 0; ; ) {
      const to = Math.min(length, from + blocks.blockBytes);
      const page = blocks.pageOf(block);
      const begin = from;
      // faster than a call for so few
      for (let at = blocks.placeOf(block); from < to; from += 1, at += 1) page[at] = bytes[from] ?? 0;
      if (from === length) {
        blocks.link(block, begin - from);
        return;
      }
      const next = blocks.take();
      blocks.link(block, next);
      block = next;
    }
  }

  /** Gives all bytes of a slot, in pieces. */
  read(slot: number, target: ByteTarget): void {
    const blocks = this.#blocks;
    for (let block = (this.#heads[slot] ?? 0) - 1; block >= 0; ) {
      const link = blocks.linkOf(block);
      const at = blocks.placeOf(block);
      target.append(blocks.pageOf(block), at, at + (link < 0 ? -link : blocks.blockBytes));
      block = link;
    }
  }

  drop(slot: number): void {
    if (this.isEmpty(slot)) return;
    for (let block = (this.#heads[slot] ?? 0) - 1; block >= 0; ) block = this.#blocks.release(block);
    this.#heads[slot] = 0;
  }

  /** Gives back all room: nobody has bytes here any more. */
  clear(): void {
    this.#blocks.clear();
    this.#heads = new Int32Array(lengthened(this.#heads, 0));
  }
}
