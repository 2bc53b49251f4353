/**
 * The framing of the control socket: messages end with a marker, have no length field and may come in any pieces, several at
 * once (B§3.1). Knows nothing of pickles.
 * @module
 */

/** Ends every message, both ways. */
export const END_COMMAND = "<F2B_END_COMMAND>";
/** The message of a client that is done. */
export const CLOSE_COMMAND = "<F2B_CLOSE_COMMAND>";

const END = Buffer.from(END_COMMAND, "latin1");

/** The peer sent more than a message may have. */
export class FrameTooLongError extends Error {
  override readonly name = "FrameTooLongError";
}

/** Bytes of a message with its end marker. */
export function frameOf(message: Uint8Array): Buffer {
  return Buffer.concat([message, END]);
}

/** Cuts a byte stream into messages. What it keeps is bounded by `maxBytes`, and by twice that while the buffer grows. */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #end: Buffer;
  #buffer = Buffer.alloc(0);
  #length = 0;

  /**
   * @param maxBytes longest message without its marker
   * @param end the marker
   */
  constructor(maxBytes: number, end: Buffer = END) {
    this.#maxBytes = maxBytes;
    this.#end = end;
  }

  /**
   * Takes the next piece of the stream.
   *
   * @returns the messages that it completes, in order, without markers
   * @throws {FrameTooLongError} once a message is too long; the stream is of no use then
   */
  push(chunk: Uint8Array): Buffer[] {
    // What is kept holds no whole marker, so only its last bytes can begin one.
    let searchFrom = Math.max(0, this.#length - this.#end.length + 1);
    this.#append(chunk);
    const filled = this.#buffer.subarray(0, this.#length);
    const messages: Buffer[] = [];
    let start = 0;
    for (
      let end = filled.indexOf(this.#end, searchFrom);
      end >= 0;
      end = filled.indexOf(this.#end, searchFrom)
    ) {
      this.#check(end - start);
      messages.push(Buffer.from(filled.subarray(start, end)));
      start = end + this.#end.length;
      searchFrom = start;
    }
    this.#check(filled.length - start - this.#end.length + 1);
    this.#keepFrom(start);
    return messages;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  #check(bytes: number): void {
    if (bytes > this.#maxBytes) throw new FrameTooLongError(`message of more than ${this.#maxBytes} bytes`);
  }

  #keepFrom(start: number): void {
    if (start === 0) return;
    // A fresh copy, so that a long message's buffer does not outlive it.
    this.#buffer = Buffer.from(this.#buffer.subarray(start, this.#length));
    this.#length = this.#buffer.length;
  }
}
