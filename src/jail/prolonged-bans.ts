/**
 * Bans that last longer than their actions know: told to them when it is time. An ID whose failures go on is told of once at a time, however
 * often its ban grows meanwhile.
 * @module
 */
import type { Seconds } from "../base/units.ts";

/** Bans that wait at a time; what comes beyond that is told at once. */
const MAX_WAITING = 10_000;

export class ProlongedBans {
  readonly #tell: (id: string) => Promise<void>;
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  /** being told; with the delay after which it is to be told again */
  readonly #underWay = new Map<string, Seconds | undefined>();
  #isClosed = false;

  /** @param tell tells the actions of the ban as it is then; does not reject */
  constructor(tell: (id: string) => Promise<void>) {
    this.#tell = tell;
  }

  /** A ban that waits already keeps its time: what the actions know has not changed since. */
  add(id: string, after: Seconds): void {
    if (this.#isClosed || this.#waiting.has(id)) return;
    if (this.#underWay.has(id)) {
      this.#underWay.set(id, after);
      return;
    }
    const delay = this.#waiting.size < MAX_WAITING ? after : 0;
    if (delay === 0) void this.#round(id);
    else
      this.#waiting.set(
        id,
        setTimeout(() => void this.#round(id), delay * 1000),
      );
  }

  /** Tells nothing more. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  async #round(id: string): Promise<void> {
    this.#waiting.delete(id);
    this.#underWay.set(id, undefined);
    await this.#tell(id);
    const again = this.#underWay.get(id);
    this.#underWay.delete(id);
    if (again !== undefined) this.add(id, again);
  }
}
