/**
 * Text of lines of ASCII among the bytes of a block: some lines are decoded at once, and what is asked for is cut out of their text.
 * Hot: per line that may come to something.
 * @module
 */

/** Bytes decoded at once, unless a line is longer: what is kept of a line keeps these with it. */
const PIECE_BYTES = 1024;

export class AsciiText {
  readonly #buffer: Buffer;
  #text = "";
  #from = 0;
  #to = 0;

  /** @param bytes which must stay as they are */
  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The text of bytes of one line, by their offsets. */
  readonly textOf = (from: number, to: number): string => {
    if (from < this.#from || to > this.#to) {
      this.#from = from;
      this.#to = Math.max(to, Math.min(from + PIECE_BYTES, this.#buffer.length));
      this.#text = this.#buffer.toString("latin1", from, this.#to);
    }
    return this.#text.slice(from - this.#from, to - this.#from);
  };
}
