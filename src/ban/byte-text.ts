/**
 * Numbers and texts as bytes, written one after the other and read again. Texts come back as they were, unpaired surrogates included.
 * Knows nothing of what is written.
 * Hot: per failure.
 * @module
 */

const FIRST_BYTES = 4096;
/** A text that needed more is rare; its room is not kept. */
const MAX_IDLE_BYTES = 256 * 1024;
/** Shorter texts are looked through character by character: that takes less than a call. */
const SHORT_TEXT = 16;
/** What does not fit into a byte each. */
const WIDE = /[^\0-\xff]/;
/** A number takes seven bits of a byte; the eighth says that it goes on. */
const MORE = 0x80;

/** Whether a text takes two bytes a character. */
export function isWideText(text: string): boolean {
  if (text.length >= SHORT_TEXT) return WIDE.test(text);
  let all = 0;
  for (let i = 0; i < text.length; i += 1) all |= text.charCodeAt(i);
  return all > 0xff;
}

/** Bytes of a text. */
export const bytesOfText = (text: string, isWide: boolean): number => (isWide ? 2 : 1) * text.length;

/** Bytes of a number. */
export function bytesOfNumber(number: number): number {
  let bytes = 1;
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}

export class ByteText {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #length = 0;
  /** where the next thing is read */
  #at = 0;

  /** What was written, and room behind it; others when something is written next. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** How much was written. */
  get length(): number {
    return this.#length;
  }

  /** How much was read. */
  get at(): number {
    return this.#at;
  }

  /** Forgets all. */
  clear(): void {
    if (this.#bytes.length > MAX_IDLE_BYTES) this.#bytes = Buffer.alloc(FIRST_BYTES);
    this.#length = 0;
    this.#at = 0;
  }

  /** Writes what others have written. */
  append(bytes: Uint8Array, from: number, to: number): void {
    this.#makeRoom(to - from);
    const target = this.#bytes;
    let at = this.#length;
    this.#length += to - from;
    for (let i = from; i < to; i += 1, at += 1) target[at] = bytes[i] ?? 0;
  }

  /** @param number from 0 to 2³¹ − 1 */
  putNumber(number: number): void {
    this.#makeRoom(5);
    let rest = number;
    for (; rest >= MORE; rest >>>= 7) {
      this.#bytes[this.#length] = rest | MORE;
      this.#length += 1;
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  /** Writes the characters alone: how many, and how wide, whoever reads has to know. */
  putText(text: string, isWide: boolean): void {
    const bytes = bytesOfText(text, isWide);
    this.#makeRoom(bytes);
    const to = this.#bytes;
    const at = this.#length;
    if (isWide) to.write(text, at, "utf16le");
    else if (text.length >= SHORT_TEXT) to.write(text, at, "latin1");
    else for (let i = 0; i < text.length; i += 1) to[at + i] = text.charCodeAt(i);
    this.#length = at + bytes;
  }

  takeNumber(): number {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      number |= (byte & (MORE - 1)) << shift;
      if (byte < MORE) return number;
    }
  }

  /** @param bytes of the text, as {@link bytesOfText} has them */
  takeText(bytes: number, isWide: boolean): string {
    const from = this.#at;
    this.#at += bytes;
    return this.#bytes.toString(isWide ? "utf16le" : "latin1", from, this.#at);
  }

  /** Whether just this text is what is read next, up to the end; it is read then. @param isWide as it was written */
  takeIfText(text: string, isWide: boolean): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    if (this.#length - from !== bytesOfText(text, isWide)) return false;
    for (let index = 0; index < text.length; index += 1) {
      const code = isWide
        ? (bytes[from + 2 * index] ?? 0) | ((bytes[from + 2 * index + 1] ?? 0) << 8)
        : (bytes[from + index] ?? 0);
      if (code !== text.charCodeAt(index)) return false;
    }
    this.#at = this.#length;
    return true;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
