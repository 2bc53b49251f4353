/**
 * Log lines that wait for the end of what is being done now, to be written together: under attack there are thousands in a row. They
 * wait as the bytes that are written: as texts they would have to be put together and encoded once more.
 * Their number and length are bounded. Knows nothing of where they are written.
 * Hot: per log line.
 * @module
 */

/** Lines that wait at most. */
const MAX_LINES = 2000;
/** Bytes of them; the last line may go beyond. */
const MAX_BYTES = 256 * 1024;
/** A buffer that a long line has made larger than this is not kept. */
const LARGEST_KEPT = 2 * MAX_BYTES;
const FIRST_BYTES = 4096;
/** Bytes that a character may take as UTF-8; of two that stand for one sign each has less. */
const WIDEST = 3;

const [TAB, BLANK, TILDE, NEWLINE] = [0x09, 0x20, 0x7e, 0x0a];

/** Lines of which one ends where the next begins. */
export interface PackedLines {
  /** UTF-8; each line ends in a newline */
  readonly bytes: Uint8Array;
  /** where each line ends */
  readonly ends: readonly number[];
}

export class WaitingLines {
  #bytes = Buffer.alloc(0);
  #length = 0;
  #ends: number[] = [];

  get count(): number {
    return this.#ends.length;
  }

  /** Adds to the line that is being put together. */
  put(text: string): void {
    this.#reserve(WIDEST * text.length);
    if (!this.#putPlain(text)) this.#length += this.#bytes.write(text, this.#length);
  }

  /** Adds bytes to the line. */
  putBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * Adds a text that has nothing in it but what every terminal shows as it is.
   *
   * @returns `false`: it has, and nothing was added
   */
  putIfPlain(text: string): boolean {
    this.#reserve(text.length);
    return this.#putPlain(text);
  }

  /** The line is whole. @returns whether there is room for another one */
  end(): boolean {
    this.#reserve(1);
    this.#bytes[this.#length] = NEWLINE;
    this.#length += 1;
    this.#ends.push(this.#length);
    return this.#ends.length < MAX_LINES && this.#length < MAX_BYTES;
  }

  /** Gives all lines away, in their order; they wait no longer. What is added meanwhile waits for the next time. */
  take(write: (lines: PackedLines) => void): void {
    const [bytes, length, ends] = [this.#bytes, this.#length, this.#ends];
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    this.#ends = [];
    write({ bytes: bytes.subarray(0, length), ends });
    if (this.#length === 0 && bytes.length <= LARGEST_KEPT) this.#bytes = bytes;
  }

  #putPlain(text: string): boolean {
    const bytes = this.#bytes;
    const from = this.#length;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if ((code < BLANK && code !== TAB) || code > TILDE) return false;
      bytes[from + index] = code;
    }
    this.#length = from + text.length;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length, FIRST_BYTES));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
