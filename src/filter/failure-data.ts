/**
 * A failure as a value: what a matched regex and the chosen ID come to, detached from the session that goes on.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { DataValue, Failure, MatchLine } from "./failure.ts";
import type { GroupValue, ReadonlyGroups } from "./groups.ts";
import type { ChosenId } from "./ids.ts";

/** One regex that matched a line and what came of it. */
export interface RegexMatched {
  readonly regexIndex: number;
  /** `failure`, or not yet: harmless by itself, or waiting for an address (A§2.16) */
  readonly kind: "failure" | "no-fail" | "pending";
  readonly chosen: ChosenId;
  readonly at: EpochSeconds | undefined;
  /** captured groups; those that took no part hold `undefined` */
  readonly groups: ReadonlyGroups;
  readonly matches: readonly MatchLine[];
}

function dataValue(value: GroupValue): DataValue | undefined {
  if (value === undefined || typeof value === "string") return value;
  return [...value].map((item) => item ?? "");
}

/** The groups that took part, as data of a ticket; users and tuples as lists (A§3.1). */
function dataOf(groups: ReadonlyGroups): ReadonlyMap<string, DataValue> {
  const data = new Map<string, DataValue>();
  for (const [name, value] of groups) {
    const held = dataValue(value);
    if (held !== undefined) data.set(name, held);
  }
  return data;
}

/** The failure, if the match is one and has a time. */
function failureOf({ kind, chosen, at, groups, matches, regexIndex }: RegexMatched): Failure | undefined {
  if (kind !== "failure" || at === undefined) return undefined;
  if (chosen.kind === "host") {
    const data = dataOf(groups);
    return { id: undefined, host: chosen.host, ip: undefined, at, matches, data, regexIndex };
  }
  if (chosen.kind !== "id") return undefined;
  const data = dataOf(groups);
  return { id: chosen.id, host: undefined, ip: chosen.ip, at, matches, data, regexIndex };
}

/** The failures that the matches of a line come to. */
export function failuresOf(matched: readonly RegexMatched[]): readonly Failure[] {
  const failures: Failure[] = [];
  for (const match of matched) {
    const failure = failureOf(match);
    if (failure !== undefined) failures.push(failure);
  }
  return failures;
}
