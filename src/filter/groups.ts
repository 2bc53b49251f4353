/**
 * What was captured, by group name. Does not know which names mean what.
 * Hot: per matched line.
 * @module
 */
import type { RegexMatch } from "../regex/compiled-regex.ts";
import { GroupNames } from "./group-names.ts";

/** Users of a session (A§2.16), each once, in the order in which they came. Never changes. */
export class Users implements Iterable<string> {
  readonly #first: string;
  readonly #others: readonly string[];

  /** Mostly there is one. */
  constructor(first: string, others: readonly string[] = NO_OTHERS) {
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
    if (name === this.#first || this.#others.includes(name)) return this;
    return new Users(this.#first, [...this.#others, name]);
  }

  *[Symbol.iterator](): Generator<string, void> {
    yield this.#first;
    yield* this.#others;
  }
}

const NO_OTHERS: readonly string[] = [];

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
export class Groups implements ReadonlyGroups {
  #names: GroupNames;
  readonly #values: GroupValue[];
  /** the value of the last name where it is not among the values: they would take much room for one more, as a session adds it */
  #last: GroupValue;
  #hasLast = false;
  /** what {@link mixOfBytes} says of the session's key, where it is known */
  mixedKey: number | undefined = undefined;
  /** whether the captured `ip4` is known to be a dotted quad as it is printed */
  hasQuad = false;

  /** @param values by name; they become the groups' own */
  constructor(names: GroupNames, values: GroupValue[]) {
    this.#names = names;
    this.#values = values;
    this.#last = undefined;
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
    return index < this.#values.length ? this.#values[index] : this.#last;
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
    const copy = new Groups(this.#names, this.#values.slice());
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
    this.#settle();
    this.#names = names;
    this.#last = value;
    this.#hasLast = true;
  }

  #setAt(index: number, value: GroupValue): void {
    if (index === this.#names.ip4) this.hasQuad = false;
    if (index < this.#values.length) this.#values[index] = value;
    else this.#last = value;
  }

  /** Puts the last value to the others. */
  #settle(): void {
    if (!this.#hasLast) return;
    this.#values.push(this.#last);
    this.#last = undefined;
    this.#hasLast = false;
  }
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
