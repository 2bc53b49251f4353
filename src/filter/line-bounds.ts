/**
 * Where lines begin and end in bytes that hold complete ones.
 * @module
 */

export const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** The offset behind the newline at or after a place; the bytes end with one. */
export function afterNewline(bytes: Uint8Array, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline < 0 ? bytes.length : newline + 1;
}

/** Where a line's text ends, if the next line begins there: the returns before its newline do not belong to it. */
export function lineEnd(bytes: Uint8Array, start: number, next: number): number {
  let end = next - 1;
  while (end > start && bytes[end - 1] === RETURN) end--;
  return end;
}
