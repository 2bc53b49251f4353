/**
 * Haste: from a moment on, commands get only so long. A daemon that is told to stop waits for commands under way, but not the
 * minutes that a dead mail server or firewall tool would take of it.
 * @module
 */

/** What a command still gets once haste has begun, under way or new; milliseconds. */
const HASTY_MS = 3_000;

export class Haste {
  readonly #hastyMs: number;
  readonly #underWay = new Set<(limitMs: number) => void>();
  #isOn = false;

  constructor(hastyMs = HASTY_MS) {
    this.#hastyMs = hastyMs;
  }

  /** How long a command may take that would be given so long; milliseconds. */
  limit(ms: number): number {
    return this.#isOn ? Math.min(ms, this.#hastyMs) : ms;
  }

  /** Calls back with the new limit if haste begins. @returns what ends the interest */
  onBegin(shorten: (limitMs: number) => void): () => void {
    this.#underWay.add(shorten);
    return () => this.#underWay.delete(shorten);
  }

  begin(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    for (const shorten of [...this.#underWay]) shorten(this.#hastyMs);
  }
}
