/**
 * From a chunk of a log to the failures in it: decodes the bytes and takes line by line through the filter, for a slice of time;
 * what is left is brought again. This is the plain path, in the main thread; it decides nothing about who is banned.
 * @module
 */
import type { LineDecoder } from "../backend/decode.ts";
import type { LogChunk } from "../backend/log-source.ts";
import { type Newlines, newlinesOf } from "../backend/newline.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { Failure } from "../filter/failure.ts";
import type { LineFilter, LineOutcome } from "../filter/line-filter.ts";
import { SLICE_SECONDS } from "./reading-turns.ts";

/** Bytes decoded at once: what a slice leaves of them is decoded again. */
const PIECE_BYTES = 16 * 1024;

/** A line that brings its own time, as the journal's do. */
export interface TimedText {
  readonly text: string;
  readonly at: EpochSeconds;
  readonly atText: string;
}

export interface LogDetectorOptions {
  /** the jail's name, for messages */
  readonly jail: string;
  readonly filter: LineFilter;
  readonly decoder: LineDecoder;
  readonly clock: Clock;
  readonly observe: Observe;
  /** takes each failure, in the order of the lines */
  found(failure: Failure): void;
}

export class LogDetector {
  readonly #options: LogDetectorOptions;
  readonly #newlines: Newlines;
  #lines = 0;

  constructor(options: LogDetectorOptions) {
    this.#options = options;
    this.#newlines = newlinesOf(options.decoder.encoding);
  }

  /** Lines seen so far. */
  get lines(): number {
    return this.#lines;
  }

  /**
   * Takes complete lines of a file for the length of a slice, one at least.
   *
   * @returns how many bytes the lines taken have
   */
  takeChunk(chunk: Pick<LogChunk, "path" | "bytes" | "offset" | "inOperation">): number {
    const { path, bytes, offset, inOperation } = chunk;
    const { filter, decoder, clock } = this.#options;
    const begun = clock.now();
    for (let from = 0; from < bytes.length; ) {
      const to = this.#pieceEnd(bytes, from);
      let count = 0;
      for (const line of decoder.decodeLines(path, bytes.subarray(from, to))) {
        const now = clock.now();
        if (isOver(begun, now) && from + count > 0) return this.#skip(bytes, from, count);
        const number = count;
        this.#take(
          filter.process(line, { now, inOperation }),
          () => `at byte ${offset + this.#skip(bytes, from, number)} of '${path}'`,
        );
        count += 1;
      }
      from = to;
    }
    return bytes.length;
  }

  /**
   * Takes lines of the journal for the length of a slice, one at least.
   *
   * @returns how many lines were taken
   */
  takeTimed(lines: readonly TimedText[], inOperation: boolean): number {
    const { filter, clock } = this.#options;
    const begun = clock.now();
    let taken = 0;
    for (const { text, at, atText } of lines) {
      const now = clock.now();
      if (isOver(begun, now) && taken > 0) return taken;
      this.#take(
        filter.process(text, { now, inOperation, at, atText }),
        () => `in the journal, ${atText.trim()}`,
      );
      taken += 1;
    }
    return taken;
  }

  /** The end of the lines that are decoded next. */
  #pieceEnd(bytes: Uint8Array, from: number): number {
    const limit = from + PIECE_BYTES;
    if (limit >= bytes.length) return bytes.length;
    const last = this.#newlines.afterLast(bytes, from, limit);
    const end = last >= 0 ? last : this.#newlines.afterFirst(bytes, from, bytes.length);
    return end < 0 ? bytes.length : end;
  }

  /** The offset after so many lines from `from` on. */
  #skip(bytes: Uint8Array, from: number, lines: number): number {
    let at = from;
    for (let skipped = 0; skipped < lines; skipped += 1) {
      const next = this.#newlines.afterFirst(bytes, at, bytes.length);
      at = next < 0 ? bytes.length : next;
    }
    return at;
  }

  #take(outcome: LineOutcome, place: () => string): void {
    this.#lines += 1;
    const { jail, observe, found } = this.#options;
    for (const { kind, lines } of outcome.warnings) {
      for (const { level, text } of lines) observe({ type: "message", level, logger: "filter", text });
      if (kind !== "budget") continue;
      const text = `[${jail}] The line is ${place()}`;
      observe({ type: "message", level: "WARNING", logger: "filter", text });
    }
    for (const failure of outcome.failures) found(failure);
  }
}

/** Whether a slice has taken its time. A clock that was set back ends it, too. */
function isOver(begun: EpochSeconds, now: EpochSeconds): boolean {
  return now - begun >= SLICE_SECONDS || now < begun;
}
