/**
 * Changes that were made since the last commit. They stay in memory until they are brought into a transaction of the file, where
 * many at once cost half of what they cost one by one: what is changed again meanwhile is written once, and each page of the file
 * once. They are kept until the commit: should the file fail before, all of them are done elsewhere. Knows no clock.
 * Hot: per ban, and per count that is kept.
 * @module
 */
import type { Change, Connection } from "./connection.ts";

/** So many are brought in about as long as a slice of lines takes. */
export const PORTION = 500;
/** More are a flood's. */
const MANY = 200;
/** More should wait no longer; twice as much is never gathered. */
const ENOUGH = 8192;
/** The same for data, as often as they are written: a ban's are written twice. Bytes. */
const ENOUGH_BYTES = 4 * 1024 * 1024;

export class GatheredChanges {
  /** in the order in which they are to be written, by name or number */
  readonly #ahead = new Map<string | number, Change>();
  /** brought into the transaction that is not committed yet */
  #begun: Change[] = [];
  #next = 0;
  /** since the last commit */
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#ahead.size === 0 && this.#begun.length === 0;
  }

  /** They come in a flood. */
  get isMany(): boolean {
    return this.#length >= MANY;
  }

  /** It is time to bring them into the file. */
  get isEnough(): boolean {
    return this.#length >= ENOUGH || this.#bytes >= ENOUGH_BYTES;
  }

  /** No more may come before the commit. */
  get isFull(): boolean {
    return this.#length >= 2 * ENOUGH || this.#bytes >= 2 * ENOUGH_BYTES;
  }

  /** There is more to bring than is done in one portion. */
  get isLong(): boolean {
    return this.#ahead.size > PORTION;
  }

  get #length(): number {
    return this.#ahead.size + this.#begun.length;
  }

  add(change: Change): void {
    const key = change.replaces ?? this.#next++;
    if (change.replaces !== undefined) this.#ahead.delete(key);
    this.#ahead.set(key, change);
    for (const { values } of change.writes) {
      for (const value of values) if (value instanceof Uint8Array) this.#bytes += value.length;
    }
  }

  /**
   * Brings the first of them into the file's transaction, which is begun where it is not.
   *
   * @param refused told of what the database refuses for its content; it is left out
   * @throws what else SQLite throws; nothing is lost
   */
  bring(file: Connection, refused: (error: unknown) => void, limit = Infinity): void {
    if (!file.isInTransaction) {
      file.begin();
      // the transaction that they were in is gone, and the file may be another
      for (const change of this.#begun) file.make(change, refused);
    }
    let left = limit;
    for (const [key, change] of this.#ahead) {
      if (left === 0) return;
      left -= 1;
      file.make(change, refused);
      this.#ahead.delete(key);
      this.#begun.push(change);
    }
  }

  /** All of them, in order; nothing is left. */
  take(): readonly Change[] {
    const all = [...this.#begun, ...this.#ahead.values()];
    this.clear();
    return all;
  }

  /** They are in the file. */
  clear(): void {
    this.#ahead.clear();
    this.#begun = [];
    this.#bytes = 0;
  }
}
