/**
 * What a match captured, by group name: alternatives fill their target, tuples are gathered (A§2.11).
 * Does not know which names mean what.
 * Hot: per matched line.
 * @module
 */
import type { CompiledRegex, RegexMatch } from "../regex/compiled-regex.ts";

/** A captured text, a tuple of them (A§2.11), or the users of a session (A§2.16); `undefined`: took no part. */
export type GroupValue = string | undefined | readonly (string | undefined)[] | ReadonlySet<string>;

/** Captured values by group name, in the order that `fail2ban-regex -o row` shows; a `Map` is one, too. */
export interface ReadonlyGroups extends Iterable<[name: string, value: GroupValue]> {
  get(name: string): GroupValue;
  readonly size: number;
}

/**
 * Captured values that change: a map for the few names of a regex, whose list of names is shared between the matches of that regex
 * until one of them gets a name more.
 */
export class Groups implements ReadonlyGroups {
  #names: readonly string[];
  readonly #values: GroupValue[];

  /**
   * @param names are not changed
   * @param values one for each name; become the new object's own
   */
  constructor(names: readonly string[] = [], values: GroupValue[] = []) {
    this.#names = names;
    this.#values = values;
  }

  get size(): number {
    return this.#values.length;
  }

  get(name: string): GroupValue {
    const index = this.#indexOf(name);
    return index < 0 ? undefined : this.#values[index];
  }

  /** A new name comes last. */
  set(name: string, value: GroupValue): void {
    const index = this.#indexOf(name);
    if (index >= 0) {
      this.#values[index] = value;
      return;
    }
    this.#names = [...this.#names, name];
    this.#values.push(value);
  }

  delete(name: string): void {
    const index = this.#indexOf(name);
    if (index < 0) return;
    this.#names = this.#names.toSpliced(index, 1);
    this.#values.splice(index, 1);
  }

  copy(): Groups {
    return new Groups(this.#names, this.#values.slice());
  }

  /** Copies the groups of the other that took part over those of this one. */
  overlay(other: Groups): void {
    for (let index = 0; index < other.#values.length; index++) {
      const value = other.#values[index];
      const name = other.#names[index];
      if (value !== undefined && name !== undefined) this.set(name, value);
    }
  }

  /** These groups below those of another match: a copy with all names of both, in which the other's win where they took part. */
  below(other: Groups): Groups {
    if (this.size === 0) return other;
    const names = this.#names.slice();
    const values = this.#values.slice();
    for (let index = 0; index < other.#values.length; index++) {
      const value = other.#values[index];
      const name = other.#names[index];
      if (name === undefined) continue;
      const known = this.#indexOf(name);
      if (known < 0) {
        names.push(name);
        values.push(value);
      } else if (value !== undefined) values[known] = value;
    }
    return new Groups(names, values);
  }

  *[Symbol.iterator](): Generator<[name: string, value: GroupValue], void> {
    for (const [index, name] of this.#names.entries()) yield [name, this.#values[index]];
  }

  #indexOf(name: string): number {
    const names = this.#names;
    for (let index = 0; index < names.length; index++) if (names[index] === name) return index;
    return -1;
  }
}

/** A group that fills or extends another one. */
interface DerivedGroup {
  readonly kind: "alt" | "tuple";
  readonly name: string;
  readonly target: string;
}

const DERIVED = /^(alt|tuple)_(.+?)(?:_\d+)?$/;

/** Groups whose tags are shorter than their names (A§2.11): `<F-TUPLE_ID>` extends `fid`. */
export const TAGGED_GROUPS: ReadonlyMap<string, string> = new Map([
  ["id", "fid"],
  ["port", "fport"],
]);

/** The `alt_…` and `tuple_…` groups of a regex in the order in which they are applied: by name. */
function derivedGroups(regex: CompiledRegex): readonly DerivedGroup[] {
  const derived: DerivedGroup[] = [];
  for (const name of [...regex.groupNames].sort()) {
    const [, kind, target] = DERIVED.exec(name) ?? [];
    if (target === undefined) continue;
    derived.push({
      kind: kind === "alt" ? "alt" : "tuple",
      name,
      target: TAGGED_GROUPS.get(target) ?? target,
    });
  }
  return derived;
}

/** Reads the matches of one regex. */
export class GroupReader {
  readonly #names: readonly string[];
  readonly #numbers: readonly number[];
  readonly #derived: readonly DerivedGroup[];

  constructor(regex: CompiledRegex) {
    this.#names = regex.groupNames;
    this.#numbers = regex.groupNames.map((name) => regex.groupIndex.get(name) ?? 0);
    this.#derived = derivedGroups(regex);
  }

  /** All named groups of a match, with alternatives and tuples applied. */
  read(match: RegexMatch): Groups {
    const values: GroupValue[] = [];
    for (const number of this.#numbers) values.push(match.group(number));
    const groups = new Groups(this.#names, values);
    for (const { kind, name, target } of this.#derived) {
      const present = groups.get(target);
      const value = match.group(name);
      if (kind === "alt") {
        if (!present && value) groups.set(target, value);
      } else {
        const before = Array.isArray(present) ? present : [typeof present === "string" ? present : undefined];
        groups.set(target, [...before, value]);
      }
    }
    return groups;
  }
}

/** The captured text of a group; `undefined` where it took no part, is empty, or is no text. */
export function textOf(groups: Pick<ReadonlyGroups, "get">, name: string): string | undefined {
  const value = groups.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
