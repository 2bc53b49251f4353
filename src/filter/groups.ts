/**
 * What a match captured, by group name: alternatives fill their target, tuples are gathered (A§2.11).
 * Does not know which names mean what.
 * @module
 */
import type { CompiledRegex, RegexMatch } from "../regex/compiled-regex.ts";

/** A captured text, a tuple of them (A§2.11), or the users of a session (A§2.16); `undefined`: took no part. */
export type GroupValue = string | undefined | readonly (string | undefined)[] | ReadonlySet<string>;

/** Captured values by group name, in the order that `fail2ban-regex -o row` shows. */
export type Groups = Map<string, GroupValue>;

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
export function derivedGroups(regex: CompiledRegex): readonly DerivedGroup[] {
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

/** All named groups of a match, with alternatives and tuples applied. */
export function capturedGroups(
  match: RegexMatch,
  names: readonly string[],
  derived: readonly DerivedGroup[],
): Groups {
  const groups: Groups = new Map();
  for (const name of names) groups.set(name, match.group(name));
  for (const { kind, name, target } of derived) {
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

/** The captured text of a group; `undefined` where it took no part, is empty, or is no text. */
export function textOf(groups: Groups, name: string): string | undefined {
  const value = groups.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Copies the groups that took part over others. */
export function overlay(onto: Groups, from: Groups): void {
  for (const [name, value] of from) {
    if (value !== undefined) onto.set(name, value);
  }
}
