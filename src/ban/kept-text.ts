/**
 * Lines and captured groups as they are kept: as bytes, for a text cut from a chunk of a log would keep the whole chunk in memory, and
 * there may be hundreds of thousands.
 * Hot: per failure.
 * @module
 */
import type { DataValue, MatchLine } from "../filter/failure.ts";
import { type ByteText, bytesOfNumber, bytesOfText, isWideText } from "./byte-text.ts";
import { type GroupShapes, NO_SHAPE } from "./group-shapes.ts";

/** Nothing captured. */
export const NO_DATA: ReadonlyMap<string, DataValue> = new Map();

/** What is said of texts: two bytes a character; a line in three parts; groups as JSON. */
const WIDE = 1;
const PARTS = 2;
const JSON_TEXT = 2;

/** What a value is, in the lowest bits of its length. */
const TEXT = 0;
const LIST = 1;
const OTHER = 2;
const SAME_AS_ID = 3;
const KIND_BITS = 2;
const KIND_MASK = 3;

/** Writes a line: first how many bytes of it follow, a number. */
export function putLine(to: ByteText, line: MatchLine): void {
  if (typeof line === "string") {
    const isWide = isWideText(line);
    to.putNumber(1 + bytesOfText(line, isWide));
    to.putNumber(isWide ? WIDE : 0);
    to.putText(line, isWide);
    return;
  }
  const [before, date, after] = line;
  const isWide = isWideText(after) || isWideText(before) || isWideText(date);
  const texts = bytesOfText(before, isWide) + bytesOfText(date, isWide) + bytesOfText(after, isWide);
  to.putNumber(1 + bytesOfNumber(before.length) + bytesOfNumber(date.length) + texts);
  to.putNumber(isWide ? PARTS | WIDE : PARTS);
  to.putNumber(before.length);
  to.putNumber(date.length);
  to.putText(before, isWide);
  to.putText(date, isWide);
  to.putText(after, isWide);
}

export function takeLine(from: ByteText): MatchLine {
  const length = from.takeNumber();
  const end = from.at + length;
  const flags = from.takeNumber();
  const isWide = (flags & WIDE) !== 0;
  if ((flags & PARTS) === 0) return from.takeText(end - from.at, isWide);
  const width = isWide ? 2 : 1;
  const before = from.takeNumber() * width;
  const date = from.takeNumber() * width;
  return [from.takeText(before, isWide), from.takeText(date, isWide), from.takeText(end - from.at, isWide)];
}

/**
 * Writes captured groups; nothing where there are none.
 *
 * @param id whose they are: many have it among them, and it is kept once
 */
export function putData(
  to: ByteText,
  data: ReadonlyMap<string, DataValue>,
  id: string,
  shapes: GroupShapes,
): void {
  if (data.size === 0) return;
  const shape = shapes.numberOf(data);
  if (shape === NO_SHAPE) {
    const text = JSON.stringify([...data]);
    const isWide = isWideText(text);
    to.putNumber(isWide ? JSON_TEXT | WIDE : JSON_TEXT);
    to.putText(text, isWide);
    return;
  }
  if (putValues(to, data, shape, id, false)) return;
  to.clear();
  putValues(to, data, shape, id, true);
}

/** @param from nothing but what {@link putData} has written, with the same ID and shapes */
export function takeData(from: ByteText, id: string, shapes: GroupShapes): ReadonlyMap<string, DataValue> {
  if (from.length === 0) return NO_DATA;
  const flags = from.takeNumber();
  const isWide = (flags & WIDE) !== 0;
  if ((flags & JSON_TEXT) !== 0) {
    const pairs: unknown = JSON.parse(from.takeText(from.length - from.at, isWide));
    // written by putData and by nobody else
    return new Map(pairs as [string, DataValue][]);
  }
  const data = new Map<string, DataValue>();
  for (const name of shapes.namesOf(from.takeNumber())) data.set(name, takeValue(from, id, isWide));
  return data;
}

/** @returns `false`: a text is wider than was said */
function putValues(
  to: ByteText,
  data: ReadonlyMap<string, DataValue>,
  shape: number,
  id: string,
  isWide: boolean,
): boolean {
  to.putNumber(isWide ? WIDE : 0);
  to.putNumber(shape);
  for (const value of data.values()) if (!putValue(to, value, id, isWide)) return false;
  return true;
}

function putValue(to: ByteText, value: DataValue, id: string, isWide: boolean): boolean {
  if (typeof value === "string") {
    if (value === id) {
      to.putNumber(SAME_AS_ID);
      return true;
    }
    if (!isWide && isWideText(value)) return false;
    to.putNumber((value.length << KIND_BITS) | TEXT);
    to.putText(value, isWide);
    return true;
  }
  if (typeof value === "object") {
    to.putNumber((value.length << KIND_BITS) | LIST);
    return value.every((each) => putValue(to, each, id, isWide));
  }
  const text = JSON.stringify(value);
  to.putNumber((text.length << KIND_BITS) | OTHER);
  to.putText(text, isWide);
  return true;
}

function takeValue(from: ByteText, id: string, isWide: boolean): DataValue {
  const head = from.takeNumber();
  const length = head >>> KIND_BITS;
  switch (head & KIND_MASK) {
    case TEXT:
      return from.takeText(isWide ? 2 * length : length, isWide);
    case LIST:
      return Array.from({ length }, () => takeValue(from, id, isWide));
    case SAME_AS_ID:
      return id;
    default: {
      const value: unknown = JSON.parse(from.takeText(isWide ? 2 * length : length, isWide));
      // written by putValue and by nobody else
      return value as number | boolean;
    }
  }
}
