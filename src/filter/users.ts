/**
 * The users of a session. Knows no sessions and no groups.
 * Hot: per matched line of a filter with sessions.
 * @module
 */

/** What captured a user and can still tell his name. */
export interface Captor {
  user(): string | undefined;
}

const NO_OTHERS: readonly string[] = [];

/** Users of a session (A§2.16), each once, in the order in which they came. Never changes. */
export class Users implements Iterable<string> {
  /** itself, or the groups that captured it: they keep it */
  #first: string | Captor;
  readonly #others: readonly string[];

  /** @param first mostly there is one, and nobody asks for its name */
  constructor(first: string | Captor, others: readonly string[] = NO_OTHERS) {
    this.#first = first;
    this.#others = others;
  }

  /** @param names one at least */
  static of([first = "", ...others]: readonly string[]): Users {
    return new Users(first, others);
  }

  get size(): number {
    return 1 + this.#others.length;
  }

  /** With one more user; the same if it is there. */
  with(name: string): Users {
    const first = this.#firstName();
    if (name === first || this.#others.includes(name)) return this;
    return new Users(first, [...this.#others, name]);
  }

  [Symbol.iterator](): ArrayIterator<string> {
    return this.names().values();
  }

  /** In their order. */
  names(): string[] {
    return [this.#firstName(), ...this.#others];
  }

  #firstName(): string {
    if (typeof this.#first !== "string") this.#first = this.#first.user() ?? "";
    return this.#first;
  }
}
