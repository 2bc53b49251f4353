/**
 * One thread that takes log lines, as the main thread sees it: the seats of jails, the chunks that are out, and whether a line holds it up.
 * A thread that does not get on is ended; whose chunks it had takes them on. Starts no threads by itself.
 * @module
 */
import {
  type ChunkJob,
  CONTROL,
  CONTROL_BYTES,
  type DetectionTerms,
  type FromWorker,
  type PackedState,
  type Portion,
  type ToWorker,
} from "./messages.ts";
import { Portions, type Runaway } from "./portions.ts";

/** Between two looks at a thread that has work, where patience is not shorter; milliseconds. */
const LOOK_MS = 250;
/** So long a thread may be busy with one search or line. The longest that is known to end takes a tenth; milliseconds of the processor's time. */
const PATIENCE_MS = 3000;
/** Without the processor's time, of the clock's. */
const CLOCK_PATIENCE_MS = 20_000;

/** A thread. */
export interface WorkerLink {
  post(message: ToWorker): void;
  /** ends it, whatever it does */
  end(): void;
  /** for how long it has been busy, milliseconds; `undefined`: unknown */
  busyMs(): number | undefined;
}

/** Starts a thread; it is heard from later, never at once. */
export type StartWorker = (
  control: SharedArrayBuffer,
  heard: { message(message: FromWorker): void; died(reason: string): void },
) => WorkerLink;

export interface WatchedWorkerOptions {
  readonly start: StartWorker;
  readonly patienceMs?: number | undefined;
  /** told once, when it is no more; by itself it ends only if it fails */
  gone(worker: WatchedWorker, cause: "closed" | "runaway" | { readonly died: string }): void;
}

type ChunkTerms = Omit<ChunkJob, "kind" | "job" | "seat" | "buffer" | "length"> & {
  readonly bytes: Uint8Array;
};

interface Job {
  readonly seat: Seat;
  readonly portions: Portions;
}

