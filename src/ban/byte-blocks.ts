/**
 * Small blocks of bytes in a few large pages outside of the heap, which no garbage collector walks through. Pages that are empty are given
 * back at once. Knows nothing of who has the blocks; one block leads to another by a number of its owner's.
 * Hot: per failure.
 * @module
 */
import { lengthened } from "./column.ts";

/** A page is too large for the allocator's own heap (`bin/gaoler`): what is free again goes back to the system and leaves no holes there. */
const PAGE_BITS = 12;
const PAGE_BLOCKS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_BLOCKS - 1;
/** The end of the free blocks of a page. */
const NONE = -1;
const NO_BYTES = new Uint8Array();

export class ByteBlocks {
  /** of a block */
  readonly blockBytes: number;
  readonly #pages: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  /** by page: blocks in use, blocks that were ever used, and the first that is free again */
  readonly #used: number[] = [];
  readonly #begun: number[] = [];
  readonly #free: number[] = [];
  /** pages with a free block */
  #roomy: number[] = [];
  #emptyPages = 0;
  /** by block: what its owner says, or the next free one of its page */
  #links = new Int32Array();
  #count = 0;

  constructor(blockBytes: number) {
    this.blockBytes = blockBytes;
  }

  /** Of all blocks in use. */
  get bytes(): number {
    return this.#count * this.blockBytes;
  }

  /** The page that a block lies in, from {@link placeOf} on. */
  pageOf(block: number): Uint8Array {
    return this.#pages[block >> PAGE_BITS] ?? NO_BYTES;
  }

  placeOf(block: number): number {
    return (block & PAGE_MASK) * this.blockBytes;
  }

  linkOf(block: number): number {
    return this.#links[block] ?? 0;
  }

  link(block: number, to: number): void {
    this.#links[block] = to;
  }

  /** A block of one's own, 0 or more. */
  take(): number {
    const page = this.#roomy.at(-1) ?? this.#addPage();
    const used = this.#used[page] ?? 0;
    if (used === 0) this.#emptyPages -= 1;
    this.#used[page] = used + 1;
    if (used + 1 === PAGE_BLOCKS) this.#roomy.pop();
    this.#count += 1;
    const free = this.#free[page] ?? NONE;
    if (free !== NONE) {
      this.#free[page] = this.#links[free] ?? NONE;
      return free;
    }
    const begun = this.#begun[page] ?? 0;
    this.#begun[page] = begun + 1;
    return (page << PAGE_BITS) + begun;
  }

  /** @returns where the block has led to */
  release(block: number): number {
    const link = this.linkOf(block);
    const page = block >> PAGE_BITS;
    this.#links[block] = this.#free[page] ?? NONE;
    this.#free[page] = block;
    const used = this.#used[page] ?? 0;
    this.#used[page] = used - 1;
    this.#count -= 1;
    if (used === PAGE_BLOCKS) this.#roomy.push(page);
    if (used === 1) this.#emptied(page);
    return link;
  }

  /** Takes all blocks back. */
  clear(): void {
    for (const page of this.#pages.splice(0)) page?.buffer.transfer(0);
    this.#roomy = [];
    this.#emptyPages = 0;
    this.#links = new Int32Array(lengthened(this.#links, 0));
    this.#count = 0;
  }

  #addPage(): number {
    const hole = this.#pages.indexOf(undefined);
    const page = hole < 0 ? this.#pages.length : hole;
    const needed = (page + 1) * PAGE_BLOCKS;
    if (this.#links.length < needed) {
      this.#links = new Int32Array(lengthened(this.#links, Math.max(needed, this.#links.length * 1.5)));
    }
    this.#pages[page] = new Uint8Array(PAGE_BLOCKS * this.blockBytes);
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
