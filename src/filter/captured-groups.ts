/**
 * The groups of a failregex that matched a line, over those of the prefregex, from the places where they stand: what a group reader
 * makes of both matches, without the matches, and mostly without the groups.
 * Hot: per matched line.
 * @module
 */
import { PlacedMatch } from "../regex/placed-match.ts";
import { GroupNames } from "./group-names.ts";
import type { GroupReader } from "./group-reader.ts";
import { Groups, NO_GROUPS } from "./groups.ts";

/** A part of a line that was searched with a newline behind it, and where the groups stand in it: begin and end of each, -1 for none. */
export interface CapturedPart {
  from: number;
  to: number;
  readonly places: Int32Array;
  /** where the first of them stands among the places */
  base: number;
}

/** A group that fills another one where that holds nothing: its number, and where the other one stands among the names. */
interface Filling {
  readonly source: number;
  readonly target: number;
}

/** Where a group of a name stands: its number in the failregex and in the prefregex, 0 for none. */
export interface GroupNumbers {
  readonly own: number;
  readonly prefix: number;
}

/** What does not change from line to line. */
interface Shape {
  readonly names: GroupNames;
  /** numbers of the prefregex's groups, of the first names */
  readonly prefixNumbers: readonly number[];
  /** numbers of the failregex's groups, and where they stand among the names */
  readonly numbers: readonly number[];
  readonly targets: readonly number[];
  readonly fillings: readonly Filling[];
}

export class CapturedGroups {
  readonly #prefix: GroupReader | undefined;
  readonly #own: GroupReader;
  /** `undefined`: which groups there are depends on the line */
  readonly #shape: Shape | undefined;
  readonly names: GroupNames;
  /** by name, where it stands in the line that was placed last: begin and end, -1 where it took no part */
  readonly places: Int32Array;

  constructor(prefix: GroupReader | undefined, own: GroupReader) {
    this.#prefix = prefix;
    this.#own = own;
    this.#shape = shapeOf(prefix, own);
    this.names = this.#shape?.names ?? GroupNames.NONE;
    this.places = new Int32Array(2 * this.names.list.length);
  }

  /** The groups that must not hold the newline, if where they stand is to be said; `undefined`: that depends on more. */
  get numbers(): { readonly own: readonly number[]; readonly prefix: readonly number[] } | undefined {
    if (this.#shape === undefined) return undefined;
    const { prefixNumbers, numbers, fillings } = this.#shape;
    return { own: [...numbers, ...fillings.map(({ source }) => source)], prefix: prefixNumbers };
  }

  /** Groups of the failregex itself. */
  get groupCount(): number {
    return this.#own.regex.groupCount;
  }

  /**
   * The groups that stand for a name, of which that of the failregex comes first if it took part.
   *
   * @param index of the name, -1 for none
   * @returns `undefined`: others fill it
   */
  numbersOf(index: number): GroupNumbers | undefined {
    if (this.#shape === undefined) return undefined;
    const { prefixNumbers, numbers, targets, fillings } = this.#shape;
    if (fillings.some(({ target }) => target === index)) return undefined;
    const own = index < 0 ? 0 : (numbers[targets.indexOf(index)] ?? 0);
    return { own, prefix: index < 0 ? 0 : (prefixNumbers[index] ?? 0) };
  }

  /**
   * Finds out where in the line the groups stand.
   *
   * @param prefix what the prefregex searched, where there is one
   * @returns false: that cannot be said, for they depend on more, or one holds the newline, which is no character of the line
   */
  place(prefix: Readonly<CapturedPart>, own: Readonly<CapturedPart>): boolean {
    const shape = this.#shape;
    if (shape === undefined) return false;
    const { prefixNumbers, numbers, targets, fillings } = shape;
    const { places } = this;
    const inherited = prefixNumbers.length;
    let isWhole = true;
    for (let index = 0; index < inherited; index++)
      if (!put(prefix, prefixNumbers[index] ?? 0, places, index, true)) isWhole = false;
    for (let index = 0; index < numbers.length; index++) {
      const target = targets[index] ?? 0;
      if (!put(own, numbers[index] ?? 0, places, target, target >= inherited)) isWhole = false;
    }
    for (let index = 0; index < fillings.length; index++) {
      const { source = 0, target = 0 } = fillings[index] ?? {};
      if (!this.hasTextAt(target) && lengthAt(own.places, source, own.base) > 0)
        isWhole = put(own, source, places, target, false) && isWhole;
    }
    return isWhole;
  }

  /** Characters of a group of the placed line; not more than 0: it holds nothing. */
  lengthAt(index: number): number {
    return lengthAt(this.places, index);
  }

  /** @param index -1: there is no such group */
  hasTextAt(index: number): boolean {
    return index >= 0 && lengthAt(this.places, index) > 0;
  }

  /** The text of a group of the placed line; `undefined` where it holds nothing, as for -1. */
  textAt(text: string, index: number): string | undefined {
    return this.hasTextAt(index) ? text.slice(this.places[2 * index], this.places[2 * index + 1]) : undefined;
  }

  /**
   * The groups where they were placed in a text.
   *
   * @param places as {@link places} were, or more
   */
  groupsAt(text: string, places: Int32Array): Groups {
    const kept: number[] = [];
    for (let at = 0; at < this.places.length; at++) kept.push(places[at] ?? -1);
    return Groups.lying(this.names, text, kept);
  }

  /** The groups of both matches. */
  read(cut: string, prefix: CapturedPart, own: CapturedPart): Groups {
    return this.#own.read(matchOf(cut, own, this.#own), this.readPrefix(cut, prefix));
  }

  /** The groups of the prefregex alone, without its content. */
  readPrefix(cut: string, part: CapturedPart): Groups {
    if (this.#prefix === undefined) return NO_GROUPS;
    const groups = this.#prefix.read(matchOf(cut, part, this.#prefix));
    groups.delete("content");
    return groups;
  }
}

function matchOf(cut: string, { from, to, places, base }: CapturedPart, { regex }: GroupReader): PlacedMatch {
  return new PlacedMatch(
    `${cut.slice(from, to)}\n`,
    places.slice(base, base + 2 * (regex.groupCount + 1)),
    regex.groupIndex,
  );
}

const lengthAt = (places: Int32Array, index: number, base = 0): number =>
  (places[base + 2 * index + 1] ?? -1) - (places[base + 2 * index] ?? -1);

/**
 * Notes where a group stands in the line.
 *
 * @param isFirst notes as well that it took no part
 * @returns false: it holds the newline
 */
function put(
  { places, base, from, to }: Readonly<CapturedPart>,
  group: number,
  into: Int32Array,
  index: number,
  isFirst: boolean,
): boolean {
  const start = places[base + 2 * group] ?? -1;
  const end = places[base + 2 * group + 1] ?? -1;
  const isHere = start >= 0 && end >= start;
  if (isHere || isFirst) {
    into[2 * index] = isHere ? from + start : -1;
    into[2 * index + 1] = isHere ? from + end : -1;
  }
  return !isHere || from + end <= to;
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
  return { names: all, prefixNumbers, numbers, targets, fillings: placed };
}
