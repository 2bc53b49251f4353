/**
 * Turns for commands that set up or clear away what jails share: nftables actions keep all jails in one table, make it where it is
 * missing and remove it with the last set. Two of them at once would take the table from under each other, and a ban would be lost.
 * Knows nothing of what is set up, only who comes after whom.
 * @module
 */

/** A tool that hangs holds up the next turn no longer than this; there is nothing then to take from under anybody. */
const PATIENCE_MS = 10_000;
/** Commands whose setup is shared between jails, by the tool they call. */
const SHARED_SETUP = /\bnft\b/;

export class SetupTurns {
  readonly #patienceMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  /** Runs a command when those before it have ended; one that touches nothing shared runs at once. */
  async take<T>(script: string, work: () => Promise<T>): Promise<T> {
    if (!SHARED_SETUP.test(script)) return await work();
    const turn = this.#patiently(this.#last).then(work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  #patiently(before: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#patienceMs);
      void before.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
