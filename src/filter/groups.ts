/**
 * What was captured, by group name. Does not know which names mean what.
 * Hot: per matched line.
 * @module
 */
import type { RegexMatch } from "../regex/compiled-regex.ts";
import { GroupNames } from "./group-names.ts";
import { type Captor, Users } from "./users.ts";

/** A captured text, a tuple of them (A§2.11), or the users of a session; `undefined`: took no part. */
export type GroupValue = string | undefined | readonly (string | undefined)[] | Users;

/** Captured values as plain data; users stand apart, for they are a list that is no tuple. */
export interface PlainGroups {
  readonly names: readonly string[];
  readonly values: readonly (string | undefined | readonly (string | undefined)[])[];
  readonly users: readonly string[] | undefined;
}

/** Captured values by group name, in the order that `fail2ban-regex -o row` shows; a `Map` is one, too. */
export interface ReadonlyGroups extends Iterable<[name: string, value: GroupValue]> {
  get(name: string): GroupValue;
  readonly size: number;
}

/** Captured values that change: a map for the few names of a regex. */
export class Groups implements ReadonlyGroups, Captor {
  #names: GroupNames;
  #values: GroupValue[];
  /** until somebody changes them, values may be parts of a text: begin and end of each, -1 for one that took no part */
  #places: readonly number[] | undefined = undefined;
  #text = "";
  /** the value of the last name where it is not among the values: they would take much room for one more, as a session adds it */
  #last: GroupValue;
  #hasLast = false;

  /** @param values by name; they become the groups' own */
  constructor(names: GroupNames, values: GroupValue[]) {
    this.#names = names;
    this.#values = values;
    this.#last = undefined;
  }

  /**
   * Values that nobody may ask for.
   *
   * @param places by name: begin and end in the text, -1 for a group that took no part
   */
  static lying(names: GroupNames, text: string, places: readonly number[]): Groups {
    const groups = new Groups(names, NO_VALUES);
    groups.#text = text;
    groups.#places = places;
    return groups;
  }

  static of(entries: Iterable<readonly [name: string, value: GroupValue]>): Groups {
    const groups = new Groups(GroupNames.NONE, []);
    for (const [name, value] of entries) groups.set(name, value);
    return groups;
  }

  get size(): number {
    return this.#names.list.length;
  }

  get names(): GroupNames {
    return this.#names;
  }

