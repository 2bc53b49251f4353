/**
 * A failure as a value: what a matched regex and the chosen ID come to, detached from the session that goes on.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { DataValue, Failure, MatchLine } from "./failure.ts";
import { Groups, type GroupValue, type ReadonlyGroups } from "./groups.ts";
import type { ChosenId } from "./ids.ts";
import { Users } from "./users.ts";

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

/** Whether what matched is no failure by itself. */
export const isHarmless = ({ kind, groups }: Pick<RegexMatched, "kind" | "groups">): boolean =>
  kind === "no-fail" || (groups.get("nofail") ?? "") !== "";

function dataValue(value: GroupValue): DataValue | undefined {
  if (value === undefined || typeof value === "string") return value;
  if (value instanceof Users) return value.names();
  return [...value].map((item) => item ?? "");
}

/** The groups that took part, as data of a ticket; users and tuples as lists (A§3.1). */
function dataOf(groups: ReadonlyGroups): ReadonlyMap<string, DataValue> {
  const data = new Map<string, DataValue>();
  const add = (name: string, value: GroupValue): void => {
    const held = dataValue(value);
    if (held !== undefined) data.set(name, held);
  };
  // to go through them by their iterator takes several times as long
  if (groups instanceof Groups) {
    const { list } = groups.names;
    for (let index = 0; index < list.length; index++) add(list[index] ?? "", groups.at(index));
  } else for (const [name, value] of groups) add(name, value);
  return data;
}

/** A failure of a known ID. Of one that is counted already nobody asks what was captured. */
class FailureOfId implements Failure {
  readonly id: string;
  readonly host: undefined;
  readonly ip: string | undefined;
  readonly at: EpochSeconds;
  readonly matches: readonly MatchLine[];
  readonly regexIndex: number;
  readonly #groups: ReadonlyGroups;
  #data: ReadonlyMap<string, DataValue> | undefined;

  constructor(id: string, ip: string | undefined, at: EpochSeconds, match: RegexMatched) {
    this.id = id;
    this.host = undefined;
    this.ip = ip;
    this.at = at;
    this.matches = match.matches;
    this.regexIndex = match.regexIndex;
    this.#groups = match.groups;
    this.#data = undefined;
  }

  get data(): ReadonlyMap<string, DataValue> {
    this.#data ??= dataOf(this.#groups);
    return this.#data;
  }
}

/** A failure of an ID that is plain to see in a line: good as long as that is the present one, and one object for one after another. */
export class PresentFailure implements Failure {
  id = "";
  readonly host: undefined;
  readonly ip: undefined;
  at: EpochSeconds = 0;
  regexIndex = 0;
  readonly #groups: () => ReadonlyGroups;
  readonly #lines: () => readonly MatchLine[];

  /** @param groups of the line, made when somebody asks @param lines as well */
  constructor(groups: () => ReadonlyGroups, lines: () => readonly MatchLine[]) {
    this.#groups = groups;
    this.#lines = lines;
  }

  get matches(): readonly MatchLine[] {
    return this.#lines();
  }

  get data(): ReadonlyMap<string, DataValue> {
    return dataOf(this.#groups());
  }
}

/** The failure, if the match is one and has a time. */
function failureOf(match: RegexMatched): Failure | undefined {
  const { kind, chosen, at } = match;
  if (kind !== "failure" || at === undefined) return undefined;
  if (chosen.kind === "id") return new FailureOfId(chosen.id, chosen.ip, at, match);
  if (chosen.kind !== "host") return undefined;
  const { groups, matches, regexIndex } = match;
  return { id: undefined, host: chosen.host, ip: undefined, at, matches, data: dataOf(groups), regexIndex };
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
