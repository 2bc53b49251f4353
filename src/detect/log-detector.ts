/**
 * From a chunk of a log to the failures in it, for a slice of time; what is left is brought again. Large chunks of a log take the fast
 * path, others go through the filter line by line. In the main thread; it decides nothing about who is banned.
 * Hot: per line that may come to something.
 * @module
 */
import type { LineDecoder } from "../backend/decode.ts";
import type { LogChunk } from "../backend/log-source.ts";
import { type Newlines, newlinesOf } from "../backend/newline.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { CapturedLine } from "../filter/captured-line.ts";
import type { CapturedSearch } from "../filter/captured-search.ts";
import type { Failure } from "../filter/failure.ts";
import { type CapturingSink, FastPath, type FastPathSink } from "../filter/fast-path.ts";
import type { LineFilter } from "../filter/line-filter.ts";
import type { LineHint, LineOutcome, StampPlace } from "../filter/line-report.ts";
import type { TimingInput } from "../filter/line-time.ts";
import { type ScanWants, scanPatterns } from "../filter/scan-patterns.ts";
import type { FilterWarning } from "../filter/warnings.ts";
import type { ScanPattern } from "../scan/line-scanner.ts";
import type { SharedScannerView } from "../scan/shared-scanner.ts";
import { SLICE_SECONDS } from "./reading-turns.ts";
import { packState, unpackState } from "./worker/messages.ts";

/** Bytes decoded at once: what a slice leaves of them is decoded again. */
const PIECE_BYTES = 16 * 1024;

/**
 * A chunk from this size on makes the fast path, which takes some hundred kilobytes and as many milliseconds as a thousand lines;
 * from then on smaller ones are worth it, until so many in a row were not.
 */
const FAST_FROM_BYTES = 32 * 1024;
const FAST_WHILE_BYTES = 1024;
const MAX_SMALL_CHUNKS = 200;

/**
 * Bytes of lines between two looks at the clock, a line counted as so many more: some failures. Such lines take no long time each;
 * others are measured one by one.
 */
const BYTES_BETWEEN = 2048;
const LINE_BYTES = 256;
/** The same of a line that was only counted. */
const COUNTED_BYTES = 16;

/** A slice of practice is shorter: who has real lines waits for it. */
const PRACTICE_SECONDS = 0.004;

const WANTS: ScanWants = { statistics: false };

/** A line that brings its own time, as the journal's do. */
export interface TimedText {
  readonly text: string;
  readonly at: EpochSeconds;
  readonly atText: string;
}

/** What is looked at of a chunk. */
type TakenChunk = Pick<LogChunk, "path" | "bytes" | "offset" | "inOperation">;

export interface LogDetectorOptions {
  /** the jail's name, for messages */
  readonly jail: string;
  readonly filter: LineFilter;
  readonly decoder: LineDecoder;
  readonly clock: Clock;
  readonly observe: Observe;
  /** a scanner that others share; unless told, the detector has one of its own */
  readonly share?: ((patterns: () => readonly ScanPattern[]) => SharedScannerView) | undefined;
  /** takes each failure, in the order of the lines */
  found(failure: Failure): void;
  /** told of each line before it goes through the filter: it is that one, counted from 0, behind an offset of the chunk */
  begins?(behind: number, line: number): void;
}

/** Who gets what comes of lines that are only practised on. */
export type Practice = Pick<LogDetectorOptions, "found" | "begins">;

export class LogDetector {
  #options: LogDetectorOptions;
  readonly #newlines: Newlines;
  #lines = 0;
  readonly #scanner: SharedScannerView | undefined;
  #fastPath: FastPath | undefined;
  #smallChunks = 0;
  /** the fast path stays, however little comes */
  #isReady = false;
  #sliceSeconds = SLICE_SECONDS;

  constructor(options: LogDetectorOptions) {
    this.#options = options;
    this.#newlines = newlinesOf(options.decoder.encoding);
    const { filter, share } = options;
    if (filter.takesHints) this.#scanner = share?.(() => scanPatterns(filter.parts, WANTS).patterns);
  }

  /** Takes nothing for a while: what was made for it may go. */
  rest(): void {
    this.#leaveFastPath();
    this.#scanner?.rest();
  }

  /** Takes nothing any more. */
  close(): void {
    this.#leaveFastPath();
    this.#scanner?.leave();
  }

  #leaveFastPath(): void {
    this.#fastPath?.leave();
    this.#fastPath = undefined;
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
  takeChunk(chunk: TakenChunk): number {
    const { bytes } = chunk;
    const fastPath = this.#fastPathFor(bytes.length);
    const textOf = fastPath === undefined ? undefined : this.#options.decoder.textOf(bytes);
    if (fastPath === undefined || textOf === undefined) return this.#takePlainly(chunk);
    const sink = this.#sinkOf(chunk, textOf);
    return fastPath.take(bytes, 0, bytes.length, sink, sink);
  }

