/**
 * Pauses of a long run: now and then what is gathered goes out, its reader takes it, the process hears that its reader has gone, and
 * the one who waits sees how far it is.
 * @module
 */
import type { Outlet } from "./regex-outlet.ts";

/** A clock that never goes back, without the modules that `performance` loads; milliseconds. */
const nowMs = (): number => 1000 * process.uptime();

/** Lines between two looks at the clock. */
const LINES_BETWEEN = 64;
/** Between two pauses, milliseconds. */
const PERIOD_MS = 100;
/** A run that ends earlier shows no progress, milliseconds. */
const SHORT_MS = 1000;
const CLEAR = "\r\u001b[K";

export class Pace {
  readonly #outlet: Outlet;
  readonly #show: ((text: string) => void) | undefined;
  readonly #startedAt = nowMs();
  #restedAt = this.#startedAt;
  #lines = 0;
  #lookedAt = 0;
  #isDue = false;
  #isShown = false;

  /** @param show writes on the terminal how far it is; `undefined`: nobody looks */
  constructor(outlet: Outlet, show: ((text: string) => void) | undefined) {
    this.#outlet = outlet;
    this.#show = show;
  }

  /** Counts lines taken. */
  count(lines: number): void {
    this.#lines += lines;
    if (this.#lines - this.#lookedAt < LINES_BETWEEN) return;
    this.#lookedAt = this.#lines;
    this.#isDue = nowMs() - this.#restedAt >= PERIOD_MS;
  }

  /** Whether it is time for a pause. */
  isDue(): boolean {
    return this.#isDue;
  }

  /** @throws {ReaderGone} nobody reads the output */
  async rest(): Promise<void> {
    this.#outlet.flush();
    await this.#outlet.drained();
    await new Promise((resolve) => setImmediate(resolve));
    this.#outlet.checkReader();
    this.#restedAt = nowMs();
    this.#isDue = false;
    if (this.#show === undefined || this.#restedAt - this.#startedAt < SHORT_MS) return;
    this.#show(`${CLEAR}${this.#lines.toLocaleString("en-US")} lines`);
    this.#isShown = true;
  }

  /** Takes the figure off the terminal. */
  end(): void {
    if (this.#isShown) this.#show?.(CLEAR);
    this.#isShown = false;
  }
}
