/**
 * Failures that wait for an answer (a name, an ignorecommand): one after the other, in the order of their lines, while the log
 * is read on. Their number is bounded; what is too much is dropped, counted and said.
 * @module
 */
import type { Observe } from "../base/event.ts";
import type { Seconds } from "../base/units.ts";

/** Failures of one jail that may wait. */
const MAX_WAITING = 10_000;

export class Lookups {
  readonly #jail: string;
  readonly #observe: Observe;
  #last: Promise<void> = Promise.resolve();
  #pending = 0;
  #dropped = 0;
  /** said since the queue was last empty */
  #saidFull = false;

  constructor(jail: string, observe: Observe) {
    this.#jail = jail;
    this.#observe = observe;
  }

  /** Failures that wait now. */
  get pending(): number {
    return this.#pending;
  }

  /** Failures that were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds work to the end. It begins when its turn comes, so that there is never more than one command or question under way. */
  add(work: () => Promise<void>): void {
    if (this.#pending >= MAX_WAITING) {
      this.#dropped += 1;
      if (!this.#saidFull) {
        this.#say(`${MAX_WAITING} failures wait for names or ignorecommand; further ones are dropped`);
      }
      this.#saidFull = true;
      return;
    }
    this.#pending += 1;
    this.#last = this.#last
      .then(work)
      .catch((error: unknown) => this.#say(String(error)))
      .finally(() => {
        this.#pending -= 1;
        if (this.#pending === 0) this.#saidFull = false;
      });
  }

  /**
   * Waits until nothing waits any more.
   *
   * @param limit longest wait; without one it may take for ever
   * @returns `false`: the limit has passed, and something still waits
   */
  async idle(limit?: Seconds): Promise<boolean> {
    if (limit === undefined) return await this.#empty();
    const { promise: passed, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), limit * 1000);
    const isEmpty = await Promise.race([this.#empty(), passed]);
    clearTimeout(timer);
    return isEmpty;
  }

  /** Work may add work: a name's addresses have to be checked, too. */
  async #empty(): Promise<true> {
    while (this.#pending > 0) await this.#last;
    return true;
  }

  #say(text: string): void {
    this.#observe({ type: "message", level: "ERROR", logger: "filter", text: `[${this.#jail}] ${text}` });
  }
}
