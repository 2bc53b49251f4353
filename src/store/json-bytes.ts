/**
 * JSON that is put together as the bytes that are stored: as texts its parts would have to be made, joined and encoded.
 * Hot: per ban, and per count that is kept.
 * @module
 */

const FIRST_BYTES = 4096;
/** Room that a large text took is not kept. */
const MAX_IDLE_BYTES = 256 * 1024;
/** Bytes that a character may take as UTF-8. */
const WIDEST = 3;

const [BLANK, QUOTE, BACKSLASH, TILDE] = [0x20, 0x22, 0x5c, 0x7e];

export class JsonBytes {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  /** Begins anew, whatever was added and not taken. */
  clear(): void {
    this.#length = 0;
  }

  /** Adds text as it is. */
  put(text: string): void {
    this.#reserve(WIDEST * text.length);
    if (!this.#putPlain(text)) this.#length += this.#bytes.write(text, this.#length);
  }

  /** Adds a text as a JSON string; what is no character is replaced. */
  putString(text: string): void {
    this.#reserve(text.length + 2);
    const begin = this.#length;
    this.#bytes[begin] = QUOTE;
    this.#length = begin + 1;
    if (this.#putPlain(text)) {
      this.#bytes[this.#length] = QUOTE;
      this.#length += 1;
      return;
    }
    this.#length = begin;
    const json = JSON.stringify(text.toWellFormed());
    this.#reserve(WIDEST * json.length);
    this.#length += this.#bytes.write(json, begin);
  }

  /** All that was added, as bytes of its own; nothing is left. */
  take(): Uint8Array {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    if (this.#bytes.length > MAX_IDLE_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    return taken;
  }

  /** @returns `false`: there is a character that JSON or UTF-8 write otherwise; nothing was added */
  #putPlain(text: string): boolean {
    const bytes = this.#bytes;
    const from = this.#length;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < BLANK || code > TILDE || code === QUOTE || code === BACKSLASH) return false;
      bytes[from + index] = code;
    }
    this.#length = from + text.length;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
