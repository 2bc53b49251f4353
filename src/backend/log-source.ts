/**
 * What every source of log lines gives: chunks of complete lines with the position after them.
 * Knows nothing of dates, filters or of who reads the chunks.
 * @module
 */
import type { Observe } from "../base/event.ts";

/** Complete lines of one log. */
export interface LogChunk {
  /** the log's name as monitored: its path, or `systemd-journal` */
  readonly path: string;
  /**
   * Complete lines; the last byte belongs to a newline. A view into a buffer that is used again:
   * valid only during the call, copy what must live longer.
   */
  readonly bytes: Uint8Array;
  /** what to store for a later resume: bytes from the file's beginning to the end of the last complete line */
  readonly position: number;
  /** SHA-1 in hex of the first line with its newline; empty while that line is not complete (A§5.1) */
  readonly firstLineHash: string;
  /** the end of the log was reached once, what is read now is written now (A§2.3) */
  readonly inOperation: boolean;
}

/** Takes what a source reads. Both calls return before the source reads on; neither throws. */
export interface LogSink {
  chunk(chunk: LogChunk): void;
  /** everything that is there now was delivered */
  idle(path: string): void;
  readonly observe: Observe;
}

/** A source of log lines. Its troubles are told by events, never thrown. */
export interface LogSource {
  /** Resolves once the logs are watched; reading goes on in the background. */
  start(): Promise<void>;
  /** Resolves once nothing will be delivered any more and all is closed. */
  stop(): Promise<void>;
}

/** A place to go on from, as stored (A§5.4). */
export interface LogPosition {
  readonly hash: string;
  /** bytes */
  readonly position: number;
}
