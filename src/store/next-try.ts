/**
 * When a file that did not take a write is tried again: soon at first, then ever more rarely. Knows no file.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";

/** First pause between tries at a file that does not work; each next one is twice as long, up to the last. */
export const FIRST_RETRY: Seconds = 5;
const LAST_RETRY: Seconds = 300;
/** The same for a file that another program has locked: it lets go soon. */
const FIRST_LOCKED_RETRY: Seconds = 1;
const LAST_LOCKED_RETRY: Seconds = 8;

export class NextTry {
  #at: EpochSeconds = 0;
  #pause = FIRST_RETRY;
  #lastPause = LAST_RETRY;

  /** It has failed for the first time, or in another way than before. */
  begin(now: EpochSeconds, isLocked: boolean): void {
    this.#pause = isLocked ? FIRST_LOCKED_RETRY : FIRST_RETRY;
    this.#lastPause = isLocked ? LAST_LOCKED_RETRY : LAST_RETRY;
    this.#at = now + this.#pause;
  }

  isDue(now: EpochSeconds): boolean {
    // a clock that was set back must not put the next try off for ever
    return now >= this.#at || now < this.#at - this.#pause;
  }

  failedAgain(now: EpochSeconds): void {
    this.#pause = Math.min(this.#lastPause, this.#pause * 2);
    this.#at = now + this.#pause;
  }
}
