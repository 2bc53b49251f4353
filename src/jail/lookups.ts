/**
 * Failures that wait for an answer (a name, an ignorecommand): one after the other, in the order of their lines, while the log
 * is read on. Their number is bounded; what is too much is dropped, counted and said.
 * @module
 */
import type { Observe } from "../base/event.ts";

/** Failures of one jail that may wait. */
const MAX_WAITING = 10_000;

export class Lookups {
  readonly #jail: string;
  readonly #observe: Observe;
  #last: Promise<void> = Promise.resolve();
  #pending = 0;
  #dropped = 0;

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

  add(work: () => Promise<void>): void {
    if (this.#pending >= MAX_WAITING) {
      this.#dropped += 1;
      if (this.#dropped === 1) {
        this.#say(`${MAX_WAITING} failures wait for names or ignorecommand; further ones are dropped`);
      }
      return;
    }
    this.#pending += 1;
    this.#last = this.#last
      .then(work)
      .catch((error: unknown) => this.#say(String(error)))
      .finally(() => {
        this.#pending -= 1;
      });
  }

  /** Resolves once everything that waits now has had its turn. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #say(text: string): void {
    this.#observe({ type: "message", level: "ERROR", logger: "filter", text: `[${this.#jail}] ${text}` });
  }
}
