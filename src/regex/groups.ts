/**
 * The groups of a pattern while it is read: numbers, names, which are still open, and what may be referred to.
 * @module
 */
import type { PatternReader } from "./pattern-reader.ts";
import { lengthOf } from "./pattern-reader.ts";
import { quoted } from "./python-names.ts";
import type { Node } from "./tree.ts";

/** Groups a pattern may have. */
const MAX_GROUPS = 10_000;

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

  /** Body of a closed group. */
  bodyOf(number: number): Node | undefined {
    return this.#bodies[number];
  }

  isKnown(number: number): boolean {
    return number < this.#bodies.length;
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

  /** @throws {RegexSyntaxError} a reference inside a lookbehind to what is not finished before it */
  checkInLookbehind(reader: PatternReader, number: number): void {
    if (this.#lookbehindFrom === undefined) return;
    if (!this.isClosed(number)) throw reader.error("cannot refer to an open group");
    if (number >= this.#lookbehindFrom) {
      throw reader.error("cannot refer to group defined in the same lookbehind subpattern");
    }
  }

  /** Notes a condition on a group that may be yet to come. */
  noteCondition(number: number, position: number): void {
    if (!this.#conditions.has(number)) this.#conditions.set(number, position);
  }

  /** The first condition on a group that never came, as number and position. */
  get brokenCondition(): readonly [number: number, position: number] | undefined {
    for (const [number, position] of this.#conditions) {
      if (!this.isKnown(number)) return [number, position];
    }
    return undefined;
  }
}
