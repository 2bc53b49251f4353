/**
 * The groups of a failregex that matched a line, over those of the prefregex, from the places where they stand: what a group reader
 * makes of both matches, without the matches.
 * Hot: per matched line.
 * @module
 */
import { isQuadAmong } from "../address/address.ts";
import { PlacedMatch } from "../regex/placed-match.ts";
import { GroupNames } from "./group-names.ts";
import type { GroupReader } from "./group-reader.ts";
import { Groups, type GroupValue, NO_GROUPS } from "./groups.ts";
import { mixOfBytes } from "./text-table.ts";

/** A part of a line that was searched with a newline behind it, and where the groups stand in it: begin and end of each, -1 for none. */
export interface CapturedPart {
  /** the whole line, and where it lies */
  line: string;
  lying: LyingText;
  from: number;
  to: number;
  readonly places: Int32Array;
}

/** A text that lies among bytes. */
export interface LyingText {
  readonly bytes: Uint8Array;
  /** The offset of what stands between two places of the text; -1: it does not lie in one piece, or there is none. */
  offsetOf(from: number, to: number): number;
}

/** A group that fills another one where that holds nothing; places among the names of the failregex. */
interface Filling {
  readonly source: number;
  readonly target: number;
}

/** What does not change from line to line. */
interface Shape {
  readonly names: GroupNames;
  /** numbers of the prefregex's groups, of the first names */
  readonly prefixNumbers: readonly number[];
  /** by name of the failregex */
  readonly places: readonly number[];
  readonly fillings: readonly Filling[];
  /** the failregex's group `ip4`, and the prefregex's `mlfid` that the failregex does not have; -1 for none */
  readonly ip4: number;
  readonly mlfid: number;
}

export class CapturedGroups {
  readonly #prefix: GroupReader | undefined;
  readonly #own: GroupReader;
  /** `undefined`: which groups there are depends on the line */
  readonly #shape: Shape | undefined;

  constructor(prefix: GroupReader | undefined, own: GroupReader) {
    this.#prefix = prefix;
    this.#own = own;
    this.#shape = shapeOf(prefix, own);
  }

  /** @param prefix what the prefregex searched, where there is one */
  read(prefix: Readonly<CapturedPart>, own: Readonly<CapturedPart>): Groups {
    const shape = this.#shape;
    if (shape === undefined) return this.#readMatches(prefix, own);
    const { names, prefixNumbers, places, fillings } = shape;
    const { numbers } = this.#own.named;
    const values = new Array<GroupValue>(names.list.length);
    for (let index = 0; index < prefixNumbers.length; index++)
      values[index] = textOfGroup(prefix, prefixNumbers[index] ?? 0);
    if (fillings.length === 0) {
      for (let index = 0; index < places.length; index++) {
        const value = textOfGroup(own, numbers[index] ?? 0);
        const place = places[index] ?? 0;
        if (value !== undefined || place >= prefixNumbers.length) values[place] = value;
      }
      return this.#known(new Groups(names, values), shape, prefix, own);
    }
    const texts = numbers.map((number) => textOfGroup(own, number));
    for (const { source, target } of fillings) {
      const value = texts[source];
      if (!texts[target] && value) texts[target] = value;
    }
    for (let index = 0; index < places.length; index++) {
      const value = texts[index];
      const place = places[index] ?? 0;
      if (value !== undefined || place >= prefixNumbers.length) values[place] = value;
    }
    return this.#known(new Groups(names, values), shape, prefix, own);
  }

  /** With what the bytes tell at once of the groups that decide. */
  #known(groups: Groups, shape: Shape, prefix: Readonly<CapturedPart>, own: Readonly<CapturedPart>): Groups {
    const { ip4, mlfid } = shape;
    const ipAt = offsetOfGroup(own, ip4);
    if (ipAt >= 0) groups.hasQuad = isQuadAmong(own.lying.bytes, ipAt, ipAt + lengthOfGroup(own, ip4));
    const keyAt = offsetOfGroup(prefix, mlfid);
    if (keyAt >= 0)
      groups.mixedKey = mixOfBytes(prefix.lying.bytes, keyAt, keyAt + lengthOfGroup(prefix, mlfid));
    return groups;
  }

  /** The groups of the prefregex alone, without its content. */
  readPrefix(part: CapturedPart): Groups {
    if (this.#prefix === undefined) return NO_GROUPS;
    const groups = this.#prefix.read(matchOf(part, this.#prefix));
    groups.delete("content");
    return groups;
  }

  #readMatches(prefix: CapturedPart, own: CapturedPart): Groups {
    return this.#own.read(matchOf(own, this.#own), this.readPrefix(prefix));
  }
}

function matchOf({ line, from, to, places }: CapturedPart, { regex }: GroupReader): PlacedMatch {
  return new PlacedMatch(
    `${line.slice(from, to)}\n`,
    places.slice(0, 2 * (regex.groupCount + 1)),
    regex.groupIndex,
  );
}

const lengthOfGroup = ({ places }: Readonly<CapturedPart>, group: number): number =>
  (places[2 * group + 1] ?? 0) - (places[2 * group] ?? 0);

/** Where a group's text lies; -1: the group took no part, or it does not lie in one piece. */
function offsetOfGroup({ lying, from, to, places }: Readonly<CapturedPart>, group: number): number {
  if (group < 0) return -1;
  const start = places[2 * group] ?? -1;
  const end = places[2 * group + 1] ?? -1;
  return start < 0 || end < start || from + end > to ? -1 : lying.offsetOf(from + start, from + end);
}

function textOfGroup({ line, from, to, places }: CapturedPart, group: number): string | undefined {
  const start = places[2 * group] ?? -1;
  const end = places[2 * group + 1] ?? -1;
  if (start < 0 || end < start) return undefined;
  if (from + end <= to) return line.slice(from + start, from + end);
  // the newline is no character of the line
  return from + start <= to ? `${line.slice(from + start, to)}\n` : "";
}

/** `undefined` where a match may bring names that the regex does not have, or a tuple. */
function shapeOf(prefix: GroupReader | undefined, own: GroupReader): Shape | undefined {
  if (prefix !== undefined && prefix.derived.length > 0) return undefined;
  const { names } = own.named;
  const fillings: Filling[] = [];
  for (const { kind, name, target } of own.derived) {
    const isPlain = names.includes(target) && own.derived.every((other) => other.name !== target);
    if (kind !== "alt" || !isPlain) return undefined;
    fillings.push({ source: names.indexOf(name), target: names.indexOf(target) });
  }
  const prefixNames: string[] = [];
  const prefixNumbers: number[] = [];
  for (const [name, number] of prefix?.regex.groupIndex ?? []) {
    if (name === "content") continue;
    prefixNames.push(name);
    prefixNumbers.push(number);
  }
  const extension = GroupNames.of(prefixNames).withAll(names);
  const ip4 = fillings.length > 0 ? -1 : (own.regex.groupIndex.get("ip4") ?? -1);
  const mlfid = names.includes("mlfid") ? -1 : (prefix?.regex.groupIndex.get("mlfid") ?? -1);
  return { names: extension.names, prefixNumbers, places: extension.places, fillings, ip4, mlfid };
}
