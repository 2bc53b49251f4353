/**
 * What every source of log lines gives: chunks of complete lines with the position after them, as fast as they are taken.
 * Knows nothing of dates, filters or of who reads the chunks.
 * @module
 */
import type { Observe } from "../base/event.ts";

/** Complete lines of one log. */
export interface LogChunk {
  /** the log's name as monitored: its path */
  readonly path: string;
  /**
   * Complete lines; the last byte belongs to a newline. A view into a buffer that is used again:
   * valid only until they are taken, copy what must live longer.
   */
  readonly bytes: Uint8Array;
  /** where the bytes begin in the file that they come from */
  readonly offset: number;
  /** what to store for a later resume once all is taken: bytes from the file's beginning to the end of the last complete line */
  readonly position: number;
  /** the bytes come from a file that the path no longer leads to; the position is that of its successor */
  readonly isRotated: boolean;
  /** SHA-1 in hex of the first line with its newline; empty while that line is not complete (A§5.1) */
  readonly firstLineHash: string;
  /** the end of the log was reached once, what is read now is written now (A§2.3) */
  readonly inOperation: boolean;
}

/** What to store once the first bytes of a chunk were taken, and no more. */
export function positionAfter(chunk: Omit<LogChunk, "inOperation">, taken: number): LogPosition {
  const isAll = taken === chunk.bytes.length || chunk.isRotated;
  return { hash: chunk.firstLineHash, position: isAll ? chunk.position : chunk.offset + taken };
}

/** Where one log stands. */
export interface LogStand extends LogPosition {
  readonly path: string;
}

/** Takes what a source reads, at its own pace. Nothing here throws. */
export interface LogSink {
  /**
   * Takes lines from the beginning of the chunk.
   *
   * @param took told of bytes that were taken, from the beginning on, where that takes place later
   * @returns how many bytes were taken, a line at least, or when there is nothing to come of the chunk; the rest is brought again
   */
  chunk(chunk: LogChunk, took: (bytes: number) => void): number | Promise<void>;
  /**
   * Resolves when the next lines may be brought; before that the source reads no further.
   *
   * @param ahead where they begin, if there are many
   */
  turn(ahead?: { readonly path: string; readonly offset: number }): Promise<void>;
  /** everything that is there now was delivered */
  idle(path: string): void;
  readonly observe: Observe;
}

/** A source of log lines. Its troubles are told by events, never thrown. */
export interface LogSource {
  /** Resolves once the logs are watched; reading goes on in the background. */
  start(): Promise<void>;
  /** Resolves once nothing will be delivered any more and all is closed. Waits for no more than the slice under way. */
  stop(): Promise<void>;
}

/** A place to go on from, as stored (A§5.4). */
export interface LogPosition {
  readonly hash: string;
  /** bytes */
  readonly position: number;
}
