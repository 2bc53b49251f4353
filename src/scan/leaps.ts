/**
 * Which rows of a walk are worth a leap: bytes of kinds that nearly always come there are compared at once instead of looked up one by one,
 * and a run that leaves the row as it is is gone over at once. Chosen from texts that came lately. Knows no memory, and not what rows are.
 * @module
 */

import { type QuadLeap, quadAt, quadLeap } from "./quads.ts";

/** Bytes that are compared at once, at most; and the fewest that are worth it, behind a run and elsewhere. */
export const MAX_LEAP_BYTES = 16;
const MIN_BYTES_BEHIND = 2;
const MIN_BYTES = 3;

/** Bytes of a run that are worth it, on average. */
const MIN_RUN_BYTES = 2.5;

/** How many texts must have come to a row, and which part of them has to go on alike. */
const MIN_VISITS = 3;
const MIN_SHARE = 0.85;

/** Which part of the texts has to go on with an IPv4 address. */
const MIN_QUAD_SHARE = 0.5;

/** Leaps of one walk, those behind runs included, and of them those over addresses. */
export const MAX_LEAPS = 256;
export const MAX_QUADS = 12;

/** Rows of which it is found out whether they are worth one: lines may be made to come to as many as there are bytes. */
const MAX_ROWS = 1000;

const HIGHEST_BYTE = 0x7f;
const BYTES = 256;

/** The steps of a walk as far as they are known. Rows are numbers. */
export interface Steps {
  /** the row that a byte of ASCII leads to, if all that matters of the step is that row and its {@link kind}; else -1 */
  next(row: number, byte: number): number;
  /** a number that is the same for all bytes of which the row makes the same */
  kind(row: number, byte: number): number;
  /** whether any number of such bytes leaves the row as it is */
  stays(row: number, byte: number): boolean;
}

/** Over bytes each of which is between two others, to a row. */
export interface Stretch {
  readonly next: number;
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
}

/**
 * From a row on: over a stretch; over a run, all that leaves the row as it is, and a stretch that comes behind it; or over an address.
 */
export type Leap =
  | { readonly row: number; readonly kind: "quad"; readonly quad: QuadLeap }
  | { readonly row: number; readonly kind: "stretch"; readonly stretch: Stretch }
  | { readonly row: number; readonly kind: "run"; readonly behind: Stretch | undefined };

/** A step that comes to the row of a leap. */
export interface Arrival {
  readonly from: number;
  readonly byte: number;
  readonly row: number;
}

export interface Leaps {
  readonly leaps: readonly Leap[];
  readonly arrivals: readonly Arrival[];
}

/** Where in a text a walk comes to a row. */
interface Visit {
  readonly text: Uint8Array;
  readonly at: number;
}

/** Chooses them for walks that begin in a row. */
export function chooseLeaps(texts: readonly Uint8Array[], first: number, steps: Steps): Leaps {
  const chosen = new Map<number, Leap | undefined>();
  const arrivals = new Map<number, Arrival>();
  const pending = new Map<number, Visit[]>();
  const come = (row: number, text: Uint8Array, at: number): void => {
    if (row < 0 || at >= text.length) return;
    const visits = pending.get(row);
    if (visits === undefined) pending.set(row, [{ text, at }]);
    else visits.push({ text, at });
  };
  for (const text of texts) come(first, text, 0);
  // rows that come up meanwhile are looked at behind the others
  for (const [row, visits] of pending) {
    pending.delete(row);
    if (!chosen.has(row) && visits.length >= MIN_VISITS && chosen.size < MAX_ROWS)
      chosen.set(row, leapFrom(row, visits, steps));
    const leap = chosen.get(row);
    for (const { text, at } of visits) {
      const [place, landed] = landing(leap, text, at, row, steps);
      if (landed !== undefined) {
        come(landed, text, place);
        continue;
      }
      const byte = text[place] ?? 0;
      const next = steps.next(row, byte);
      arrivals.set(row * BYTES + byte, { from: row, byte, row: next });
      come(next, text, place + 1);
    }
  }
  return {
    leaps: [...chosen.values()].filter((leap) => leap !== undefined),
    arrivals: [...arrivals.values()].filter(({ row }) => chosen.get(row) !== undefined),
  };
}

/** Where a leap ends, and in which row; `undefined`: in the same one, and the byte there is stepped over. */
function landing(
  leap: Leap | undefined,
  text: Uint8Array,
  at: number,
  row: number,
  steps: Steps,
): readonly [number, number | undefined] {
  if (leap?.kind === "quad") {
    const found = quadAt(text, at);
    const { behind, ends } = leap.quad;
    const next = (found && ends[found.shape]) ?? -1;
    if (found === undefined || next < 0 || (behind >= 0 && text[found.end] !== behind))
      return [at, undefined];
    return [found.end + (behind < 0 ? 0 : 1), next];
  }
  if (leap?.kind === "stretch") {
    const length = lengthOf(leap.stretch, text, at);
    if (length > 0) return [at + length, leap.stretch.next];
  }
  const end = afterRun(text, at, row, steps);
  const behind = leap?.kind === "run" ? leap.behind : undefined;
  const length = behind === undefined ? 0 : lengthOf(behind, text, end);
  return length > 0 ? [end + length, behind?.next] : [end, undefined];
}

function afterRun(text: Uint8Array, from: number, row: number, steps: Steps): number {
  let end = from;
  while (end < text.length && steps.stays(row, text[end] ?? 0)) end++;
  return end;
}

/** @returns 0 if the text is not so */
function lengthOf({ lowest, highest }: Stretch, text: Uint8Array, from: number): number {
  for (let index = 0; index < lowest.length; index++) {
    const byte = text[from + index] ?? -1;
    if (byte < (lowest[index] ?? 0) || byte > (highest[index] ?? 0)) return 0;
  }
  return lowest.length;
}

