/**
 * Whether an ID may be one of this machine's own addresses, without looking it up: nearly none is, and a look-up of a text that was just
 * read has to go through all of it.
 * Hot: per failure.
 * @module
 */

/** Kinds of IDs that are told apart; a power of two, many more than a machine has addresses. */
const KINDS = 1024;

export class OwnGuess {
  #set: ReadonlySet<string> | undefined;
  readonly #kinds = new Uint8Array(KINDS);

  /** @param set is not changed; there may be another one the next time */
  has(set: ReadonlySet<string>, id: string): boolean {
    if (set !== this.#set) this.#learn(set);
    return this.#kinds[kindOf(id)] === 1 && set.has(id);
  }

  #learn(set: ReadonlySet<string>): void {
    this.#set = set;
    this.#kinds.fill(0);
    for (const own of set) this.#kinds[kindOf(own)] = 1;
  }
}

/** By length and last characters, in which the addresses of attackers differ. */
function kindOf(id: string): number {
  const { length } = id;
  if (length < 3) return length;
  const last = id.charCodeAt(length - 1) * 31 + id.charCodeAt(length - 2) * 7 + id.charCodeAt(length - 3);
  return (last * 5 + length) & (KINDS - 1);
}
