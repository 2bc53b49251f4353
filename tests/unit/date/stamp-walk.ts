/**
 * The walk of an ordinary stamp over the bytes of a line, as plainly as it can be said.
 * @module
 */
import {
  BEGINS,
  ENDS,
  FIRST_STATE,
  NEXT_STATE,
  type OrdinaryStamp,
  REFUSES,
  type StampInside,
} from "../../../src/date/ordinary-stamp.ts";
import { automatonOf } from "../../../src/regex/automaton.ts";
import { PossibleMatch } from "../../../src/regex/possible-match.ts";
import type { Node } from "../../../src/regex/tree.ts";

type Place = readonly [start: number, end: number];

/** Where the stamp is, in bytes; `undefined`: the line is not ordinary. */
export function walkStamp(stamp: OrdinaryStamp, line: Uint8Array): Place | undefined {
  const { prefix, inside } = stamp;
  if (inside !== undefined) return walkInside(stamp, inside, line);
  const isThere = prefix.every((byte, index) => line[index] === byte);
  return isThere ? walkFrom(stamp, line, prefix.length) : undefined;
}

function walkInside(stamp: OrdinaryStamp, inside: StampInside, line: Uint8Array): Place | undefined {
  const { before, isBehindFirst, after, minStart, strangers } = inside;
  if (before === undefined) {
    const place = walkFrom(stamp, line, 0);
    return place === undefined || isStrange(line, place, strangers) ? undefined : place;
  }
  for (let at = line.indexOf(before); at >= 0; at = line.indexOf(before, at + 1)) {
    const place = walkFrom(stamp, line, at + 1);
    const isFollowed = place !== undefined && (after === undefined || line[place[1]] === after);
    if (isFollowed) {
      return place[0] >= minStart && !isStrange(line, place, strangers) ? place : undefined;
    }
    if (isBehindFirst) return undefined;
  }
  return undefined;
}

function isStrange(line: Uint8Array, [start, end]: Place, strangers: Node | undefined): boolean {
  const isAscii = line.subarray(0, start).every((byte) => byte < 0x80);
  return !isAscii || hasStrangers(strangers, [...line.subarray(0, start), ...line.subarray(end), 0x0a]);
}

const matchers = new WeakMap<Node, PossibleMatch>();

function hasStrangers(strangers: Node | undefined, bytes: readonly number[]): boolean {
  if (strangers === undefined) return false;
  let matcher = matchers.get(strangers);
  if (matcher === undefined) {
    const automaton = automatonOf(strangers, "match");
    if (automaton === undefined) throw new Error("the strangers are too many");
    matcher = new PossibleMatch(automaton, false);
    matchers.set(strangers, matcher);
  }
  return matcher.canMatch(String.fromCharCode(...bytes), 0) !== false;
}

function walkFrom(
  { classes, endClass, stride, table }: OrdinaryStamp,
  line: Uint8Array,
  start: number,
): Place | undefined {
  let place: Place | undefined;
  let begin = start;
  let state = FIRST_STATE;
  for (let at = start; state !== 0; at++) {
    const byte = line[at];
    const entry = table[state * stride + (byte === undefined ? endClass : (classes[byte] ?? 0))] ?? 0;
    if ((entry & BEGINS) !== 0) begin = at;
    if ((entry & ENDS) !== 0) place = [begin, at];
    if ((entry & REFUSES) !== 0) return undefined;
    state = entry & NEXT_STATE;
  }
  return place;
}
