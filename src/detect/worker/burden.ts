/**
 * What the lines of one jail cost the thread that takes them: whether there is a log to catch up on that is worth a thread of its own, and
 * whether single lines hold up whoever takes them. Knows no threads.
 * @module
 */

/** A chunk from this size on is one of many: such chunks in a row are a log to catch up on; after so many smaller ones it is caught up on. */
const LARGE_BYTES = 64 * 1024;
const SMALL_CHUNKS = 4;
/**
 * A slice of this length is slow, and so many of them show that it is the lines: making ready for the first ones takes long, too.
 * Milliseconds of the processor's time.
 */
const SLOW_SLICE_MS = 25;
const SLOW_SLICES = 8;
/** Slow slices are forgotten, and hard lines are expected no more, when the last one is so long ago; milliseconds. */
const HARD_MS = 60_000;
/** Of so many failures the counting of one is measured: to look at the clock twice takes a tenth of it. */
const MEASURED_EVERY = 16;

/** When a log that is caught up on is worth a thread; milliseconds of the processor's time. */
export interface Load {
  /** what its lines have taken so far: the beginning of a thread takes as long */
  readonly afterMs: number;
  /** what they have taken for each failure: to bring one back takes a tenth of it, and most lines of an attack less than that */
  readonly perFailureMs: number;
}

const LOAD: Load = { afterMs: 500, perFailureMs: 0.03 };

/** Milliseconds. */
export interface BurdenClocks {
  /** the processor's time of this thread */
  busyMs(): number;
  /** of a clock that is not set, cheaply */
  nowMs(): number;
}

const CLOCKS: BurdenClocks = {
  busyMs: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
  nowMs: () => performance.now(),
};

export class Burden {
  readonly #load: Load;
  readonly #clocks: BurdenClocks;
  /** what the finding took in large chunks since the last smaller ones, milliseconds, and what it found */
  #loadMs = 0;
  #loadFailures = 0;
  #smallChunks = 0;
  /** failures found in the slice under way, those of them whose counting was measured, and what that took, milliseconds */
  #failures = 0;
  #measured = 0;
  #countingMs = 0;
  #slowSlices = 0;
  #slowAt = -Infinity;
  #isHard = false;
  #givenUp = 0;

  constructor(load: Load = LOAD, clocks: BurdenClocks = CLOCKS) {
    this.#load = load;
    this.#clocks = clocks;
  }

  /** There is a log to catch up on, which is worth a thread. */
  get isLoad(): boolean {
    const { afterMs, perFailureMs } = this.#load;
    return this.#loadMs >= afterMs && this.#loadMs >= this.#loadFailures * perFailureMs;
  }

  /** Single lines hold up whoever takes them, or did so a moment ago. */
  get isHard(): boolean {
    if (this.#clocks.nowMs() - this.#slowAt > HARD_MS) this.#isHard = false;
    return this.#isHard;
  }

  /** A chunk of that size comes, wherever it is taken. */
  comes(bytes: number): void {
    if (bytes >= LARGE_BYTES) this.#smallChunks = 0;
    else if (++this.#smallChunks >= SMALL_CHUNKS) this.forgetLoad();
  }

  /** Takes lines of a chunk of that size. */
  slice(bytes: number, take: () => number): number {
    this.#failures = 0;
    this.#measured = 0;
    this.#countingMs = 0;
    const begun = this.#clocks.busyMs();
    const taken = take();
    const tookMs = this.#clocks.busyMs() - begun;
    if (bytes >= LARGE_BYTES) {
      const countingMs = this.#measured === 0 ? 0 : (this.#countingMs * this.#failures) / this.#measured;
      this.#loadMs += Math.max(0, tookMs - countingMs);
      this.#loadFailures += this.#failures;
    }
    if (tookMs >= SLOW_SLICE_MS) this.#noteSlow();
    return taken;
  }

  /** Counts a failure of the slice under way: that takes its time in the main thread in any case. */
  counting<T>(count: (failure: T) => void, failure: T): void {
    const isMeasured = this.#failures % MEASURED_EVERY === 0;
    this.#failures += 1;
    if (!isMeasured) {
      count(failure);
      return;
    }
    const begun = this.#clocks.nowMs();
    count(failure);
    this.#countingMs += this.#clocks.nowMs() - begun;
    this.#measured += 1;
  }

  /** So many searches were given up by now, or, without a number, another one has held up its thread. */
  noteGivenUp(count?: number): void {
    if (count === this.#givenUp) return;
    this.#givenUp = count ?? this.#givenUp;
    this.#isHard = true;
    this.#slowAt = this.#clocks.nowMs();
  }

  /** The log is caught up on. */
  forgetLoad(): void {
    this.#loadMs = 0;
    this.#loadFailures = 0;
  }

  #noteSlow(): void {
    const now = this.#clocks.nowMs();
    const isFirst = now - this.#slowAt > HARD_MS;
    this.#slowSlices = isFirst ? 1 : this.#slowSlices + 1;
    this.#slowAt = now;
    this.#isHard = (this.#isHard && !isFirst) || this.#slowSlices >= SLOW_SLICES;
  }
}
