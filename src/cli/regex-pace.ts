/**
 * Pauses of a long run: now and then what is gathered goes out, and the process hears that its reader has gone.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { Outlet } from "./regex-outlet.ts";

/** Lines between two looks at the clock. */
const LINES_BETWEEN = 64;
/** Between two pauses, milliseconds. */
const PERIOD_MS = 100;

export class Pace {
  readonly #outlet: Outlet;
  #lines = 0;
  #restedAt = performance.now();

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Whether it is time for a pause; called once a line. */
  isDue(): boolean {
    this.#lines++;
    return this.#lines % LINES_BETWEEN === 0 && performance.now() - this.#restedAt >= PERIOD_MS;
  }

  /** @throws {ReaderGone} nobody reads the output */
  async rest(): Promise<void> {
    this.#outlet.flush();
    await setImmediate();
    this.#outlet.checkReader();
    this.#restedAt = performance.now();
  }
}
