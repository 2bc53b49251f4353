/**
 * The one timer of a jail: for the ban that ends first, and for failures that grow old. Knows nothing of what is done then.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { EpochSeconds } from "../base/units.ts";

/** Longest wait between two looks, so that a clock that is set is noticed; milliseconds. */
const MAX_WAIT_MS = 60_000;
/** Between the passing of an end and the look at it; milliseconds. */
const AFTER_EXPIRY_MS = 5;

export interface ExpiryTimerOptions {
  readonly clock: Clock;
  /** when something is due: `Infinity` for an occasional look, `undefined` for none */
  due(): EpochSeconds | undefined;
  /** looks; the timer is armed anew afterwards */
  look(): void;
}

export class ExpiryTimer {
  readonly #options: ExpiryTimerOptions;
  #timer: NodeJS.Timeout | undefined;
  /** what the timer is armed for */
  #next: EpochSeconds = Number.NaN;

  constructor(options: ExpiryTimerOptions) {
    this.#options = options;
  }

  get isArmed(): boolean {
    return this.#timer !== undefined;
  }

  /** Arms the timer for what is due now. One that is armed for the same stays: each ban asks for it, and few end first. */
  arm(): void {
    const { clock, due, look } = this.#options;
    const next = due();
    if (this.isArmed && next === this.#next) return;
    this.disarm();
    if (next === undefined) return;
    this.#next = next;
    const dueMs = (next - clock.now()) * 1000 + AFTER_EXPIRY_MS;
    const tick = (): void => {
      this.#timer = undefined;
      look();
      this.arm();
    };
    this.#timer = setTimeout(tick, Math.min(Math.max(dueMs, AFTER_EXPIRY_MS), MAX_WAIT_MS));
  }

  disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