  /**
   * Takes lines as {@link takeChunk} does, to be ready for many: the fast path stays, and V8 has seen what is to be done. What comes of them
   * goes elsewhere, warnings nowhere, and the filter is afterwards as it was before.
   *
   * @param bytes complete lines, all ASCII
   * @returns how many bytes the lines taken have; 0: such lines do not take the fast path
   */
  practise(bytes: Uint8Array, practice: Practice): number {
    const { filter, decoder } = this.#options;
    if (!filter.takesHints || decoder.textOf(bytes) === undefined) return 0;
    this.#isReady = true;
    const before = { options: this.#options, lines: this.#lines };
    // plain data of its own: what lines change in the filter changes nothing in it
    const state = packState({ filter: filter.state(), decoder: decoder.state() });
    this.#options = { ...this.#options, ...practice, observe: () => undefined };
    this.#sliceSeconds = PRACTICE_SECONDS;
    try {
      return this.takeChunk({ path: "", bytes, offset: 0, inOperation: true });
    } finally {
      this.#sliceSeconds = SLICE_SECONDS;
      this.#options = before.options;
      this.#lines = before.lines;
      filter.restore(unpackState(state).filter);
    }
  }

  #fastPathFor(length: number): FastPath | undefined {
    const { filter } = this.#options;
    if (!filter.takesHints) return undefined;
    const isMade = this.#fastPath !== undefined || this.#isReady;
    if (length >= (isMade ? FAST_WHILE_BYTES : FAST_FROM_BYTES)) {
      this.#smallChunks = 0;
      this.#fastPath ??= new FastPath(filter, WANTS, this.#scanner);
      return this.#fastPath;
    }
    this.#smallChunks += 1;
    if (this.#smallChunks > MAX_SMALL_CHUNKS && !this.#isReady) this.rest();
    return undefined;
  }

  #sinkOf(
    { path, offset, inOperation }: TakenChunk,
    textOf: (from: number, to: number) => string,
  ): FastPathSink & CapturingSink {
    const { filter, clock, begins } = this.#options;
    const begun = clock.now();
    let input: TimingInput = { now: begun, inOperation };
    let unmeasured = 0;
    return {
      textOf,
      keepsLines: true,
      counting: {
        countsFailures: false,
        countsMissed: true,
        countsHarmless: true,
        input: () => input,
        counted: (lines) => {
          unmeasured += lines * COUNTED_BYTES;
          this.#lines += lines;
        },
        came: () => undefined,
        failed: (line, regexIndex, captured, asked) => {
          begins?.(line.start, 0);
          unmeasured += line.end - line.start + LINE_BYTES;
          this.#lines += 1;
          this.#found(filter.reportFailing(line, regexIndex, captured, asked).failures);
        },
      },
      captured: (line: CapturedLine, search: CapturedSearch) => {
        begins?.(line.start, 0);
        const outcome = filter.processCaptured(line, search, input);
        unmeasured += search.isUnsure ? Infinity : line.end - line.start + LINE_BYTES;
        this.#lines += 1;
        if (outcome.warnings.length > 0)
          this.#tell(outcome.warnings, () => placeIn(path, offset + line.start));
        this.#found(outcome.failures);
      },
      line: (start: number, end: number, hint: LineHint | undefined) => {
        begins?.(start, 0);
        const outcome = filter.process(textOf(start, end), input, hint);
        unmeasured = Infinity;
        this.#take(outcome, () => placeIn(path, offset + start));
      },
      skipped: (lines: number) => {
        this.#lines += lines;
      },
      prefixed: () => {},
      passOver: (count: number, start: number, end: number, stamp: StampPlace) => {
        this.#tell(filter.passOver(count, textOf(start, end), stamp, input));
      },
      goesOn: () => {
        if (unmeasured >= BYTES_BETWEEN) {
          unmeasured = 0;
          input = { now: clock.now(), inOperation };
        }
        return !this.#isOver(begun, input.now);
      },
    };
  }

  #takePlainly({ path, bytes, offset, inOperation }: TakenChunk): number {
    const { filter, decoder, clock, begins } = this.#options;
    const begun = clock.now();
    for (let from = 0; from < bytes.length; ) {
      const to = this.#pieceEnd(bytes, from);
      let count = 0;
      for (const line of decoder.decodeLines(path, bytes.subarray(from, to))) {
        const now = clock.now();
        if (this.#isOver(begun, now) && from + count > 0) return this.#skip(bytes, from, count);
        const number = count;
        begins?.(from, number);
        this.#take(filter.process(line, { now, inOperation }), () =>
          placeIn(path, offset + this.#skip(bytes, from, number)),
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
      if (this.#isOver(begun, now) && taken > 0) return taken;
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

  /** Whether a slice has taken its time. A clock that was set back ends it, too. */
  #isOver(begun: EpochSeconds, now: EpochSeconds): boolean {
    return now - begun >= this.#sliceSeconds || now < begun;
  }

  #take({ warnings, failures }: LineOutcome, place: () => string): void {
    this.#lines += 1;
    if (warnings.length > 0) this.#tell(warnings, place);
    this.#found(failures);
  }

  /** Mostly none or one, of lists of several kinds: to go through them by their iterator takes several times as long. */
  #found(failures: readonly Failure[]): void {
    for (let index = 0; index < failures.length; index += 1) {
      const failure = failures[index];
      if (failure !== undefined) this.#options.found(failure);
    }
  }

  /** @param place where the line is, for a warning that only makes sense with it */
  #tell(warnings: readonly FilterWarning[], place?: () => string): void {
    const { jail, observe } = this.#options;
    for (const { kind, lines } of warnings) {
      for (const { level, text } of lines) observe({ type: "message", level, logger: "filter", text });
      if (kind !== "budget" || place === undefined) continue;
      const text = `[${jail}] The line is ${place()}`;
      observe({ type: "message", level: "WARNING", logger: "filter", text });
    }
  }
}

const placeIn = (path: string, offset: number): string => `at byte ${offset} of '${path}'`;
