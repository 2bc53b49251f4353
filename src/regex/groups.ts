/**
 * The groups of a pattern while it is read: numbers, names, which are still open, and what may be referred to.
 * @module
 */
import type { PatternReader } from "./pattern-reader.ts";
import { lengthOf } from "./pattern-reader.ts";
import { isIdentifier, numberOf, quoted } from "./python-names.ts";
import type { Node } from "./tree.ts";

/** Groups a pattern may have. */
const MAX_GROUPS = 10_000;

/** What Python takes for a number of a group at all. */
const HIGHEST_GROUP = 1_073_741_823n;

/** @throws {RegexSyntaxError} what was just read up to its end is no name */
export function checkName(reader: PatternReader, name: string): void {
  if (isIdentifier(name)) return;
  throw reader.error(`bad character in group name ${quoted(name)}`, lengthOf(name) + 1);
}

export class PatternGroups {
  readonly #names = new Map<string, number>();
  /** bodies of closed groups by number; an open group has a hole */
  readonly #bodies: (Node | undefined)[] = [undefined];
  readonly #conditions = new Map<number, number>();
  #lookbehindFrom: number | undefined;

  get count(): number {
    return this.#bodies.length - 1;
  }

  get names(): ReadonlyMap<string, number> {
    return this.#names;
  }

  /** Opens a group and gives its number. */
  open(reader: PatternReader, name: string | undefined): number {
    const number = this.#bodies.length;
    if (number > MAX_GROUPS) throw reader.error("too many groups");
    if (name !== undefined) {
      const was = this.#names.get(name);
      if (was !== undefined) {
        const message = `redefinition of group name ${quoted(name)} as group ${number}; was group ${was}`;
        throw reader.error(message, lengthOf(name) + 1);
      }
      this.#names.set(name, number);
    }
    this.#bodies.push(undefined);
    return number;
  }

  close(number: number, body: Node): void {
    this.#bodies[number] = body;
  }

  isClosed(number: number): boolean {
    return this.#bodies[number] !== undefined;
  }

  /** Reads a lookbehind's body: groups opened in it cannot be referred to there. */
  inLookbehind<T>(read: () => T): T {
    const outer = this.#lookbehindFrom;
    this.#lookbehindFrom ??= this.#bodies.length;
    const result = read();
    this.#lookbehindFrom = outer;
    return result;
  }

  /**
   * The group that a reference names.
   *
   * @throws {RegexSyntaxError} unknown, still open, or opened in the same lookbehind
   */
  named(reader: PatternReader, name: string): number {
    const group = this.#names.get(name);
    if (group === undefined) throw reader.error(`unknown group name ${quoted(name)}`, lengthOf(name) + 1);
    if (!this.isClosed(group)) throw reader.error("cannot refer to an open group", lengthOf(name) + 1);
    this.checkInLookbehind(reader, group);
    return group;
  }

  /**
   * Checks a reference by number.
   *
   * @param text the reference as written
   * @throws {RegexSyntaxError} as for `named`
   */
  checkReference(reader: PatternReader, group: number, text: string): void {
    if (group >= this.#bodies.length) {
      throw reader.error(`invalid group reference ${group}`, text.length - 1);
    }
    if (!this.isClosed(group)) throw reader.error("cannot refer to an open group", text.length);
    this.checkInLookbehind(reader, group);
  }

  /** @throws {RegexSyntaxError} a reference inside a lookbehind to what is not finished before it */
  checkInLookbehind(reader: PatternReader, number: number): void {
    if (this.#lookbehindFrom === undefined) return;
    if (!this.isClosed(number)) throw reader.error("cannot refer to an open group");
    if (number >= this.#lookbehindFrom) {
      throw reader.error("cannot refer to group defined in the same lookbehind subpattern");
    }
  }

  /**
   * The group of a condition, by name or by a number that may be yet to come.
   *
   * @param back code points from the name to the token to come
   */
  condition(reader: PatternReader, name: string, back: number): number {
    if (isIdentifier(name)) {
      const group = this.#names.get(name);
      if (group === undefined) throw reader.error(`unknown group name ${quoted(name)}`, back);
      return group;
    }
    const number = numberOf(name);
    if (number === undefined || number < 0n) {
      throw reader.error(`bad character in group name ${quoted(name)}`, back);
    }
    if (number === 0n) throw reader.error("bad group number", back);
    if (number >= HIGHEST_GROUP) throw reader.error(`invalid group reference ${number}`, back);
    const group = Number(number);
    if (!this.#conditions.has(group)) this.#conditions.set(group, reader.position - back);
    return group;
  }

  /** The first condition on a group that never came, as number and position. */
  get brokenCondition(): readonly [number: number, position: number] | undefined {
    for (const [number, position] of this.#conditions) {
      if (number >= this.#bodies.length) return [number, position];
    }
    return undefined;
  }
}
