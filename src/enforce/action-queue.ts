/**
 * The work of one action, one piece after the other. Queues of different actions go their own pace: a mail that hangs holds up
 * later mails, not the firewall.
 * @module
 */

/** Pieces of work that wait in one queue; work that may be refused is refused beyond this. */
export const MAX_QUEUED_OPERATIONS = 100_000;

export class ActionQueue {
  readonly #maxLength: number;
  #tail: Promise<unknown> = Promise.resolve();
  #length = 0;

  constructor(maxLength = MAX_QUEUED_OPERATIONS) {
    this.#maxLength = maxLength;
  }

  /** Pieces that wait or are at work. */
  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length >= this.#maxLength;
  }

  /** Adds work to the end. Its failure is the caller's; the queue goes on. */
  add<T>(work: () => Promise<T>): Promise<T> {
    this.#length += 1;
    const done = this.#tail.then(work).finally(() => {
      this.#length -= 1;
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }
}
