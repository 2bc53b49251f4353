/**
 * Bytes by slot: at the end some are added, at the front some go. They lie in small blocks of a few large pages outside of the heap, which
 * no garbage collector walks through; pages that are empty are given back at once. Knows nothing of what the bytes mean.
 * Hot: per failure.
 * @module
 */
import { lengthened } from "./column.ts";

const PAGE_BITS = 10;
const PAGE_BLOCKS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_BLOCKS - 1;
/** No block. */
const NONE = -1;

/** Takes bytes that a chain holds. */
export interface ByteTarget {
  append(bytes: Uint8Array, from: number, to: number): void;
}

export class ByteChains {
  readonly #blockBytes: number;
  readonly #pages: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  /** by page: blocks in use, blocks that were ever used, and the first that is free again */
  readonly #used: number[] = [];
  readonly #begun: number[] = [];
  readonly #free: number[] = [];
  /** pages with a free block */
  #roomy: number[] = [];
  #emptyPages = 0;
  /** by block: the next one of its chain, or the next free one of its page */
  #next = new Int32Array();
  #blocks = 0;
  /** by slot: number of the first block and one, 0 without any; the last block; where bytes begin in the one and end in the other */
  #heads = new Int32Array();
  #tails = new Int32Array();
  #begins = new Uint8Array();
  #ends = new Uint8Array();

  /** @param blockBytes room of a block, 255 at most: what a chain takes beyond its bytes is half of it, on average */
  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  /** Of all blocks in use. */
  get bytes(): number {
    return this.#blocks * this.#blockBytes;
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
    const room = this.#blockBytes;
    let tail = this.#tails[slot] ?? 0;
    let end = this.#ends[slot] ?? 0;
    if (this.isEmpty(slot)) {
      tail = this.#take();
      end = 0;
      this.#heads[slot] = tail + 1;
      this.#begins[slot] = 0;
    }
    for (let from = 0; ; ) {
      const to = Math.min(length, from + room - end);
      const page = this.#pages[tail >> PAGE_BITS];
      if (page === undefined) return;
      let at = (tail & PAGE_MASK) * room + end;
      end += to - from;
      // faster than a call for so few
      for (; from < to; from += 1, at += 1) page[at] = bytes[from] ?? 0;
      if (from === length) break;
      const next = this.#take();
      this.#next[tail] = next;
      tail = next;
      end = 0;
    }
    this.#tails[slot] = tail;
    this.#ends[slot] = end;
  }

  /** One of the first few bytes, as many as fit into a block; 0 past the end. */
  byteAt(slot: number, index: number): number {
    const head = (this.#heads[slot] ?? 0) - 1;
    const at = (this.#begins[slot] ?? 0) + index;
    const isBehind = at >= this.#blockBytes;
    const block = isBehind ? (this.#next[head] ?? 0) : head;
    const page = this.#pages[block >> PAGE_BITS];
    return page?.[(block & PAGE_MASK) * this.#blockBytes + at - (isBehind ? this.#blockBytes : 0)] ?? 0;
  }

  /** Lets the first bytes go: no more than there are. */
  dropFirst(slot: number, length: number): void {
    const tail = this.#tails[slot] ?? 0;
    let block = (this.#heads[slot] ?? 0) - 1;
    let begin = (this.#begins[slot] ?? 0) + length;
    for (; begin >= this.#blockBytes && block !== tail; begin -= this.#blockBytes)
      block = this.#release(block);
    if (block === tail && begin >= (this.#ends[slot] ?? 0)) {
      this.#release(block);
      this.#heads[slot] = 0;
      return;
    }
    this.#heads[slot] = block + 1;
    this.#begins[slot] = begin;
  }

  drop(slot: number): void {
    if (this.isEmpty(slot)) return;
    const tail = this.#tails[slot] ?? 0;
    for (let block = (this.#heads[slot] ?? 0) - 1; block !== tail; ) block = this.#release(block);
    this.#release(tail);
    this.#heads[slot] = 0;
  }

  /** Gives all bytes of a slot, in pieces. */
  read(slot: number, target: ByteTarget): void {
    if (this.isEmpty(slot)) return;
    const tail = this.#tails[slot] ?? 0;
    let from = this.#begins[slot] ?? 0;
    for (let block = (this.#heads[slot] ?? 0) - 1; ; block = this.#next[block] ?? 0) {
      const page = this.#pages[block >> PAGE_BITS];
      if (page === undefined) return;
      const at = (block & PAGE_MASK) * this.#blockBytes;
      target.append(page, at + from, at + (block === tail ? (this.#ends[slot] ?? 0) : this.#blockBytes));
      if (block === tail) return;
      from = 0;
    }
  }

  /** Gives back all room: nobody has bytes here any more. */
  clear(): void {
    for (const page of this.#pages.splice(0)) page?.buffer.transfer(0);
    this.#roomy = [];
    this.#emptyPages = 0;
    this.#next = new Int32Array(lengthened(this.#next, 0));
    this.#blocks = 0;
    this.#heads.fill(0);
  }

  #take(): number {
    const page = this.#roomy.at(-1) ?? this.#addPage();
    const used = this.#used[page] ?? 0;
    if (used === 0) this.#emptyPages -= 1;
    this.#used[page] = used + 1;
    if (used + 1 === PAGE_BLOCKS) this.#roomy.pop();
    this.#blocks += 1;
    const free = this.#free[page] ?? NONE;
    if (free !== NONE) {
      this.#free[page] = this.#next[free] ?? NONE;
      return free;
    }
    const begun = this.#begun[page] ?? 0;
    this.#begun[page] = begun + 1;
    return (page << PAGE_BITS) + begun;
  }

  /** @returns the next block of its chain */
  #release(block: number): number {
    const next = this.#next[block] ?? 0;
    const page = block >> PAGE_BITS;
    this.#next[block] = this.#free[page] ?? NONE;
    this.#free[page] = block;
    const used = this.#used[page] ?? 0;
    this.#used[page] = used - 1;
    this.#blocks -= 1;
    if (used === PAGE_BLOCKS) this.#roomy.push(page);
    if (used === 1) this.#emptied(page);
    return next;
  }

  #addPage(): number {
    const hole = this.#pages.indexOf(undefined);
    const page = hole < 0 ? this.#pages.length : hole;
    const needed = (page + 1) * PAGE_BLOCKS;
    if (this.#next.length < needed) {
      this.#next = new Int32Array(lengthened(this.#next, Math.max(needed, this.#next.length * 1.5)));
    }
    this.#pages[page] = new Uint8Array(PAGE_BLOCKS * this.#blockBytes);
    this.#used[page] = 0;
    this.#begun[page] = 0;
    this.#free[page] = NONE;
    this.#roomy.push(page);
    this.#emptyPages += 1;
    return page;
  }

  /** One empty page stays, for what comes next. */
  #emptied(page: number): void {
    this.#emptyPages += 1;
    if (this.#emptyPages === 1) return;
    this.#emptyPages -= 1;
    // its memory is free now, not when it is collected
    this.#pages[page]?.buffer.transfer(0);
    this.#pages[page] = undefined;
    this.#roomy = this.#roomy.filter((other) => other !== page);
  }
}
