/**
 * Readers of one file that ask for the same bytes within a moment, as the jails do that catch up on one log: what one has read is kept
 * for that moment, and the others get it, too: to look at where it is, if they can, else as a copy. Knows nothing of lines, rotation or jails.
 *
 * A block is as safe as a read of one's own, for it is what such a read would have given a moment ago, and no reader ever goes back
 * in time: it gets no block whose reading began before its own last look at the file (a read, a stat, a block it got) had ended. So what
 * each reader sees are states of the file in the order in which the file had them. Who notices that the file was cut or rewritten has
 * looked, and gets nothing older; who gets a block from before that reads it as if he had come just before, and the bytes
 * before the position that he compares with the next block come from the same reading. The end of a file is always looked for by a
 * read of one's own, as is its begin: only blocks that were filled, and begin behind something that was read before, are shared.
 * Hot: per block.
 * @module
 */
import type { BigIntStats, Stats } from "node:fs";
import { open } from "node:fs/promises";
import type { LogHandle, OpenFile } from "./open-log.ts";

/** Shorter reads are not shared: they look whether something has changed. */
const MIN_SHARED_BYTES = 64 * 1024;
/** Blocks kept at once, of all files; each as long as a read, 256 KiB. */
const MAX_BLOCKS = 8;
/** How long a block is kept: about as long as forty readers take for a block each; milliseconds. */
const MAX_AGE_MS = 250;

/** What somebody reads, or has read. */
interface Block {
  readonly inode: string;
  readonly position: number;
  readonly length: number;
  /** when the reading began and had ended, as numbers in the order of events */
  readonly begun: number;
  ended: number;
  /** by the monotonic clock, milliseconds */
  readonly at: number;
  /** once it was read; it was not filled if it is none of the kept ones then */
  bytes: Uint8Array | undefined;
  readonly done: Promise<void>;
}

export class SharedReads {
  readonly #openFile: OpenFile;
  /** by file: its readers */
  readonly #readers = new Map<string, number>();
  /** oldest first */
  #blocks: Block[] = [];
  /** of all blocks, as long as somebody has one */
  readonly #lent = new WeakSet<ArrayBufferLike>();
  #events = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(openFile: OpenFile = open) {
    this.#openFile = openFile;
  }

  /** Blocks that are kept now. */
  get kept(): number {
    return this.#blocks.length;
  }

  /** Whether bytes are part of a block: nobody ever changes them. */
  hasLent({ buffer }: Uint8Array): boolean {
    return this.#lent.has(buffer);
  }

  /** Opens a file as the system does. */
  async open(path: string, flags: number): Promise<LogHandle> {
    const file = await this.#openFile(path, flags);
    try {
      const { dev, ino } = await file.stat({ bigint: true });
      const inode = `${dev}:${ino}`;
      this.#readers.set(inode, this.#readersOf(inode) + 1);
      return new SharedFile(file, {
        moment: () => ++this.#events,
        read: (own, ...what) => this.#read(file, inode, own, ...what),
        leave: () => this.#leave(inode),
      });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #readersOf(inode: string): number {
    return this.#readers.get(inode) ?? 0;
  }

  #leave(inode: string): void {
    const left = this.#readersOf(inode) - 1;
    if (left > 0) this.#readers.set(inode, left);
    else this.#readers.delete(inode);
    // nobody else would ask; and the number may be another file's soon
    if (left <= 1) this.#blocks = this.#blocks.filter((block) => block.inode !== inode);
  }

  /** Reads for somebody whose last look had ended at `seen`; gives how much, where it is, and when this look had ended. */
  async #read(
    file: LogHandle,
    inode: string,
    seen: number,
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<Look> {
    const isShared = position > 0 && length >= MIN_SHARED_BYTES && this.#readersOf(inode) > 1;
    if (!isShared) {
      const { bytesRead } = await file.read(buffer, offset, length, position);
      return { bytesRead, block: undefined, ended: ++this.#events };
    }
    const known = this.#find(inode, position, length, seen);
    if (known !== undefined && known.bytes === undefined) await known.done;
    if (known?.bytes !== undefined) return { bytesRead: length, block: known.bytes, ended: known.ended };
    return await this.#readAndKeep(file, inode, buffer, offset, length, position);
  }

  async #readAndKeep(
    file: LogHandle,
    inode: string,
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<Look> {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const begun = ++this.#events;
    const block: Block = {
      inode,
      position,
      length,
      begun,
      ended: begun,
      at: performance.now(),
      bytes: undefined,
      done,
    };
    this.#keep(block);
    try {
      const { bytesRead } = await file.read(buffer, offset, length, position);
      block.ended = ++this.#events;
      const isWanted = bytesRead === length && this.#blocks.includes(block);
      if (isWanted) {
        // a Buffer's slice would be no copy
        block.bytes = new Uint8Array(buffer.subarray(offset, offset + length));
        this.#lent.add(block.bytes.buffer);
      }
      return { bytesRead, block: block.bytes, ended: block.ended };
    } finally {
      if (block.bytes === undefined) this.#drop(block);
      resolve();
    }
  }

  #find(inode: string, position: number, length: number, seen: number): Block | undefined {
    const oldest = performance.now() - MAX_AGE_MS;
    return this.#blocks.findLast(
      (block) =>
        block.inode === inode &&
        block.position === position &&
        block.length === length &&
        block.begun > seen &&
        block.at >= oldest,
    );
  }

  #keep(block: Block): void {
    this.#blocks.push(block);
    if (this.#blocks.length > MAX_BLOCKS) this.#blocks.shift();
    // while nothing is read no memory is held
    this.#timer ??= setTimeout(() => this.#forget(), MAX_AGE_MS).unref();
  }

  #drop(block: Block): void {
    this.#blocks = this.#blocks.filter((one) => one !== block);
  }

  #forget(): void {
    const oldest = performance.now() - MAX_AGE_MS;
    this.#blocks = this.#blocks.filter(({ at }) => at >= oldest);
    this.#timer =
      this.#blocks.length === 0 ? undefined : setTimeout(() => this.#forget(), MAX_AGE_MS).unref();
  }
}

