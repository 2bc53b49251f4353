/**
 * Sets of patterns that a line may match, as numbers. There are never more than a byte walk has room for: what comes beyond
 * counts as all patterns.
 * @module
 */

/** Sets with a number. */
export const MAX_ACCEPT_SETS = 1024;

export const NO_PATTERN = 0;
/** of a line that nobody looked at to its end, too */
export const EVERY_PATTERN = 1;
/** the stranger was met: nothing else matters of the line */
export const STRANGER = 2;

export class AcceptSets {
  readonly #sets: (readonly number[])[];
  readonly #numbers = new Map<string, number>();
  readonly #owners: readonly (readonly number[])[];
  /** by set: by owner, whether all its patterns are in */
  readonly #done: Uint8Array[] = [];

  readonly #stranger: number;

  /**
   * @param owners groups of patterns that {@link holds} tells about
   * @param stranger a pattern that decides alone; -1 for none
   */
  constructor(patternCount: number, owners: readonly (readonly number[])[], stranger = -1) {
    const every = Array.from({ length: patternCount }, (_, pattern) => pattern);
    this.#owners = owners;
    this.#sets = [];
    this.#numbers.set("", this.#add([]));
    this.#stranger = stranger;
    this.#add(every);
    this.#add(every);
  }

  get count(): number {
    return this.#sets.length;
  }

  /** The patterns of a set, ascending. */
  patternsOf(number: number): readonly number[] {
    return this.#sets[number] ?? [];
  }

  /** Whether all patterns of an owner are in the set. */
  holds(number: number, owner: number): boolean {
    return this.#done[number]?.[owner] === 1;
  }

  /** The set with more patterns in it. */
  with(number: number, patterns: readonly number[]): number {
    if (patterns.length === 0) return number;
    if (patterns.includes(this.#stranger)) return STRANGER;
    const all = [...new Set([...this.patternsOf(number), ...patterns])].sort((a, b) => a - b);
    const key = all.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.count >= MAX_ACCEPT_SETS) return EVERY_PATTERN;
    const added = this.#add(all);
    this.#numbers.set(key, added);
    return added;
  }

  #add(patterns: readonly number[]): number {
    const number = this.#sets.push(patterns) - 1;
    const members = new Set(patterns);
    this.#done.push(
      Uint8Array.from(this.#owners, (owned) => (owned.every((pattern) => members.has(pattern)) ? 1 : 0)),
    );
    return number;
  }
}