export class WatchedWorker {
  readonly #options: WatchedWorkerOptions;
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES));
  readonly #link: WorkerLink;
  readonly #seats = new Map<number, Seat>();
  readonly #jobs = new Map<number, Job>();
  #seatNumber = 0;
  #jobNumber = 0;
  #isGone = false;
  #timer: NodeJS.Timeout | undefined;
  /** as of the last look that saw it get on */
  #steps = -1;
  #stoodSince = { busyMs: 0, at: 0 };

  constructor(options: WatchedWorkerOptions) {
    this.#options = options;
    this.#link = options.start(this.#control.buffer, {
      message: (message) => this.#hear(message),
      died: (died) => this.#leave({ died }),
    });
  }

  get size(): number {
    return this.#seats.size;
  }

  /** Whether somebody sits here who reads the same logs. */
  serves(logs: readonly string[]): boolean {
    const key = logs.join("\0");
    return [...this.#seats.values()].some((seat) => seat.terms.logs.join("\0") === key);
  }

  /** A place for one more jail. */
  open(terms: DetectionTerms, state: PackedState): Seat {
    const number = ++this.#seatNumber;
    const seat: Seat = new Seat(terms, state, {
      take: (chunk) => this.#take(number, seat, chunk),
      hurry: () => this.#hurry(seat),
      leave: () => this.#close(number),
    });
    this.#seats.set(number, seat);
    this.#link.post({ kind: "open", seat: number, terms, state });
    return seat;
  }

  /** All who sit here but one are to leave. */
  clearFor(guest: Seat): void {
    for (const seat of this.#seats.values()) seat.isUnwanted = seat !== guest;
  }

  end(): void {
    this.#leave("closed");
  }

  #take(number: number, seat: Seat, { bytes, ...chunk }: ChunkTerms): Portions {
    const portions = new Portions();
    if (this.#isGone) {
      portions.end();
      return portions;
    }
    const job = ++this.#jobNumber;
    const buffer = seat.bufferFor(bytes);
    this.#jobs.set(job, { seat, portions });
    this.#link.post({ ...chunk, kind: "chunk", job, seat: number, buffer, length: bytes.length });
    this.#watch();
    return portions;
  }

  /** Has a seat's chunk stop after the line under way. */
  #hurry(seat: Seat): void {
    for (const [job, { seat: owner }] of this.#jobs)
      if (owner === seat) Atomics.store(this.#control, CONTROL.stop, job);
  }

  #close(number: number): void {
    if (!this.#seats.delete(number) || this.#isGone) return;
    if (this.#seats.size === 0) this.end();
    else this.#link.post({ kind: "close", seat: number });
  }

  #hear(message: FromWorker): void {
    if (this.#isGone || message.kind === "ready") return;
    this.#hearPortion(message);
  }

  #hearPortion(portion: Portion): void {
    const job = this.#jobs.get(portion.job);
    if (job === undefined) return;
    job.seat.state = portion.state;
    if (portion.isLast) this.#jobs.delete(portion.job);
    job.portions.push(portion);
  }

  #watch(): void {
    if (this.#timer !== undefined) return;
    this.#noteProgress();
    const { patienceMs = PATIENCE_MS } = this.#options;
    this.#timer = setInterval(() => this.#look(), Math.min(LOOK_MS, patienceMs / 4)).unref();
  }

  #look(): void {
    if (this.#jobs.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (Atomics.load(this.#control, CONTROL.steps) !== this.#steps) this.#noteProgress();
    else if (Atomics.load(this.#control, CONTROL.job) !== 0 && this.#isHeldUp()) this.#leave("runaway");
  }

  #noteProgress(): void {
    this.#steps = Atomics.load(this.#control, CONTROL.steps);
    this.#stoodSince = { busyMs: this.#link.busyMs() ?? 0, at: performance.now() };
  }

  #isHeldUp(): boolean {
    const { patienceMs = PATIENCE_MS } = this.#options;
    const busyMs = this.#link.busyMs();
    const { busyMs: before, at } = this.#stoodSince;
    return busyMs === undefined
      ? performance.now() - at >= Math.max(patienceMs, CLOCK_PATIENCE_MS)
      : busyMs - before >= patienceMs;
  }

  #leave(cause: Parameters<WatchedWorkerOptions["gone"]>[1]): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearInterval(this.#timer);
    const culprit = Atomics.load(this.#control, CONTROL.job);
    const runaway: Runaway = {
      behind: Atomics.load(this.#control, CONTROL.behind),
      line: Atomics.load(this.#control, CONTROL.line),
      regex: Atomics.load(this.#control, CONTROL.regex),
    };
    this.#link.end();
    for (const seat of this.#seats.values()) seat.isGone = true;
    this.#options.gone(this, cause);
    for (const [job, { portions }] of this.#jobs)
      portions.end(cause === "runaway" && job === culprit ? runaway : undefined);
    this.#jobs.clear();
    this.#seats.clear();
  }
}

interface SeatPorts {
  take(chunk: ChunkTerms): Portions;
  hurry(): void;
  leave(): void;
}

/** The place of one jail in a thread. */
export class Seat {
  readonly terms: DetectionTerms;
  /** what the lines of the last portion that came have left behind */
  state: PackedState;
  /** the thread is no more */
  isGone = false;
  /** somebody else needs the thread for himself */
  isUnwanted = false;
  readonly #ports: SeatPorts;
  #buffer = new SharedArrayBuffer(0);

  constructor(terms: DetectionTerms, state: PackedState, ports: SeatPorts) {
    this.terms = terms;
    this.state = state;
    this.#ports = ports;
  }

  /** Has the lines of a chunk taken; one chunk at a time. */
  take(chunk: ChunkTerms): Portions {
    return this.#ports.take(chunk);
  }

  /** Has the chunk that is out stop after the line under way. */
  hurry(): void {
    this.#ports.hurry();
  }

  leave(): void {
    this.#ports.leave();
  }

  /** Shared memory with these bytes; the same for each chunk. */
  bufferFor(bytes: Uint8Array): SharedArrayBuffer {
    if (this.#buffer.byteLength < bytes.length) this.#buffer = new SharedArrayBuffer(bytes.length);
    new Uint8Array(this.#buffer).set(bytes);
    return this.#buffer;
  }
}
