/**
 * One inode of a log, open: reads complete lines from a position on and notices when the content before that position is
 * no longer what was read. Knows nothing of the path's later life (rotation), nor of time.
 * @module
 */
import { createHash } from "node:crypto";
import { type BigIntStats, constants, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { completeLines, type Newlines } from "./newline.ts";

/** Most bytes of one line; a longer one is cut to this, its newline included. */
export const MAX_LINE_BYTES = 64 * 1024;
/** Most bytes of one chunk. */
export const MAX_CHUNK_BYTES = 256 * 1024;
/** Bytes before the position that are read again with each read and compared with what they were. */
export const WITNESS_BYTES = 128;
/** Bytes of the first line that are compared when the log wakes up. */
const HEAD_BYTES = 256;
/** Size of the buffer that {@link OpenLog.read} needs. */
export const READ_BUFFER_BYTES = MAX_CHUNK_BYTES + WITNESS_BYTES;

/** What one read came to. */
export type Piece =
  | { readonly kind: "lines"; readonly bytes: Uint8Array; readonly cut: boolean; readonly end: number }
  /** inside a line that is too long: read again */
  | { readonly kind: "more" }
  | { readonly kind: "end" }
  /** the bytes before the position changed: truncated, perhaps grown again */
  | { readonly kind: "rewritten" };

/** What was read of a file: the first line's hash, up to where, and the last bytes before that. */
export interface ReadSoFar {
  readonly hash: string;
  readonly position: number;
  readonly witness: Uint8Array;
}

/** An open file, as far as a log needs it. */
export interface LogHandle {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  /**
   * As {@link LogHandle.read} into the beginning of a buffer, or instead bytes that others have read, which nobody may change.
   *
   * @returns `bytes`: where they are
   */
  lend?(
    buffer: Uint8Array,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number; readonly bytes: Uint8Array }>;
  stat(): Promise<Stats>;
  stat(options: { readonly bigint: true }): Promise<BigIntStats>;
  close(): Promise<void>;
}

/** The system's way to open a file for reading. */
export type OpenFile = (path: string, flags: number) => Promise<LogHandle>;

/** The path leads to something that is no log: a directory, a FIFO, a device. */
export class NotALogError extends Error {}

const NOTHING = new Uint8Array(0);

/** A position, and the last bytes before it. */
interface Place {
  readonly position: number;
  readonly witness: Uint8Array;
}

/** What is left of a piece. */
interface Untaken {
  readonly bytes: Uint8Array;
  readonly after: Place | undefined;
}

const ALL_TAKEN: Untaken = { bytes: NOTHING, after: undefined };

export class OpenLog {
  readonly ino: bigint;
  readonly dev: bigint;
  readonly #file: LogHandle;
  readonly #newlines: Newlines;
  #position = 0;
  #hash = "";
  #head: Uint8Array = NOTHING;
  #witness: Uint8Array = NOTHING;
  /** while a line is too long: up to here no newline was found */
  #searchedTo: number | undefined;
  /** what was read and not taken yet; of a line that was cut, what comes after its real end */
  #piece: Untaken = ALL_TAKEN;

  private constructor(file: LogHandle, ino: bigint, dev: bigint, newlines: Newlines) {
    this.#file = file;
    this.ino = ino;
    this.dev = dev;
    this.#newlines = newlines;
  }

  /**
   * Opens a log at its beginning.
   * @throws {NotALogError} if it is no regular file; else the system's own error
   */
  static async open(path: string, newlines: Newlines, openFile: OpenFile = open): Promise<OpenLog> {
    // without O_NONBLOCK a FIFO put in the log's place would hang the open
    const file = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const stat = await file.stat({ bigint: true });
      if (!stat.isFile())
        throw new NotALogError(stat.isDirectory() ? "is a directory" : "is not a regular file");
      const log = new OpenLog(file, stat.ino, stat.dev, newlines);
      await log.#readHead();
      return log;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes up to the end of the last line that was taken. */
  get position(): number {
    return this.#position;
  }

  /** SHA-1 of the first line, empty while it is not complete; of its first {@link MAX_LINE_BYTES} if it is longer. */
  get hash(): string {
    return this.#hash;
  }

  /** Size in bytes and number of names. */
  async look(): Promise<{ readonly size: number; readonly names: number }> {
    const stat = await this.#file.stat();
    return { size: stat.size, names: stat.nlink };
  }

  /** Goes to a line's beginning; `false`, and unmoved, if no line begins there or the file is shorter. */
  async seek(position: number): Promise<boolean> {
    const { width } = this.#newlines;
    if (position < 0 || position % width !== 0) return false;
    const before = await this.#bytesAt(
      Math.max(0, position - WITNESS_BYTES),
      Math.min(position, WITNESS_BYTES),
    );
    if (before.length < Math.min(position, WITNESS_BYTES)) return false;
    if (position > 0) {
      const lastUnit = before.length - width;
      if (this.#newlines.afterFirst(before, lastUnit, before.length) < 0) return false;
    }
    this.#goto(position, before);
    return true;
  }

  /** Goes to the beginning of the last, incomplete line, or to the end if the last line is complete. */
  async seekEnd(): Promise<void> {
    const { size } = await this.look();
    const end = size - (size % this.#newlines.width);
    const from = Math.max(0, end - (MAX_LINE_BYTES - (MAX_LINE_BYTES % this.#newlines.width)));
    const tail = await this.#bytesAt(from, end - from);
    const after = this.#newlines.afterLast(tail, 0, tail.length);
    const position = after >= 0 ? from + after : from === 0 ? 0 : from + tail.length;
    const witness = await this.#bytesAt(
      Math.max(0, position - WITNESS_BYTES),
      Math.min(position, WITNESS_BYTES),
    );
    this.#goto(position, witness);
  }

  /** Goes back to the beginning after the file was rewritten, and reads its new first line. */
  async restart(): Promise<void> {
    this.#goto(0, NOTHING);
    await this.#readHead();
  }

  /** Whether the first line is still the one that was read; `true` while none was complete. */
  async hasSameHead(): Promise<boolean> {
    if (this.#head.length === 0) return true;
    return equal(await this.#bytesAt(0, this.#head.length), this.#head);
  }

  /** Whether this is a copy of a log that was read up to `other`'s position and then rewritten. */
  async isCopyOf(other: ReadSoFar): Promise<boolean> {
    if (this.#hash === "" || this.#hash !== other.hash) return false;
    const before = await this.#bytesAt(other.position - other.witness.length, other.witness.length);
    return equal(before, other.witness);
  }

  /** What another inode must have to be a copy of this one; taken before {@link OpenLog.restart}. */
  get identity(): ReadSoFar {
    return { hash: this.#hash, position: this.#position, witness: this.#witness };
  }

  /**
   * Reads the complete lines after those that were taken into `buffer` ({@link READ_BUFFER_BYTES}); the piece is a view of it, or of
   * bytes that others read, too, and is not to be changed.
   * @throws the system's error
   */
  async read(buffer: Uint8Array): Promise<Piece> {
    if (this.#searchedTo !== undefined) return await this.#searchLineEnd(buffer, this.#searchedTo);
    const skipped = this.#witness.length;
    const { bytesRead, bytes: read } = await this.#lend(
      buffer,
      skipped + MAX_CHUNK_BYTES,
      this.#position - skipped,
    );
    if (bytesRead < skipped || !equal(read.subarray(0, skipped), this.#witness)) return { kind: "rewritten" };
    const length = completeLines(this.#newlines, read, skipped, bytesRead, MAX_LINE_BYTES);
    if (length === 0) {
      if (bytesRead - skipped < MAX_LINE_BYTES) return { kind: "end" };
      this.#searchedTo = this.#position;
      return { kind: "more" };
    }
    const bytes = read.subarray(skipped, skipped + length);
    if (this.#hash === "" && this.#position === 0) this.#setHead(bytes);
    this.#piece = { bytes, after: undefined };
    return { kind: "lines", bytes, cut: false, end: this.#position + length };
  }

  /** Moves past so many bytes of the piece that was read last: whole lines, of a line that was cut all. */
  take(count: number): void {
    const { bytes, after } = this.#piece;
    // a log at rest is not to hold the buffer that it was read into
    this.#piece =
      after !== undefined || count >= bytes.length ? ALL_TAKEN : { bytes: bytes.subarray(count), after };
    if (after !== undefined) this.#goto(after.position, after.witness);
    else this.#goto(this.#position + count, lastBytes(this.#witness, bytes.subarray(0, count)));
  }

  /** Reads the line that begins at or after a byte offset; for searching by time. */
  async lineAt(
    offset: number,
  ): Promise<{ readonly start: number; readonly next: number; readonly bytes: Uint8Array } | undefined> {
    const { width } = this.#newlines;
    // one unit earlier: an offset that is a line's beginning finds that line and not the one after it
    const aligned = Math.max(0, offset - (offset % width) - width);
    const block = await this.#bytesAt(aligned, MAX_LINE_BYTES * 2);
    const start = offset <= 0 ? 0 : this.#newlines.afterFirst(block, 0, block.length);
    if (start < 0) return undefined;
    const end = this.#newlines.afterFirst(block, start, block.length);
    if (end < 0) return undefined;
    return { start: aligned + start, next: aligned + end, bytes: block.subarray(start, end) };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Looks for the end of a line that is too long; found, the line's beginning is delivered with a newline. */
  async #searchLineEnd(buffer: Uint8Array, from: number): Promise<Piece> {
    const { width, bytes: newline } = this.#newlines;
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length - (buffer.length % width), from);
    const after = this.#newlines.afterFirst(buffer, 0, bytesRead);
    if (after < 0) {
      const next = from + bytesRead - (bytesRead % width);
      const { size } = await this.look();
      if (size < next) return { kind: "rewritten" };
      this.#searchedTo = next;
      return next === from ? { kind: "end" } : { kind: "more" };
    }
    const skipped = this.#witness.length;
    const wanted = skipped + MAX_LINE_BYTES - width;
    const head = await this.#file.read(buffer, 0, wanted, this.#position - skipped);
    if (head.bytesRead < wanted || !equal(buffer.subarray(0, skipped), this.#witness))
      return { kind: "rewritten" };
    const next = from + after;
    const witness = await this.#bytesAt(Math.max(0, next - WITNESS_BYTES), Math.min(next, WITNESS_BYTES));
    buffer.set(newline, wanted);
    const bytes = buffer.subarray(skipped, wanted + width);
    this.#piece = { bytes, after: { position: next, witness } };
    return { kind: "lines", bytes, cut: true, end: next };
  }

  async #lend(
    buffer: Uint8Array,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number; readonly bytes: Uint8Array }> {
    const file = this.#file;
    if (file.lend !== undefined) return await file.lend(buffer, length, position);
    const { bytesRead } = await file.read(buffer, 0, length, position);
    return { bytesRead, bytes: buffer };
  }

  #goto(position: number, witness: Uint8Array): void {
    this.#position = position;
    this.#witness = witness;
    this.#searchedTo = undefined;
  }

  async #readHead(): Promise<void> {
    this.#hash = "";
    this.#head = NOTHING;
    this.#setHead(await this.#bytesAt(0, MAX_LINE_BYTES));
  }

  #setHead(bytes: Uint8Array): void {
    const end = this.#newlines.afterFirst(bytes, 0, Math.min(bytes.length, MAX_LINE_BYTES));
    if (end < 0 && bytes.length < MAX_LINE_BYTES) return;
    const line = bytes.subarray(0, end < 0 ? MAX_LINE_BYTES : end);
    this.#hash = createHash("sha1").update(line).digest("hex");
    this.#head = line.slice(0, HEAD_BYTES);
  }

  async #bytesAt(position: number, length: number): Promise<Uint8Array> {
    if (length <= 0) return NOTHING;
    const bytes = new Uint8Array(length);
    const { bytesRead } = await this.#file.read(bytes, 0, length, position);
    return bytes.subarray(0, bytesRead);
  }
}

/** The last bytes of what was read, as they are compared with the file later. */
function lastBytes(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= WITNESS_BYTES) return bytes.slice(-WITNESS_BYTES);
  return Buffer.concat([before, bytes]).subarray(-WITNESS_BYTES);
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}
