/**
 * Sets of code points as sorted, disjoint, non-adjacent ranges. Knows no Unicode, only numbers.
 * @module
 */

/** Ranges as low, high, low, high, …, both ends included, ascending. */
export type CharSet = readonly number[];

/** The highest code point. */
export const MAX_CODE_POINT = 0x10ffff;

export const ALL_CHARACTERS: CharSet = [0, MAX_CODE_POINT];

/** A set from ranges in any order, overlapping or not. */
export function charSet(ranges: Iterable<readonly [low: number, high: number]>): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const set: number[] = [];
  let last = -2;
  for (const [low, high] of sorted) {
    if (low > last + 1) set.push(low, high);
    else if (high > last) set[set.length - 1] = high;
    last = Math.max(last, high);
  }
  return set;
}

/** The ranges of a set, one by one. */
export function* rangesOf(set: CharSet): Generator<readonly [low: number, high: number]> {
  for (let i = 0; i + 1 < set.length; i += 2) yield [set[i] ?? 0, set[i + 1] ?? 0];
}

export function unionOf(one: CharSet, other: CharSet): CharSet {
  if (one.length === 0) return other;
  const union: number[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const takesOne = (one[i] ?? Infinity) <= (other[j] ?? Infinity);
    const low = (takesOne ? one[i] : other[j]) ?? 0;
    const high = (takesOne ? one[i + 1] : other[j + 1]) ?? 0;
    if (takesOne) i += 2;
    else j += 2;
    const end = union.length - 1;
    const last = union[end] ?? -2;
    if (low > last + 1) union.push(low, high);
    else if (high > last) union[end] = high;
  }
  return union;
}

export function complementOf(set: CharSet): CharSet {
  const outside: number[] = [];
  let from = 0;
  for (let i = 0; i + 1 < set.length; i += 2) {
    const low = set[i] ?? 0;
    if (low > from) outside.push(from, low - 1);
    from = (set[i + 1] ?? 0) + 1;
  }
  if (from <= MAX_CODE_POINT) outside.push(from, MAX_CODE_POINT);
  return outside;
}

/** The members up to and with a highest one. */
export function upTo(highest: number, set: CharSet): CharSet {
  const below: number[] = [];
  for (let i = 0; i + 1 < set.length; i += 2) {
    const low = set[i] ?? 0;
    if (low > highest) break;
    below.push(low, Math.min(set[i + 1] ?? 0, highest));
  }
  return below;
}

/** What both sets hold. */
export function intersectionOf(one: CharSet, other: CharSet): CharSet {
  const common: number[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    const low = Math.max(one[i] ?? 0, other[j] ?? 0);
    const highOne = one[i + 1] ?? 0;
    const highOther = other[j + 1] ?? 0;
    if (low <= Math.min(highOne, highOther)) common.push(low, Math.min(highOne, highOther));
    if (highOne < highOther) i += 2;
    else j += 2;
  }
  return common;
}

/** Whether the sets have a member in common. */
export function overlap(one: CharSet, other: CharSet): boolean {
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    if ((one[i + 1] ?? 0) < (other[j] ?? 0)) i += 2;
    else if ((other[j + 1] ?? 0) < (one[i] ?? 0)) j += 2;
    else return true;
  }
  return false;
}

/** Whether the set holds the code point; by bisection. */
export function hasCodePoint(set: CharSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint > (set[2 * middle + 1] ?? -1)) low = middle + 1;
    else high = middle;
  }
  return low < set.length >> 1 && codePoint >= (set[2 * low] ?? Infinity);
}

/** The only member of a set of one, else `undefined`. */
export function onlyMember(set: CharSet): number | undefined {
  return set.length === 2 && set[0] === set[1] ? set[0] : undefined;
}
