/**
 * Where the last winner's stamp stood, and whether that of the next line seems to stand there, too (A§2.4).
 * Hot: per candidate line.
 * @module
 */
import type { StampedBytes } from "./latest-date.ts";
import { offsetBehind } from "./line-view.ts";

/** A place in a line, in characters, and the characters on both sides of either edge; "" beyond the line. */
export interface StampPlace {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly first: string;
  readonly last: string;
  readonly after: string;
}

const ALPHANUMERIC = /^[\p{L}\p{N}]/u;

/** Whether only the same characters around it make another place look alike: letters and digits at the edges are like no others. */
export const hasPlainEdges = (place: StampPlace): boolean =>
  ALPHANUMERIC.test(place.first) && hasPlainEnd(place);

export const hasPlainEnd = ({ last }: StampPlace): boolean => ALPHANUMERIC.test(last);

/**
 * The place of a match.
 *
 * @param start where it is in characters
 * @param from and in offsets
 */
export function placeOf(line: string, start: number, end: number, from: number, to: number): StampPlace {
  return {
    start,
    end,
    before: line.charAt(from - 1),
    first: line.charAt(from),
    last: line.charAt(to - 1),
    after: line.charAt(to),
  };
}

/** As {@link placeOf}, for a line of ASCII that lies among bytes; the place is one in the line. */
export function placeAmong(
  { bytes, start, end }: Pick<StampedBytes, "bytes" | "start" | "end">,
  from: number,
  to: number,
): StampPlace {
  const at = (place: number): string =>
    place < 0 || start + place >= end ? "" : String.fromCharCode(bytes[start + place] ?? 0);
  return { start: from, end: to, before: at(from - 1), first: at(from), last: at(to - 1), after: at(to) };
}

/** The offsets of that place in another line. */
export function placeIn(line: string, { start, end }: StampPlace): Pick<StampPlace, "start" | "end"> {
  return { start: offsetBehind(line, start), end: offsetBehind(line, end) };
}

/** Whether both edges of the place look as they did in the line before. */
export function agrees(place: StampPlace, line: string, start: number, end: number): boolean {
  return (
    isAlike(line.charAt(start - 1), place.before, line.charAt(start), place.first) &&
    isAlike(line.charAt(end), place.after, line.charAt(end - 1), place.last)
  );
}

function isAlike(outer: string, wasOuter: string, inner: string, wasInner: string): boolean {
  return outer === wasOuter || (inner === wasInner && !ALPHANUMERIC.test(inner));
}
