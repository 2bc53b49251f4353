/**
 * From a chunk of a log to the failures in it: decodes the bytes and takes every line through the filter.
 * This is the plain path, in the main thread; it decides nothing about who is banned.
 * @module
 */
import type { LineDecoder } from "../backend/decode.ts";
import type { LogChunk } from "../backend/log-source.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { Failure } from "../filter/failure.ts";
import type { LineFilter, LineOutcome } from "../filter/line-filter.ts";

/** A line that brings its own time, as the journal's do. */
export interface TimedText {
  readonly text: string;
  readonly at: EpochSeconds;
  readonly atText: string;
}

export interface LogDetectorOptions {
  readonly filter: LineFilter;
  readonly decoder: LineDecoder;
  readonly clock: Clock;
  readonly observe: Observe;
  /** takes each failure, in the order of the lines */
  found(failure: Failure): void;
}

export class LogDetector {
  readonly #options: LogDetectorOptions;
  #lines = 0;

  constructor(options: LogDetectorOptions) {
    this.#options = options;
  }

  /** Lines seen so far. */
  get lines(): number {
    return this.#lines;
  }

  /** Takes complete lines of a file. */
  takeChunk(chunk: Pick<LogChunk, "path" | "bytes" | "inOperation">): void {
    const { filter, decoder, clock } = this.#options;
    for (const line of decoder.decodeLines(chunk.path, chunk.bytes)) {
      this.#take(filter.process(line, { now: clock.now(), inOperation: chunk.inOperation }));
    }
  }

  /** Takes lines of the journal. */
  takeTimed(lines: readonly TimedText[], inOperation: boolean): void {
    const { filter, clock } = this.#options;
    for (const { text, at, atText } of lines) {
      this.#take(filter.process(text, { now: clock.now(), inOperation, at, atText }));
    }
  }

  #take(outcome: LineOutcome): void {
    this.#lines += 1;
    const { observe, found } = this.#options;
    for (const warning of outcome.warnings) {
      for (const { level, text } of warning.lines)
        observe({ type: "message", level, logger: "filter", text });
    }
    for (const failure of outcome.failures) found(failure);
  }
}
