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
import { Groups, NO_GROUPS } from "./groups.ts";
import { mixOfBytes } from "./text-table.ts";

/** A part of a line that was searched with a newline behind it, and where the groups stand in it: begin and end of each, -1 for none. */
export interface CapturedPart {
  from: number;
  to: number;
  readonly places: Int32Array;
  /** where the first of them stands among the places */
  base: number;
}

/** A text that lies among bytes. */
export interface LyingText {
  readonly bytes: Uint8Array;
  readonly cut: string;
  /** The offset of what stands between two places of the text; -1: it does not lie in one piece, or there is none. */
  offsetOf(from: number, to: number): number;
}

/** A group that fills another one where that holds nothing: its number, and where the other one stands among the names. */
interface Filling {
  readonly source: number;
  readonly target: number;
}

/** What does not change from line to line. */
interface Shape {
  readonly names: GroupNames;
  /** the places of groups of which none took part */
  readonly nowhere: number[];
  /** numbers of the prefregex's groups, of the first names */
  readonly prefixNumbers: readonly number[];
  /** numbers of the failregex's groups, and where they stand among the names */
  readonly numbers: readonly number[];
  readonly targets: readonly number[];
  readonly fillings: readonly Filling[];
  /** where `ip4` and `mlfid` stand, -1 for nowhere */
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
  read(line: LyingText, prefix: Readonly<CapturedPart>, own: Readonly<CapturedPart>): Groups {
    const shape = this.#shape;
    if (shape === undefined) return this.#readMatches(line, prefix, own);
    const { names, nowhere, prefixNumbers, numbers, targets, fillings, ip4, mlfid } = shape;
    const places = nowhere.slice();
    for (let index = 0; index < prefixNumbers.length; index++) {
      if (!put(prefix, prefixNumbers[index] ?? 0, places, index)) return this.#readMatches(line, prefix, own);
    }
    for (let index = 0; index < numbers.length; index++) {
      if (!put(own, numbers[index] ?? 0, places, targets[index] ?? 0))
        return this.#readMatches(line, prefix, own);
    }
    for (let index = 0; index < fillings.length; index++) {
      const { source = 0, target = 0 } = fillings[index] ?? {};
      if (!(lengthAt(places, target) > 0) && lengthAt(own.places, source, own.base) > 0)
        put(own, source, places, target);
    }
    const groups = Groups.lying(names, line.cut, places);
    // what the bytes tell at once of the groups that decide
    const ipAt = ip4 < 0 ? -1 : offsetAt(line, places, ip4);
    if (ipAt >= 0) groups.hasQuad = isQuadAmong(line.bytes, ipAt, ipAt + lengthAt(places, ip4));
    const keyAt = mlfid < 0 ? -1 : offsetAt(line, places, mlfid);
    if (keyAt >= 0) groups.mixedKey = mixOfBytes(line.bytes, keyAt, keyAt + lengthAt(places, mlfid));
    return groups;
  }

  /** The groups of the prefregex alone, without its content. */
  readPrefix(line: LyingText, part: CapturedPart): Groups {
    if (this.#prefix === undefined) return NO_GROUPS;
    const groups = this.#prefix.read(matchOf(line, part, this.#prefix));
    groups.delete("content");
    return groups;
  }

  #readMatches(line: LyingText, prefix: CapturedPart, own: CapturedPart): Groups {
    return this.#own.read(matchOf(line, own, this.#own), this.readPrefix(line, prefix));
  }
}

function matchOf(
  { cut }: LyingText,
  { from, to, places, base }: CapturedPart,
  { regex }: GroupReader,
): PlacedMatch {
  return new PlacedMatch(
    `${cut.slice(from, to)}\n`,
    places.slice(base, base + 2 * (regex.groupCount + 1)),
    regex.groupIndex,
  );
}

const lengthAt = (places: Int32Array | readonly number[], index: number, base = 0): number =>
  (places[base + 2 * index + 1] ?? -1) - (places[base + 2 * index] ?? -1);

/** Where a group's text lies; -1: the group took no part, or it does not lie in one piece. */
function offsetAt(line: LyingText, places: readonly number[], index: number): number {
  const start = places[2 * index] ?? -1;
  return start < 0 ? -1 : line.offsetOf(start, places[2 * index + 1] ?? -1);
}

/**
 * Notes where a group stands in the line, if it took part.
 *
 * @returns false: it holds the newline, which is no character of the line
 */
function put(part: Readonly<CapturedPart>, group: number, places: number[], index: number): boolean {
  const start = part.places[part.base + 2 * group] ?? -1;
  const end = part.places[part.base + 2 * group + 1] ?? -1;
  if (start < 0 || end < start) return true;
  places[2 * index] = part.from + start;
  places[2 * index + 1] = part.from + end;
  return part.from + end <= part.to;
}

/** `undefined` where a match may bring names that the regex does not have, or a tuple. */
function shapeOf(prefix: GroupReader | undefined, own: GroupReader): Shape | undefined {
  if (prefix !== undefined && prefix.derived.length > 0) return undefined;
  const { names, numbers } = own.named;
  const fillings: Filling[] = [];
  for (const { kind, name, target } of own.derived) {
    const isPlain = names.includes(target) && own.derived.every((other) => other.name !== target);
    // where the prefregex has it, too, its value would be in the way
    if (kind !== "alt" || !isPlain || prefix?.regex.groupIndex.has(target)) return undefined;
    fillings.push({ source: own.regex.groupIndex.get(name) ?? 0, target: names.indexOf(target) });
  }
  const prefixNames: string[] = [];
  const prefixNumbers: number[] = [];
  for (const [name, number] of prefix?.regex.groupIndex ?? []) {
    if (name === "content") continue;
    prefixNames.push(name);
    prefixNumbers.push(number);
  }
  const { names: all, places: targets } = GroupNames.of(prefixNames).withAll(names);
  const placed = fillings.map(({ source, target }) => ({ source, target: targets[target] ?? 0 }));
  const { ip4, mlfid } = all;
  const nowhere = all.list.flatMap(() => [-1, -1]);
  return { names: all, nowhere, prefixNumbers, numbers, targets, fillings: placed, ip4, mlfid };
}
