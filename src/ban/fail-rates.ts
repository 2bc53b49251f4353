/**
 * How often somebody has failed of late, by slot: findtime is a rate, what lies before it is scaled down, not forgotten (A§3.1).
 * Knows neither IDs nor limits.
 * Hot: per failure.
 * @module
 */
import { roundHalfEven } from "../base/rounding.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { lengthened } from "./column.ts";

/** What is counted of somebody. */
export interface FailRate {
  /** start of the time that `retry` stands for */
  readonly first: EpochSeconds;
  /** last failure */
  readonly last: EpochSeconds;
  /** the estimate that is compared with maxretry */
  readonly retry: number;
  /** `<failures>` */
  readonly attempts: number;
}

/** Places of its times and counts: side by side, for each failure needs them all. */
const [FIRST, LAST, TIMES] = [0, 1, 2];
const [RETRY, ATTEMPTS, COUNTS] = [0, 1, 2];

export class FailRates {
  #times = new Float64Array();
  /** exact up to sixteen million, and stay there */
  #counts = new Float32Array();

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#times = new Float64Array(lengthened(this.#times, TIMES * capacity));
    this.#counts = new Float32Array(lengthened(this.#counts, COUNTS * capacity));
  }

  last(slot: number): EpochSeconds {
    return this.#times[TIMES * slot + LAST] ?? 0;
  }

  retry(slot: number): number {
    return this.#counts[COUNTS * slot + RETRY] ?? 0;
  }

  attempts(slot: number): number {
    return this.#counts[COUNTS * slot + ATTEMPTS] ?? 0;
  }

  of(slot: number): FailRate {
    const first = this.#times[TIMES * slot + FIRST] ?? 0;
    return { first, last: this.last(slot), retry: this.retry(slot), attempts: this.attempts(slot) };
  }

  set(slot: number, first: EpochSeconds, last: EpochSeconds, retry: number, attempts: number): void {
    this.#times[TIMES * slot + FIRST] = first;
    this.#times[TIMES * slot + LAST] = last;
    this.#counts[COUNTS * slot + RETRY] = retry;
    this.#counts[COUNTS * slot + ATTEMPTS] = attempts;
  }

  /** Whether a failure comes so long after the last one that it is a first one (A§3.1, last paragraph). */
  isStale(slot: number, at: EpochSeconds, findtime: Seconds): boolean {
    const last = this.last(slot);
    return at > last && last <= at - findtime;
  }

  /** Counts another failure. */
  add(slot: number, at: EpochSeconds, weight: number, findtime: Seconds): void {
    const times = this.#times;
    const counts = this.#counts;
    const time = TIMES * slot;
    const count = COUNTS * slot;
    let retry = counts[count + RETRY] ?? 0;
    if (at > (times[time + LAST] ?? 0)) {
      const since = at - findtime;
      const first = times[time + FIRST] ?? 0;
      if (first < since) {
        retry = roundHalfEven((retry / (at - first)) * findtime);
        times[time + FIRST] = since;
      }
      times[time + LAST] = at;
    }
    counts[count + RETRY] = retry + weight;
    counts[count + ATTEMPTS] = (counts[count + ATTEMPTS] ?? 0) + 1;
  }
}
