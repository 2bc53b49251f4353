/**
 * Shows what is going on: one line that is redrawn on a terminal, now and then a plain line elsewhere.
 * @module
 */

/** Where there is no terminal, a line at most this often. */
const PLAIN_EVERY_MS = 10_000;

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class Progress {
  readonly #screen: Screen;
  readonly #now: () => number;
  #plainAt = Number.NEGATIVE_INFINITY;

  constructor(screen: Screen, now: () => number = Date.now) {
    this.#screen = screen;
    this.#now = now;
  }

  /** What is done at the moment. */
  show(text: string): void {
    if (this.#screen.isTTY === true) {
      this.#screen.write(`\r\x1b[K${text.slice(0, (this.#screen.columns ?? 80) - 1)}`);
      return;
    }
    if (this.#now() - this.#plainAt < PLAIN_EVERY_MS) return;
    this.#plainAt = this.#now();
    this.#screen.write(`${text}\n`);
  }

  /** A line that stays. */
  say(text: string): void {
    this.done();
    this.#screen.write(`${text}\n`);
  }

  /** Takes the redrawn line away. */
  done(): void {
    if (this.#screen.isTTY === true) this.#screen.write("\r\x1b[K");
  }
}
