/**
 * Where a line's stamp stands, told by a table, in AssemblyScript. `src/scan/walk-memory.ts` lays the table down.
 * Hot: per line; per byte of a stamp unlike the ones before.
 * @module
 */

// Where things lie; the same numbers stand in src/scan/walk-memory.ts.
const STAMP_CLASSES: usize = 1536;
const PREFIX: usize = 1792;
const KEPT_LOWEST: usize = 1920;
const KEPT_SPANS: usize = 1952;
const STAMP_TABLE: usize = 57344;

// Bits of an entry of the table, as in src/date/ordinary-stamp.ts.
const ENDS: u32 = 0x8000;
const REFUSES: u32 = 0x4000;
const BEGINS: u32 = 0x2000;
const NEXT_STATE: u32 = 0x1fff;

/** the stamp that was found last */
export let stampStart: usize = 0;
export let stampEnd: usize = 0;
let prefixLength: usize = 0;
let stampShift: u32 = 0;

// A stamp in the middle of a line, as in src/date/ordinary-stamp.ts: the byte before it, -1 for a stamp behind the prefix; the byte
// behind it, -1 for any; its least offset; and whether only the first byte like the one before it counts.
let byteBefore: i32 = -1;
let byteAfter: i32 = -1;
let leastOffset: usize = 0;
let isBehindFirst: bool = false;
/** Places of a line at which a stamp is looked for. */
const MAX_PLACES: i32 = 32;

/** The table was laid down, with a prefix. */
export function setStamp(prefix: usize, shift: u32): void {
  prefixLength = prefix;
  stampShift = shift;
  isKept = false;
  unlike = 0;
}

/** Where stamps stand that are not behind the prefix. */
export function setInside(before: i32, after: i32, least: u32, behindFirst: bool): void {
  byteBefore = before;
  byteAfter = after;
  leastOffset = least;
  isBehindFirst = behindFirst;
}

// Many stamps differ in their digits alone. Of one that was found it is kept between which bytes each of its own might lie without any
// difference to the table.
/** bytes of a stamp that may be kept */
const MAX_KEPT: usize = 32;
/** whether one is kept; where it began, and where it ended */
let isKept: bool = false;
let keptStart: usize = 0;
let keptEnd: usize = 0;
/** stamps that were unlike the one kept: of so many, one takes its place */
let unlike: u32 = 0;
const UNLIKE_PER_KEPT: u32 = 8;

function areLikeKept(start: usize, index: usize): bool {
  const above = i8x16.sub(v128.load(start + index), v128.load(KEPT_LOWEST + index));
  return i8x16.bitmask(i8x16.eq(i8x16.min_u(above, v128.load(KEPT_SPANS + index)), above)) === 0xffff;
}

function stampEntry(state: u32, byte: u32): u32 {
  const kind: u32 = load<u8>(STAMP_CLASSES + <usize>byte);
  return load<u16>(STAMP_TABLE + (((state << stampShift) + kind) << 1));
}

function keep(start: usize, read: usize): void {
  let state: u32 = 1;
  for (let index: usize = 0; index < MAX_KEPT; index++) {
    let lowest: u32 = 0;
    let highest: u32 = 255;
    if (index < read) {
      const byte: u32 = load<u8>(start + index);
      const entry = stampEntry(state, byte);
      lowest = highest = byte;
      while (lowest > 0 && stampEntry(state, lowest - 1) === entry) lowest--;
      while (highest < 255 && stampEntry(state, highest + 1) === entry) highest++;
      state = entry & NEXT_STATE;
    }
    store<u8>(KEPT_LOWEST + index, <u8>lowest);
    store<u8>(KEPT_SPANS + index, <u8>(highest - lowest));
  }
  keptStart = stampStart - start;
  keptEnd = stampEnd - start;
  isKept = true;
}

/** Whether an ordinary stamp stands at this place. */
function isStampAt(start: usize): bool {
  if (isKept && areLikeKept(start, 0) && areLikeKept(start, 16)) {
    stampStart = start + keptStart;
    stampEnd = start + keptEnd;
    return true;
  }
  let place = start;
  let begin = start;
  let end: usize = 0;
  let state: u32 = 1;
  let entry: u32;
  stampStart = start;
  do {
    entry = stampEntry(state, load<u8>(place));
    if ((entry & (ENDS | BEGINS)) !== 0) {
      if ((entry & BEGINS) !== 0) begin = place;
      if ((entry & ENDS) !== 0) {
        end = place;
        stampStart = begin;
      }
    }
    state = entry & NEXT_STATE;
    place++;
  } while (state !== 0);
  stampEnd = end;
  if (end === 0 || (entry & REFUSES) !== 0) return false;
  const read = place - start;
  if (read <= MAX_KEPT && unlike++ % UNLIKE_PER_KEPT === 0) keep(start, read);
  return true;
}

/** Finds the stamp of a line. @returns whether there is one, and it is ordinary */
export function findStamp(lineStart: usize, lineEnd: usize): bool {
  if (byteBefore >= 0) return findInside(lineStart, lineEnd);
  let place = lineStart;
  for (let index: usize = 0; index < prefixLength; index++, place++) {
    if (load<u8>(place) !== load<u8>(PREFIX + index)) return false;
  }
  return isStampAt(place);
}

function findInside(lineStart: usize, lineEnd: usize): bool {
  let places = MAX_PLACES;
  for (let place = lineStart; place < lineEnd; place++) {
    const byte: i32 = load<u8>(place);
    if (byte === byteBefore) {
      const start = place + 1;
      if (isStampAt(start) && (byteAfter < 0 || <i32>load<u8>(stampEnd) === byteAfter)) {
        return start - lineStart >= leastOffset;
      }
      if (isBehindFirst || --places === 0) break;
    } else if (byte >= 0x80) break;
  }
  return false;
}
