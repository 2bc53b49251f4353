/**
 * The walk of an ordinary stamp over the bytes of a line, as plainly as it can be said.
 * @module
 */
import {
  ENDS,
  FIRST_STATE,
  NEXT_STATE,
  type OrdinaryStamp,
  REFUSES,
} from "../../../src/date/ordinary-stamp.ts";

/** Where the stamp is, in bytes; `undefined`: the line is not ordinary. */
export function walkStamp(
  stamp: OrdinaryStamp,
  line: Uint8Array,
): readonly [start: number, end: number] | undefined {
  const { prefix, classes, endClass, stride, table } = stamp;
  if (prefix.some((byte, index) => line[index] !== byte)) return undefined;
  let end = -1;
  let state = FIRST_STATE;
  for (let at = prefix.length; state !== 0; at++) {
    const byte = line[at];
    const entry = table[state * stride + (byte === undefined ? endClass : (classes[byte] ?? 0))] ?? 0;
    if ((entry & ENDS) !== 0) end = at;
    if ((entry & REFUSES) !== 0) return undefined;
    state = entry & NEXT_STATE;
  }
  return end < 0 ? undefined : [prefix.length, end];
}
