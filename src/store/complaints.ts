/**
 * Errors that come again and again are told once a minute. Knows nothing of what they are about.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";

/** The same complaint is made once in this time. */
const COMPLAINT_PAUSE: Seconds = 60;
const MAX_COMPLAINTS = 64;

export class Complaints {
  readonly #clock: Clock;
  readonly #tell: (text: string) => void;
  readonly #toldAt = new BoundedMap<string, EpochSeconds>({ limit: MAX_COMPLAINTS });

  constructor(clock: Clock, tell: (text: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  make(text: string): void {
    const now = this.#clock.now();
    const last = this.#toldAt.get(text);
    if (last !== undefined && now >= last && now - last < COMPLAINT_PAUSE) return;
    this.#toldAt.set(text, now);
    this.#tell(text);
  }
}
