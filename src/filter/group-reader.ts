/**
 * What a match captured, by group name: alternatives fill their target, tuples are gathered (A§2.11).
 * Hot: per matched line.
 * @module
 */
import type { CompiledRegex, RegexMatch } from "../regex/compiled-regex.ts";
import { type Groups, type NamedGroups, NO_GROUPS } from "./groups.ts";

/** A group that fills or extends another one. */
export interface DerivedGroup {
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
  readonly regex: Pick<CompiledRegex, "groupIndex" | "groupCount">;
  readonly named: NamedGroups;
  readonly derived: readonly DerivedGroup[];

  constructor(regex: CompiledRegex) {
    this.regex = regex;
    this.named = { names: [...regex.groupIndex.keys()], numbers: [...regex.groupIndex.values()] };
    this.derived = derivedGroups(regex);
  }

  /**
   * All named groups of a match, with alternatives and tuples applied.
   *
   * @param below groups of another match: their names come first, and their values stay where a group of this match took no part
   */
  read(match: RegexMatch, below: Groups = NO_GROUPS): Groups {
    if (this.derived.length === 0) return below.withMatch(match, this.named);
    const own = NO_GROUPS.withMatch(match, this.named);
    for (const derived of this.derived) derive(own, derived, match.group(derived.name));
    return below.size === 0 ? own : below.withAll(own);
  }
}

function derive(groups: Groups, { kind, target }: DerivedGroup, value: string | undefined): void {
  const present = groups.get(target);
  if (kind === "alt") {
    if (!present && value) groups.set(target, value);
    return;
  }
  const before = Array.isArray(present) ? present : [typeof present === "string" ? present : undefined];
  groups.set(target, [...before, value]);
}
