/**
 * Bans that the firewall has refused: tried again, at growing distances, until it takes them or they end. A tool that was dead for a
 * while costs no protection longer than that.
 * @module
 */

/** Before the first try; doubled with each round that fails, up to the longest; milliseconds. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;

export class RefusedBans {
  readonly #again: (id: string) => Promise<boolean>;
  readonly #ids = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #waitMs = FIRST_WAIT_MS;
  #isClosed = false;

  /** @param again makes a ban again; resolves to `true` if it is in force now, or is no more wanted */
  constructor(again: (id: string) => Promise<boolean>) {
    this.#again = again;
  }

  /** Bans that wait. */
  get size(): number {
    return this.#ids.size;
  }

  add(id: string): void {
    if (this.#isClosed) return;
    this.#ids.add(id);
    this.#schedule();
  }

  /** Tries no more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#ids.clear();
  }

  #schedule(): void {
    if (this.#isClosed || this.#ids.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#round(), this.#waitMs);
  }

  /** Ends at the first refusal: what is dead for one is dead for all, and need not be told for each. */
  async #round(): Promise<void> {
    let isTaken = true;
    for (const id of this.#ids) {
      isTaken = await this.#again(id);
      if (!isTaken) break;
      this.#ids.delete(id);
    }
    this.#waitMs = isTaken ? FIRST_WAIT_MS : Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    this.#timer = undefined;
    this.#schedule();
  }
}