/** What a read came to, and when it had ended. */
interface Look {
  readonly bytesRead: number;
  /** all that was read; `undefined`: it is in the reader's buffer */
  readonly block: Uint8Array | undefined;
  readonly ended: number;
}

/** What a reader needs of those that share with it. */
interface FilePorts {
  /** the number of the present moment */
  moment(): number;
  read(seen: number, buffer: Uint8Array, offset: number, length: number, position: number): Promise<Look>;
  leave(): void;
}

/** One reader's file. */
class SharedFile implements LogHandle {
  readonly #file: LogHandle;
  readonly #ports: FilePorts;
  /** when its last look at the file had ended */
  #seen: number;
  #isOpen = true;

  constructor(file: LogHandle, ports: FilePorts) {
    this.#file = file;
    this.#ports = ports;
    this.#seen = ports.moment();
  }

  async read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    const { bytesRead, block } = await this.#look(buffer, offset, length, position);
    if (block !== undefined) buffer.set(block, offset);
    return { bytesRead };
  }

  async lend(
    buffer: Uint8Array,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number; readonly bytes: Uint8Array }> {
    const { bytesRead, block = buffer } = await this.#look(buffer, 0, length, position);
    return { bytesRead, bytes: block };
  }

  async #look(buffer: Uint8Array, offset: number, length: number, position: number): Promise<Look> {
    const look = await this.#ports.read(this.#seen, buffer, offset, length, position);
    this.#seen = Math.max(this.#seen, look.ended);
    return look;
  }

  stat(): Promise<Stats>;
  stat(options: { readonly bigint: true }): Promise<BigIntStats>;
  async stat(options?: { readonly bigint: true }): Promise<Stats | BigIntStats> {
    const stats = options === undefined ? await this.#file.stat() : await this.#file.stat(options);
    this.#seen = this.#ports.moment();
    return stats;
  }

  async close(): Promise<void> {
    if (this.#isOpen) this.#ports.leave();
    this.#isOpen = false;
    await this.#file.close();
  }
}
