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

/** Places of its numbers: side by side, for each failure needs them all. */
const [FIRST, LAST, RETRY, ATTEMPTS, NUMBERS] = [0, 1, 2, 3, 4];

export class FailRates {
  #numbers = new Float64Array();

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#numbers = new Float64Array(lengthened(this.#numbers, NUMBERS * capacity));
  }

  last(slot: number): EpochSeconds {
    return this.#numbers[NUMBERS * slot + LAST] ?? 0;
  }

  retry(slot: number): number {
    return this.#numbers[NUMBERS * slot + RETRY] ?? 0;
  }

  attempts(slot: number): number {
    return this.#numbers[NUMBERS * slot + ATTEMPTS] ?? 0;
  }

  of(slot: number): FailRate {
    const first = this.#numbers[NUMBERS * slot + FIRST] ?? 0;
    return { first, last: this.last(slot), retry: this.retry(slot), attempts: this.attempts(slot) };
  }

  set(slot: number, first: EpochSeconds, last: EpochSeconds, retry: number, attempts: number): void {
    const numbers = this.#numbers;
    const at = NUMBERS * slot;
    numbers[at + FIRST] = first;
    numbers[at + LAST] = last;
    numbers[at + RETRY] = retry;
    numbers[at + ATTEMPTS] = attempts;
  }

  /** Whether a failure comes so long after the last one that it is a first one (A§3.1, last paragraph). */
  isStale(slot: number, at: EpochSeconds, findtime: Seconds): boolean {
    const last = this.last(slot);
    return at > last && last <= at - findtime;
  }

  /** Counts another failure. */
  add(slot: number, at: EpochSeconds, weight: number, findtime: Seconds): void {
    const numbers = this.#numbers;
    const place = NUMBERS * slot;
    let retry = numbers[place + RETRY] ?? 0;
    if (at > (numbers[place + LAST] ?? 0)) {
      const since = at - findtime;
      const first = numbers[place + FIRST] ?? 0;
      if (first < since) {
        retry = roundHalfEven((retry / (at - first)) * findtime);
        numbers[place + FIRST] = since;
      }
      numbers[place + LAST] = at;
    }
    numbers[place + RETRY] = retry + weight;
    numbers[place + ATTEMPTS] = (numbers[place + ATTEMPTS] ?? 0) + 1;
  }
}
