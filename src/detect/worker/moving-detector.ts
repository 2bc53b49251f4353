/**
 * The detection of one jail, which is where it is best: in the main thread as a rule, in a thread of its own kind while a log is being caught
 * up on or while its lines hold up whoever takes them. Whatever becomes of that thread, no line is lost and none counts twice: how
 * the filter was left comes with every portion, and what was not taken is brought again.
 * @module
 */
import type { LogChunk } from "../../backend/log-source.ts";
import { type Newlines, newlinesOf } from "../../backend/newline.ts";
import { LogDetector, type LogDetectorOptions, type TimedText } from "../log-detector.ts";
import { lineStart } from "./chunk-worker.ts";
import { type DetectionTerms, type PackedState, type Portion, packState, unpackState } from "./messages.ts";
import { unpackFailures } from "./packed-failures.ts";
import type { Portions, Runaway } from "./portions.ts";
import type { Seat } from "./watched-worker.ts";
import type { WorkerPool } from "./worker-pool.ts";

/**
 * A chunk from this size on is one of many. Such chunks in a row are a log to catch up on, and once they have taken this long a thread is
 * worth it, for its beginning takes as long; milliseconds of the processor's time.
 */
const LARGE_BYTES = 64 * 1024;
const LOAD_MS = 500;
/** After so many smaller chunks in a row, or so long without one, it is caught up on; milliseconds. */
const SMALL_CHUNKS = 4;
const CAUGHT_UP_MS = 1000;
/** A slice of this length is slow, and so many of them show that it is the lines: making ready for the first ones takes long, too. Milliseconds of the processor's time. */
const SLOW_SLICE_MS = 25;
const SLOW_SLICES = 8;
/** Slow slices are forgotten, and hard lines are expected no more, when the last one is so long ago; milliseconds. */
const HARD_MS = 60_000;
/** Places at which a thread was held up that are remembered. */
const MAX_AVOIDED = 64;

type Chunk = Pick<LogChunk, "path" | "bytes" | "offset" | "inOperation">;

/** A search, or with regex -1 a whole line, that has held up a thread. */
interface Avoided {
  readonly path: string;
  /** of the line in its file */
  readonly offset: number;
  readonly regex: number;
}

export interface MovingDetectorOptions extends LogDetectorOptions {
  readonly terms: DetectionTerms;
  /** `undefined`: all is done here */
  readonly pool: Pick<WorkerPool, "seat"> | undefined;
  /** how long a log is to be caught up on here before a thread is worth it; milliseconds of the processor's time */
  readonly loadMs?: number;
}