function leapFrom(row: number, visits: readonly Visit[], steps: Steps): Leap | undefined {
  const quad = quadFrom(row, visits, 0, steps);
  if (quad !== undefined) return { row, kind: "quad", quad };
  const stretch = commonStretch(row, visits, steps);
  if (stretch.lowest.length >= MIN_BYTES) return { row, kind: "stretch", stretch };
  const ends = visits.map(({ text, at }) => ({ text, at: afterRun(text, at, row, steps) }));
  let run = 0;
  for (let index = 0; index < visits.length; index++)
    run += (ends[index]?.at ?? 0) - (visits[index]?.at ?? 0);
  if (run < MIN_RUN_BYTES * visits.length) return undefined;
  const behind = commonStretch(row, ends, steps);
  return { row, kind: "run", behind: behind.lowest.length < MIN_BYTES_BEHIND ? undefined : behind };
}

/**
 * Where addresses come, unless a run goes over them.
 *
 * @param offset where in the texts it is looked for them, behind where these come to the row
 */
function quadFrom(row: number, visits: readonly Visit[], offset: number, steps: Steps): QuadLeap | undefined {
  const behind: (number | undefined)[] = [];
  let others = 0;
  for (const { text, at } of visits) {
    const found = quadAt(text, at + offset);
    if (found === undefined) {
      if (++others > (1 - MIN_QUAD_SHARE) * visits.length) return undefined;
      continue;
    }
    if (steps.stays(row, text[at + offset] ?? 0)) return undefined;
    behind.push(text[found.end]);
  }
  return quadLeap(row, behind, steps);
}

/** What nearly all texts go on with from a row; ends with a byte that leaves the row where it comes. */
function commonStretch(from: number, visits: readonly Visit[], steps: Steps): Stretch {
  const lowest: number[] = [];
  const highest: number[] = [];
  let length = 0;
  let next = from;
  let row = from;
  let alike = visits;
  for (let index = 0; index < MAX_LEAP_BYTES; index++) {
    // an address is gone over as a whole
    if (index > 0 && quadFrom(row, alike, index, steps) !== undefined) break;
    const byte = mostCommon(row, alike, index, steps);
    const to = byte < 0 ? -1 : steps.next(row, byte);
    if (to < 0) break;
    const [low, high] = rangeAround(row, byte, alike, index, steps);
    const left = alike.filter(({ text, at }) => isBetween(text[at + index], low, high));
    if (left.length < MIN_SHARE * visits.length) break;
    lowest.push(low);
    highest.push(high);
    alike = left;
    if (!steps.stays(row, byte)) {
      length = index + 1;
      next = to;
    }
    row = to;
  }
  return { lowest: lowest.slice(0, length), highest: highest.slice(0, length), next };
}

const isBetween = (byte: number | undefined, low: number, high: number): boolean =>
  byte !== undefined && byte >= low && byte <= high;

/** A byte of the kind that more than half of the texts have at a place, if one is; -1 for none. */
function mostCommon(row: number, visits: readonly Visit[], index: number, steps: Steps): number {
  let candidate = -1;
  let kind = -1;
  let votes = 0;
  for (const { text, at } of visits) {
    const byte = text[at + index];
    if (byte === undefined || byte > HIGHEST_BYTE) continue;
    const other = byte === candidate ? kind : steps.kind(row, byte);
    if (other === kind) votes++;
    else if (votes > 0) votes--;
    else {
      candidate = byte;
      kind = other;
      votes = 1;
    }
  }
  return candidate;
}

/** The bytes around one of which the row makes the same; itself where no text has another one. */
function rangeAround(
  row: number,
  byte: number,
  visits: readonly Visit[],
  index: number,
  steps: Steps,
): readonly [lowest: number, highest: number] {
  let lowest = byte;
  let highest = byte;
  const kind = steps.kind(row, byte);
  const isOther = ({ text, at }: Visit): boolean => {
    const other = text[at + index] ?? byte;
    return other !== byte && steps.kind(row, other) === kind;
  };
  if (!visits.some(isOther)) return [byte, byte];
  while (lowest > 0 && steps.kind(row, lowest - 1) === kind) lowest--;
  while (highest < HIGHEST_BYTE && steps.kind(row, highest + 1) === kind) highest++;
  return [lowest, highest];
}

/** Bytes of a pattern. */
export const PATTERN_BYTES = 2 * MAX_LEAP_BYTES;

/** What tells whether a stretch comes, as assembly/leaps.ts compares it: the lowest bytes, and how far each may be above. */
export function stretchPattern({ lowest, highest }: Omit<Stretch, "next">): Uint8Array {
  const pattern = new Uint8Array(PATTERN_BYTES).fill(0xff, MAX_LEAP_BYTES);
  for (const [index, low] of lowest.entries()) {
    pattern[index] = low;
    pattern[MAX_LEAP_BYTES + index] = (highest[index] ?? low) - low;
  }
  return pattern;
}

/** What tells which bytes are of a run: by the lower half of a byte, and by the upper one, bits of which those have one in common. */
export function runPattern(isOfRun: (byte: number) => boolean): Uint8Array {
  const pattern = new Uint8Array(PATTERN_BYTES);
  for (let byte = 0; byte <= HIGHEST_BYTE; byte++) {
    if (!isOfRun(byte)) continue;
    const bit = 1 << (byte >> 4);
    pattern[byte & 15] = (pattern[byte & 15] ?? 0) | bit;
    pattern[MAX_LEAP_BYTES + (byte >> 4)] = bit;
  }
  return pattern;
}
