/**
 * Whose turn it is to ask the system's resolver: a few lookups at once, fewer for each who asks, so that one jail whose names get no
 * answer leaves room for the others. Answers have a deadline. Knows nothing of names.
 * @module
 */

/** Lookups under way at once. The system's resolver occupies a thread each, and file reads need threads as well. */
const MAX_LOOKUPS = 2;
/** Of these, for one who asks. One that was given up counts until the system is done with it. */
const MAX_LOOKUPS_OF_ONE = 1;
/** Lookups waiting for their turn; further ones are given up at once. */
const MAX_WAITING = 500;

/** No answer in time, or no turn to ask. */
export class GivenUpError extends Error {
  override readonly name = "GivenUpError";
}

interface Waiting {
  readonly asker: string;
  begin(): void;
}

export class LookupTurns {
  readonly #deadlineMs: number;
  /** in the order in which they asked */
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<string, number>();
  #total = 0;

  /** @param deadlineMs longest wait for an answer, the turn included */
  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Looks something up when it is its turn.
   *
   * @throws {GivenUpError} after the deadline, or at once where too many wait; and whatever the lookup throws
   */
  async take<T>(asker: string, lookUp: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= MAX_WAITING) throw new GivenUpError("too many lookups at once");
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiting: Waiting = {
      asker,
      begin: () => {
        // whatever it throws is an answer, too
        Promise.resolve()
          .then(lookUp)
          .then(resolve, reject)
          .finally(() => this.#leave(asker));
      },
    };
    const timer = setTimeout(() => {
      const turn = this.#waiting.indexOf(waiting);
      if (turn >= 0) this.#waiting.splice(turn, 1);
      reject(new GivenUpError("timed out"));
    }, this.#deadlineMs);
    this.#waiting.push(waiting);
    this.#serve();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #serve(): void {
    while (this.#total < MAX_LOOKUPS) {
      const next = this.#waiting.findIndex(({ asker }) => this.#runningOf(asker) < MAX_LOOKUPS_OF_ONE);
      const [waiting] = next < 0 ? [] : this.#waiting.splice(next, 1);
      if (waiting === undefined) return;
      this.#total += 1;
      this.#running.set(waiting.asker, this.#runningOf(waiting.asker) + 1);
      waiting.begin();
    }
  }

  #leave(asker: string): void {
    this.#total -= 1;
    const left = this.#runningOf(asker) - 1;
    if (left > 0) this.#running.set(asker, left);
    else this.#running.delete(asker);
    this.#serve();
  }

  #runningOf(asker: string): number {
    return this.#running.get(asker) ?? 0;
  }
}