export class MovingDetector {
  readonly #options: MovingDetectorOptions;
  readonly #local: LogDetector;
  readonly #newlines: Newlines;
  #seat: Seat | undefined;
  #linesElsewhere = 0;
  /** it stays here */
  #isHome = false;
  /** until no chunk is out */
  #busy: Promise<void> = Promise.resolve();
  #out = 0;
  /** what large chunks have taken here since the last smaller ones, milliseconds */
  #loadMs = 0;
  #smallChunks = 0;
  #slowSlices = 0;
  #slowAt = -Infinity;
  #isHard = false;
  /** searches that were given up by the last time that it was asked */
  #givenUp = 0;
  #avoided: readonly Avoided[] = [];
  /** nothing was taken elsewhere since the last look */
  #isQuiet = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MovingDetectorOptions) {
    this.#options = options;
    this.#local = new LogDetector(options);
    this.#newlines = newlinesOf(options.decoder.encoding);
  }

  /** Lines seen so far. */
  get lines(): number {
    return this.#local.lines + this.#linesElsewhere;
  }

  /**
   * Has the lines of a chunk taken in another thread where that is better. What comes of it is to be counted by
   * {@link settle} in its order. A chunk, or what is left of it at the end, is to be brought again.
   */
  elsewhere(chunk: Chunk): AsyncIterable<Portion> | undefined {
    if (this.#out === 0) this.#move(chunk);
    const isHere = this.#seat === undefined || this.#beginsAvoided(chunk);
    return isHere && this.#out === 0 ? undefined : this.#portionsOf(chunk);
  }

  /** As {@link LogDetector.takeChunk}. */
  takeChunk(chunk: Chunk): number {
    const begun = busyMs();
    const taken = this.#avoided.length > 0 ? this.#takeAvoiding(chunk) : this.#local.takeChunk(chunk);
    const tookMs = busyMs() - begun;
    if (chunk.bytes.length >= LARGE_BYTES) this.#loadMs += tookMs;
    this.#noteSlice(tookMs);
    this.#noteGivenUp(this.#options.filter.searchesGivenUp);
    return taken;
  }

  takeTimed(lines: readonly TimedText[], inOperation: boolean): number {
    return this.#local.takeTimed(lines, inOperation);
  }

  /** Counts what was found elsewhere. */
  settle({ lines, failures, told }: Portion): void {
    const { found, observe } = this.#options;
    this.#linesElsewhere += lines;
    let count = 0;
    let next = 0;
    const tell = (): void => {
      for (let one = told[next]; one !== undefined && one.before <= count; one = told[++next])
        observe(one.event);
    };
    for (const failure of unpackFailures(failures)) {
      tell();
      found(failure);
      count += 1;
    }
    tell();
  }

  /** Whoever waits for the chunk that is out does not want to wait long. */
  hurry(): void {
    this.#seat?.hurry();
  }

  /** Comes back for good; resolves when the filter is here and as the lines so far have left it. */
  async home(): Promise<void> {
    this.#isHome = true;
    this.hurry();
    await this.#busy;
    this.#comeHome();
  }

  /** Takes nothing any more. */
  close(): void {
    this.#isHome = true;
    this.#comeHome();
    this.#local.close();
  }

  /** In the main thread nothing ends a search: a line that held up a thread is left out as a whole. */
  #takeAvoiding({ path, bytes, offset, inOperation }: Chunk): number {
    const [first] = this.#avoidedIn(path, offset, bytes.length);
    if (first?.offset !== offset) {
      const before = bytes.subarray(0, first === undefined ? bytes.length : first.offset - offset);
      return this.#local.takeChunk({ path, bytes: before, offset, inOperation });
    }
    const end = this.#newlines.afterFirst(bytes, 0, bytes.length);
    this.#linesElsewhere += 1;
    const text = `[${this.#options.jail}] A line takes too long and is left out; it is at byte ${offset} of '${path}'`;
    this.#options.observe({ type: "message", level: "WARNING", logger: "filter", text });
    return end < 0 ? bytes.length : end;
  }

  /** Whether the next line is one to be left out as a whole. */
  #beginsAvoided({ path, offset }: Chunk): boolean {
    return this.#avoidedIn(path, offset, 1).some(({ regex }) => regex < 0);
  }

  /** Goes to another thread, or comes back from there, between two chunks. */
  #move({ bytes }: Chunk): void {
    if (bytes.length >= LARGE_BYTES) this.#smallChunks = 0;
    else if (++this.#smallChunks >= SMALL_CHUNKS) this.#loadMs = 0;
    this.#forgetHard();
    const isLoad = this.#loadMs >= (this.#options.loadMs ?? LOAD_MS);
    const mayStay = this.#seat?.isGone === false && !this.#seat.isUnwanted && (isLoad || this.#isHard);
    if (!mayStay) this.#comeHome();
    if (this.#seat !== undefined || this.#isHome || !(isLoad || this.#isHard)) return;
    const { pool, terms, filter, decoder } = this.#options;
    const state = (): PackedState => packState({ filter: filter.state(), decoder: decoder.state() });
    this.#seat = pool?.seat(terms, state, this.#isHard);
    if (this.#seat === undefined) return;
    this.#local.rest();
    this.#isQuiet = false;
    this.#timer = setInterval(() => this.#lookWhetherDone(), CAUGHT_UP_MS).unref();
  }

  #comeHome(): void {
    const seat = this.#seat;
    if (seat === undefined || this.#out > 0) return;
    clearInterval(this.#timer);
    this.#seat = undefined;
    const state = unpackState(seat.state);
    this.#options.filter.restore(state.filter);
    this.#options.decoder.restore(state.decoder);
    seat.leave();
  }

  #lookWhetherDone(): void {
    this.#forgetHard();
    const isQuiet = this.#isQuiet && !this.#isHard;
    if (isQuiet) this.#loadMs = 0;
    if (isQuiet || this.#seat?.isGone === true || this.#seat?.isUnwanted === true) this.#comeHome();
    this.#isQuiet = this.#out === 0;
  }

  #forgetHard(): void {
    if (performance.now() - this.#slowAt > HARD_MS) this.#isHard = false;
  }

  async *#portionsOf(chunk: Chunk): AsyncGenerator<Portion, void> {
    const before = this.#busy;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#busy = promise;
    this.#out += 1;
    try {
      await before;
      this.#isQuiet = false;
      const seat = this.#seat;
      if (seat !== undefined && !seat.isGone && !this.#isHome) yield* this.#take(seat, chunk);
    } finally {
      this.#out -= 1;
      if (this.#isHome || this.#seat?.isGone === true) this.#comeHome();
      resolve();
    }
  }

  async *#take(seat: Seat, { path, bytes, offset, inOperation }: Chunk): AsyncGenerator<Portion, void> {
    const [first] = this.#avoidedIn(path, offset, bytes.length).filter(({ regex }) => regex < 0);
    // such a line is left out here
    const length = first === undefined ? bytes.length : first.offset - offset;
    if (length === 0) return;
    const avoided = this.#avoidedIn(path, offset, length).map((one) => ({
      offset: one.offset - offset,
      regex: one.regex,
    }));
    const portions: Portions = seat.take({
      path,
      bytes: bytes.subarray(0, length),
      offset,
      inOperation,
      avoided,
    });
    for await (const portion of portions) {
      this.#noteGivenUp(portion.givenUp);
      yield portion;
    }
    if (portions.runaway !== undefined) this.#ranAway(path, bytes, offset, portions.runaway);
  }

  #avoidedIn(path: string, offset: number, length: number): readonly Avoided[] {
    if (this.#avoided.length === 0) return this.#avoided;
    return this.#avoided
      .filter((one) => one.path === path && one.offset >= offset && one.offset < offset + length)
      .sort((one, other) => one.offset - other.offset);
  }

  #ranAway(path: string, bytes: Uint8Array, offset: number, { behind, line, regex }: Runaway): void {
    if (line < 0) {
      // not a line's fault: perhaps the machine is too slow to make ready in another thread
      this.#isHome = true;
      return;
    }
    const start = offset + lineStart(this.#newlines, bytes, behind, line);
    this.#avoided = [...this.#avoided, { path, offset: start, regex }].slice(-MAX_AVOIDED);
    this.#isHard = true;
    this.#slowAt = performance.now();
  }

  #noteGivenUp(count: number): void {
    if (count === this.#givenUp) return;
    this.#givenUp = count;
    this.#isHard = true;
    this.#slowAt = performance.now();
  }

  #noteSlice(tookMs: number): void {
    if (tookMs < SLOW_SLICE_MS) return;
    const now = performance.now();
    this.#slowSlices = now - this.#slowAt > HARD_MS ? 1 : this.#slowSlices + 1;
    this.#slowAt = now;
    this.#isHard ||= this.#slowSlices >= SLOW_SLICES;
  }
}

/** The processor's time of this thread, milliseconds. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
