/**
 * Bans that the firewall has refused: tried again, at growing distances, until it takes them or they end. A tool that was dead for a
 * while costs no protection longer than that.
 * @module
 */

/** Before the first try; doubled with each round that fails, up to the longest; milliseconds. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;
/** Bans tried at once. */
const TRIED_AT_ONCE = 1000;

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

  /**
   * The first of them tells for all: what is dead for one need not be told for each. Once it is taken the others follow together.
   */
  async #round(): Promise<void> {
    const [first, ...others] = this.#ids;
    let isTaken = first === undefined || (await this.#try(first));
    for (let at = 0; isTaken && at < others.length; at += TRIED_AT_ONCE) {
      const tries = others.slice(at, at + TRIED_AT_ONCE).map((id) => this.#try(id));
      isTaken = (await Promise.all(tries)).some((one) => one);
    }
    this.#waitMs = isTaken ? FIRST_WAIT_MS : Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    this.#timer = undefined;
    this.#schedule();
  }

  async #try(id: string): Promise<boolean> {
    const isTaken = await this.#again(id);
    // the next round begins with another one: this may be refused for a reason of its own
    this.#ids.delete(id);
    if (!isTaken && !this.#isClosed) this.#ids.add(id);
    return isTaken;
  }
}
