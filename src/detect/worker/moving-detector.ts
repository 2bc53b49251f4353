/**
 * The detection of one jail, which is where it is best: in the main thread as a rule, in a thread of its own kind while a log is being caught
 * up on or while its lines hold up whoever takes them. Whatever becomes of that thread, no line is lost and none counts twice: how
 * the filter was left comes with every portion, and what was not taken is brought again.
 * @module
 */
import type { LogChunk } from "../../backend/log-source.ts";
import { type Newlines, newlinesOf } from "../../backend/newline.ts";
import type { Failure } from "../../filter/failure.ts";
import { LogDetector, type LogDetectorOptions, type Practice, type TimedText } from "../log-detector.ts";
import { Burden, type Load } from "./burden.ts";
import { lineStart } from "./chunk-worker.ts";
import { type DetectionTerms, type PackedState, type Portion, packState, unpackState } from "./messages.ts";
import { unpackFailures } from "./packed-failures.ts";
import type { Portions, Runaway } from "./portions.ts";
import type { Seat } from "./watched-worker.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** A log is caught up on when so long nothing came of it; milliseconds. */
const CAUGHT_UP_MS = 1000;
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
  readonly load?: Load;
}

export class MovingDetector {
  readonly #options: MovingDetectorOptions;
  readonly #local: LogDetector;
  readonly #newlines: Newlines;
  readonly #burden: Burden;
  #seat: Seat | undefined;
  #linesElsewhere = 0;
  /** it stays here */
  #isHome = false;
  /** until no chunk is out */
  #busy: Promise<void> = Promise.resolve();
  #out = 0;
  #avoided: readonly Avoided[] = [];
  /** nothing was taken elsewhere since the last look */
  #isQuiet = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MovingDetectorOptions) {
    this.#options = options;
    this.#burden = new Burden(options.load);
    const count = (failure: Failure): void => options.found(failure);
    const found = (failure: Failure): void => this.#burden.counting(count, failure);
    this.#local = new LogDetector({ ...options, found });
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
    const take = (): number =>
      this.#avoided.length > 0 ? this.#takeAvoiding(chunk) : this.#local.takeChunk(chunk);
    const taken = this.#burden.slice(chunk.bytes.length, take);
    this.#burden.noteGivenUp(this.#options.filter.searchesGivenUp);
    return taken;
  }

  /** As {@link LogDetector.practise}; nothing while lines are taken elsewhere, or after one that took too long. */
  practise(bytes: Uint8Array, practice: Practice): number {
    const isCalm = this.#seat === undefined && this.#out === 0 && this.#avoided.length === 0;
    return isCalm ? this.#local.practise(bytes, practice) : 0;
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
    this.#burden.comes(bytes.length);
    const { isLoad, isHard } = this.#burden;
    const mayStay = this.#seat?.isGone === false && !this.#seat.isUnwanted && (isLoad || isHard);
    if (!mayStay) this.#comeHome();
    if (this.#seat !== undefined || this.#isHome || !(isLoad || isHard)) return;
    const { pool, terms, filter, decoder } = this.#options;
    const state = (): PackedState => packState({ filter: filter.state(), decoder: decoder.state() });
    this.#seat = pool?.seat(terms, state, isHard);
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
    const isQuiet = this.#isQuiet && !this.#burden.isHard;
    if (isQuiet) this.#burden.forgetLoad();
    if (isQuiet || this.#seat?.isGone === true || this.#seat?.isUnwanted === true) this.#comeHome();
    this.#isQuiet = this.#out === 0;
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
      this.#burden.noteGivenUp(portion.givenUp);
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
    this.#burden.noteGivenUp();
  }
}
