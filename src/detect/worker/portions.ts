/**
 * The portions of one chunk on their way: they wait until they are taken, in their order. Bounded by what a chunk may hold.
 * @module
 */
import type { Portion } from "./messages.ts";

/** Where a thread was held up. */
export interface Runaway {
  /** the line: it has that number, from 0, behind that offset of the chunk; a negative one: it was no line that held it up */
  readonly behind: number;
  readonly line: number;
  /** number of the regex, -1 where it was none */
  readonly regex: number;
}

export class Portions implements AsyncIterable<Portion> {
  readonly #waiting: Portion[] = [];
  #isOver = false;
  #wake: (() => void) | undefined;
  /** why nothing more comes, where this chunk has held up its thread; known at the end */
  runaway: Runaway | undefined;

  push(portion: Portion): void {
    this.#waiting.push(portion);
    this.#isOver ||= portion.isLast;
    this.#wake?.();
  }

  /** Nothing more comes. */
  end(runaway?: Runaway): void {
    this.runaway = runaway;
    this.#isOver = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Portion, void> {
    for (;;) {
      const portion = this.#waiting.shift();
      if (portion !== undefined) yield portion;
      else if (this.#isOver) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
