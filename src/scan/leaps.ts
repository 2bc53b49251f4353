/**
 * Which rows of a walk are worth a leap: bytes of kinds that nearly always come there are compared at once instead of looked up one by one,
 * and a run that leaves the row as it is is gone over at once. Chosen from texts that came lately. Knows no memory, and not what rows are.
 * @module
 */

/** Bytes that are compared at once, at most; and the fewest that are worth it, behind a run and elsewhere. */
export const MAX_LEAP_BYTES = 16;
const MIN_BYTES_BEHIND = 2;
const MIN_BYTES = 3;

/** Bytes of a run that are worth it, on average. */
const MIN_RUN_BYTES = 2.5;

/** How many texts must have come to a row, and which part of them has to go on alike. */
const MIN_VISITS = 3;
const MIN_SHARE = 0.85;

/** Leaps of one walk, those behind runs included. */
export const MAX_LEAPS = 256;

/** Rows that are looked at, those that came first: lines may be made to come to as many as there are bytes. */
const MAX_ROWS = 2000;

/** Once for rows where any text came, once more for those where texts come that leap. */
const PASSES = 2;

const HIGHEST_BYTE = 0x7f;

/** The steps of a walk as far as they are known. Rows are numbers. */
export interface Steps {
  /** the row that a byte of ASCII leads to, if all that matters of the step is that row and its {@link kind}; else -1 */
  next(row: number, byte: number): number;
  /** a number that is the same for all bytes of which the row makes the same */
  kind(row: number, byte: number): number;
  /** whether any number of such bytes leaves the row as it is */
  stays(row: number, byte: number): boolean;
}

/** Over bytes each of which is between two others. */
export interface Stretch {
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
}

/** From a row on: over a stretch; or over a run, all that leaves the row as it is, and a stretch that comes behind it. */
export type Leap =
  | { readonly row: number; readonly kind: "stretch"; readonly stretch: Stretch }
  | { readonly row: number; readonly kind: "run"; readonly behind: Stretch | undefined };

/** Where in a text a walk comes to a row, and where it leaves it. */
interface Visit {
  readonly text: Uint8Array;
  readonly at: number;
  readonly end: number;
}

type Visits = Map<number, Visit[]>;
type Choice = ReadonlyMap<number, Leap>;

/** Chooses them for walks that begin in a row. */
export function chooseLeaps(texts: readonly Uint8Array[], first: number, steps: Steps): readonly Leap[] {
  let leaps: Choice = new Map();
  for (let pass = 0; pass < PASSES; pass++) {
    const visits: Visits = new Map();
    for (const text of texts) addVisits(visits, text, first, steps, leaps);
    const chosen = new Map<number, Leap>();
    for (const [row, there] of [...visits].slice(0, MAX_ROWS)) {
      const leap = leapFrom(row, there, steps);
      if (leap !== undefined) chosen.set(row, leap);
    }
    leaps = chosen;
  }
  return [...leaps.values()];
}

function addVisits(visits: Visits, text: Uint8Array, first: number, steps: Steps, leaps: Choice): void {
  let row = first;
  for (let at = 0; at < text.length && row >= 0; ) {
    const end = afterRun(text, at, row, steps);
    const here = visits.get(row);
    if (here === undefined) visits.set(row, [{ text, at, end }]);
    else here.push({ text, at, end });
    const leap = leaps.get(row);
    let next = end + 1;
    if (leap?.kind === "stretch") next = Math.max(next, afterStretch(text, at, leap.stretch));
    else if (leap?.behind !== undefined) next = Math.max(next, afterStretch(text, end, leap.behind));
    for (; at < next && row >= 0; at++) row = at < text.length ? steps.next(row, text[at] ?? 0) : -1;
  }
}

function afterRun(text: Uint8Array, from: number, row: number, steps: Steps): number {
  let end = from;
  while (end < text.length && steps.stays(row, text[end] ?? 0)) end++;
  return end;
}

/** @returns where it began if the text is not so */
function afterStretch(text: Uint8Array, from: number, { lowest, highest }: Stretch): number {
  const isSo = lowest.every((low, index) => {
    const byte = text[from + index] ?? -1;
    return byte >= low && byte <= (highest[index] ?? -1);
  });
  return isSo ? from + lowest.length : from;
}

function leapFrom(row: number, visits: readonly Visit[], steps: Steps): Leap | undefined {
  if (visits.length < MIN_VISITS) return undefined;
  const places = visits.map(({ text, at }) => text.subarray(at));
  const stretch = commonStretch(row, places, steps);
  if (stretch.lowest.length >= MIN_BYTES) return { row, kind: "stretch", stretch };
  const run = visits.reduce((sum, { at, end }) => sum + end - at, 0);
  if (run < MIN_RUN_BYTES * visits.length) return undefined;
  const behind = commonStretch(
    row,
    visits.map(({ text, end }) => text.subarray(end)),
    steps,
  );
  return { row, kind: "run", behind: behind.lowest.length < MIN_BYTES_BEHIND ? undefined : behind };
}

/** What nearly all texts go on with from a row; ends with a byte that leaves the row where it comes. */
function commonStretch(from: number, texts: readonly Uint8Array[], steps: Steps): Stretch {
  const lowest: number[] = [];
  const highest: number[] = [];
  let length = 0;
  let row = from;
  let alike = texts;
  for (let index = 0; index < MAX_LEAP_BYTES; index++) {
    const byte = mostCommon(row, alike, index, steps);
    const next = byte === undefined ? -1 : steps.next(row, byte);
    if (byte === undefined || next < 0) break;
    const [low, high] = rangeAround(row, byte, steps);
    alike = alike.filter((text) => (text[index] ?? -1) >= low && (text[index] ?? -1) <= high);
    if (alike.length < MIN_SHARE * texts.length) break;
    lowest.push(low);
    highest.push(high);
    if (!steps.stays(row, byte)) length = index + 1;
    row = next;
  }
  return { lowest: lowest.slice(0, length), highest: highest.slice(0, length) };
}

/** A byte of the kind that is most common at a place of the texts. */
function mostCommon(
  row: number,
  texts: readonly Uint8Array[],
  index: number,
  steps: Steps,
): number | undefined {
  const counts = new Map<number, number>();
  let most: number | undefined;
  let mostCount = 0;
  for (const text of texts) {
    const byte = text[index];
    if (byte === undefined || byte > HIGHEST_BYTE) continue;
    const kind = steps.kind(row, byte);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= mostCount) continue;
    mostCount = count;
    most = byte;
  }
  return most;
}

/** The bytes around one of which the row makes the same. */
function rangeAround(row: number, byte: number, steps: Steps): readonly [lowest: number, highest: number] {
  const kind = steps.kind(row, byte);
  let lowest = byte;
  let highest = byte;
  while (lowest > 0 && steps.kind(row, lowest - 1) === kind) lowest--;
  while (highest < HIGHEST_BYTE && steps.kind(row, highest + 1) === kind) highest++;
  return [lowest, highest];
}

/** Bytes of a pattern. */
export const PATTERN_BYTES = 2 * MAX_LEAP_BYTES;

/** What tells whether a stretch comes, as assembly/leaps.ts compares it: the lowest bytes, and how far each may be above. */
export function stretchPattern({ lowest, highest }: Stretch): Uint8Array {
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
