/**
 * Whose turn it is among the logs of one jail: a few are read at once, each with a buffer, the others wait in the order in which
 * they were woken. Knows nothing of when to wake whom.
 * @module
 */
import { READ_BUFFER_BYTES } from "./open-log.ts";

/** Files of one jail read at once, each with a buffer of its own. */
const MAX_READS = 2;

/** Something that is read in turns. */
export interface Readable {
  /** "more": another turn is due */
  advance(buffer: Uint8Array): Promise<"idle" | "more">;
}

export class ReadQueue<T extends Readable> {
  readonly #mayRead: (file: T) => boolean;
  readonly #buffers: Uint8Array[] = [];
  readonly #waiting = new Set<T>();
  readonly #reading = new Map<T, Promise<void>>();

  /** @param mayRead whether a file may be read now; who may not is not queued */
  constructor(mayRead: (file: T) => boolean) {
    this.#mayRead = mayRead;
  }

  /** Puts a file in the queue of those to be read; the queue holds each file once. */
  wake(file: T): void {
    if (!this.#mayRead(file)) return;
    this.#waiting.add(file);
    this.#readNext();
  }

  isReading(file: T): boolean {
    return this.#reading.has(file);
  }

  /** Takes a file out; resolves when it is not being read any more. */
  async forget(file: T): Promise<void> {
    this.#waiting.delete(file);
    await this.#reading.get(file);
  }

  /** Empties the queue; resolves when nothing is being read any more. */
  async clear(): Promise<void> {
    this.#waiting.clear();
    await Promise.all(this.#reading.values());
  }

  #readNext(): void {
    for (const file of this.#waiting) {
      if (this.#reading.size >= MAX_READS) return;
      if (this.#reading.has(file)) continue;
      this.#waiting.delete(file);
      this.#reading.set(file, this.#read(file));
    }
  }

  async #read(file: T): Promise<void> {
    const buffer = this.#buffers.pop() ?? new Uint8Array(READ_BUFFER_BYTES);
    const outcome = await file.advance(buffer);
    this.#reading.delete(file);
    this.#buffers.push(buffer);
    if (outcome === "more") this.wake(file);
    this.#readNext();
    // while nothing is read no memory is held
    if (this.#reading.size === 0) this.#buffers.length = 0;
  }
}
