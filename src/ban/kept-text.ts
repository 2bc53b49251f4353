/**
 * Lines and captured groups as they are kept: copied, for a text cut from a chunk of a log would keep the whole chunk in memory, and
 * packed, as there may be hundreds of thousands.
 * Hot: per failure.
 * @module
 */
import type { DataValue, MatchLine } from "../filter/failure.ts";

/** Nothing captured. */
export const NO_DATA: ReadonlyMap<string, DataValue> = new Map();

/** What a kept line begins with: how long its parts are, or that it has none. */
const WHOLE = "\u0001";
const FIRST_LENGTH = 2;
/** Heads of parts shorter than this are not made again. */
const KNOWN_LENGTHS = 64;
const LONGEST_PART = 0xffff - FIRST_LENGTH;
const heads: string[] = [];

/** Names of groups that occur together; their values are kept without them. */
const shapes: (readonly string[])[] = [];
const MAX_SHAPES = 32;
/** Kept data begin with the number of their names, or with the bracket of JSON, which is a greater one. */
const FIRST_SHAPE = 1;
const BETWEEN = "\0";

/** A copy that shares nothing with the text that it was cut from. */
export function ownText(text: string): string {
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === "string" ? copy : text;
}

/** Its length is that of the line and a few characters. */
export function packLine(line: MatchLine): string {
  if (typeof line === "string") return packed(WHOLE, line);
  const [before, date, after] = line;
  // no such line is read from a log; as one text it says the same
  if (before.length > LONGEST_PART || date.length > LONGEST_PART) return packed(WHOLE, before + date + after);
  return packed(headOf(before.length, date.length), before + date + after);
}

export function unpackLine(kept: string): MatchLine {
  const before = kept.charCodeAt(0) - FIRST_LENGTH;
  if (before < 0) return kept.slice(1);
  const middle = 2 + before;
  const end = middle + kept.charCodeAt(1) - FIRST_LENGTH;
  return [kept.slice(2, middle), kept.slice(middle, end), kept.slice(end)];
}

/** `undefined` for no data. */
export function packData(data: ReadonlyMap<string, DataValue>): string | undefined {
  if (data.size === 0) return undefined;
  const shape = shapeOf(data);
  let values = "";
  for (const value of shape < 0 ? [] : data.values()) {
    if (typeof value !== "string" || value.includes(BETWEEN)) return JSON.stringify([...data]);
    values += `${value}${BETWEEN}`;
  }
  return shape < 0 ? JSON.stringify([...data]) : packed(String.fromCharCode(FIRST_SHAPE + shape), values);
}

export function unpackData(kept: string | undefined): ReadonlyMap<string, DataValue> {
  if (kept === undefined) return NO_DATA;
  const names = shapes[kept.charCodeAt(0) - FIRST_SHAPE];
  if (names === undefined) {
    const pairs: unknown = JSON.parse(kept);
    // written by packData and by nobody else
    return new Map(pairs as [string, DataValue][]);
  }
  const values = kept.slice(1).split(BETWEEN);
  return new Map(names.map((name, index) => [name, values[index] ?? ""]));
}

/** The number of the names of groups, in their order; −1 where there are too many others. */
function shapeOf(data: ReadonlyMap<string, DataValue>): number {
  // a filter has a few
  for (const [index, names] of shapes.entries()) if (hasNames(data, names)) return index;
  if (shapes.length === MAX_SHAPES) return -1;
  return shapes.push([...data.keys()].map(ownText)) - 1;
}

function hasNames(data: ReadonlyMap<string, DataValue>, names: readonly string[]): boolean {
  if (data.size !== names.length) return false;
  let index = 0;
  for (const name of data.keys()) {
    if (name !== names[index]) return false;
    index += 1;
  }
  return true;
}

function headOf(before: number, date: number): string {
  if (before >= KNOWN_LENGTHS || date >= KNOWN_LENGTHS) return makeHead(before, date);
  const index = before * KNOWN_LENGTHS + date;
  heads[index] ??= makeHead(before, date);
  return heads[index];
}

const makeHead = (before: number, date: number): string =>
  String.fromCharCode(FIRST_LENGTH + before, FIRST_LENGTH + date);

/**
 * Joined texts are but references to their parts until somebody needs a character; then they are copied together. No head begins with
 * this one, but only who looks can know.
 */
function packed(head: string, text: string): string {
  const joined = head + text;
  return joined.charCodeAt(0) === 0 ? "" : joined;
}