  get(name: string): GroupValue {
    return this.at(this.#names.indexOf(name));
  }

  /** The value at a place among the names; `undefined` for no place. */
  at(index: number): GroupValue {
    if (index < 0) return undefined;
    const places = this.#places;
    if (places !== undefined && 2 * index < places.length) return lyingAt(this.#text, places, index);
    return index < this.#values.length ? this.#values[index] : this.#last;
  }

  /** Whether {@link textAt} is one; that is told without making it. */
  hasTextAt(index: number): boolean {
    if (index < 0) return false;
    const places = this.#places;
    if (places === undefined || 2 * index >= places.length) return this.textAt(index) !== undefined;
    return (places[2 * index + 1] ?? 0) > (places[2 * index] ?? 0);
  }

  user(): string | undefined {
    return this.textAt(this.#names.user);
  }

  /** As {@link textOf}, by the place among the names. */
  textAt(index: number): string | undefined {
    if (index < 0) return undefined;
    const value = this.at(index);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** A new name comes last. */
  set(name: string, value: GroupValue): void {
    const index = this.#names.indexOf(name);
    if (index >= 0) {
      this.#setAt(index, value);
      return;
    }
    this.#addLast(this.#names.with(name), value);
  }

  /** Sets the users of the session, as {@link set}. */
  setUsers(users: Users): void {
    const { users: index } = this.#names;
    if (index >= 0) this.#setAt(index, users);
    else this.#addLast(this.#names.withUsers(), users);
  }

  delete(name: string): void {
    const index = this.#names.indexOf(name);
    if (index < 0) return;
    this.#settle();
    const values = this.#values;
    this.#names = this.#names.without(name);
    for (let next = index + 1; next < values.length; next++) values[next - 1] = values[next];
    values.pop();
  }

  copy(): Groups {
    const places = this.#places;
    const copy =
      places === undefined
        ? new Groups(this.#names, this.#values.slice())
        : Groups.lying(this.#names, this.#text, places);
    copy.#last = this.#last;
    copy.#hasLast = this.#hasLast;
    return copy;
  }

  /** A copy with the groups of a match over these: new names come last, and a group that took no part leaves what is there. */
  withMatch(match: RegexMatch, regex: NamedGroups): Groups {
    const { names, places } = this.#names.withAll(regex.names);
    this.#settle();
    const values = this.#values.slice();
    for (let index = 0; index < places.length; index++) {
      const value = match.group(regex.numbers[index] ?? 0);
      const place = places[index] ?? 0;
      if (place >= values.length) values.push(value);
      else if (value !== undefined) values[place] = value;
    }
    return new Groups(names, values);
  }

  /** A copy with other groups over these, as {@link withMatch}. */
  withAll(other: Groups): Groups {
    const groups = this.copy();
    for (const [name, value] of other)
      if (value !== undefined || groups.get(name) === undefined) groups.set(name, value);
    return groups;
  }

  /** Copies the groups of the other that took part over those of this one. */
  overlay(other: Groups): void {
    const { list } = other.#names;
    const isSame = other.#names === this.#names;
    for (let index = 0; index < list.length; index++) {
      const value = other.at(index);
      if (value === undefined) continue;
      if (isSame) this.#setAt(index, value);
      else this.set(list[index] ?? "", value);
    }
  }

  /** Groups of their plain data. */
  static from({ names, values, users }: PlainGroups): Groups {
    const groups = Groups.of(names.map((name, index) => [name, values[index]]));
    if (users !== undefined) groups.set("users", Users.of(users));
    return groups;
  }

  /** As plain data. Users come by one name only. */
  plain(): PlainGroups {
    const users = this.get("users");
    this.#settle();
    const values = this.#values.map((value) => (value instanceof Users ? undefined : value));
    return { names: this.#names.list, values, users: users instanceof Users ? [...users] : undefined };
  }

  *[Symbol.iterator](): Generator<[name: string, value: GroupValue], void> {
    for (const [index, name] of this.#names.list.entries()) yield [name, this.at(index)];
  }

  #addLast(names: GroupNames, value: GroupValue): void {
    if (this.#hasLast) this.#settle();
    this.#names = names;
    this.#last = value;
    this.#hasLast = true;
  }

  #setAt(index: number, value: GroupValue): void {
    if (this.#places !== undefined && 2 * index < this.#places.length) this.#settle();
    if (index < this.#values.length) this.#values[index] = value;
    else this.#last = value;
  }

  /** Makes all values, and puts the last one to the others. */
  #settle(): void {
    const places = this.#places;
    if (places !== undefined) {
      const values: GroupValue[] = [];
      for (let index = 0; 2 * index < places.length; index++) values.push(lyingAt(this.#text, places, index));
      this.#values = values;
      this.#places = undefined;
    }
    if (!this.#hasLast) return;
    this.#values.push(this.#last);
    this.#last = undefined;
    this.#hasLast = false;
  }
}

/** Not to be changed. */
const NO_VALUES: GroupValue[] = [];

function lyingAt(text: string, places: readonly number[], index: number): string | undefined {
  const start = places[2 * index] ?? -1;
  return start < 0 ? undefined : text.slice(start, places[2 * index + 1]);
}

/** No groups; not to be changed. */
export const NO_GROUPS = Groups.of([]);

/** The named groups of a regex. */
export interface NamedGroups {
  readonly names: readonly string[];
  /** by name */
  readonly numbers: readonly number[];
}

/** The captured text of a group; `undefined` where it took no part, is empty, or is no text. */
export function textOf(groups: Pick<ReadonlyGroups, "get">, name: string): string | undefined {
  const value = groups.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
