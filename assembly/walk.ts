/**
 * The walk over the bytes of a log, in AssemblyScript: line ends, stamps and transitions, until a transition is missing.
 * Everything lies in the memory of the module; `src/scan/walk-memory.ts` says where, and fills it.
 * Hot: per byte. No bounds are checked here: every line ends with a newline, at which every state stops.
 * @module
 */

// Where things lie; the same numbers stand in src/scan/walk-memory.ts.
const CLASSES: usize = 1024;
const STAMP_CLASSES: usize = 1536;
const PREFIX: usize = 1792;
const LAST_STAMP: usize = 1920;
const USES: usize = 2048;
const COUNTS: usize = 4096;
const ACCEPTED: usize = 8192;
const ITEMS: usize = 24576;
const STAMP_TABLE: usize = 57344;
const TABLE: usize = 262144;

const MAX_ITEMS: i32 = 896;
const ITEM_BYTES: usize = 36;

// How a walk ends.
const DONE: i32 = 0;
const FULL: i32 = 1;
const MISSING: i32 = 2;

// How a walk begins, other than in a state of a line that it left.
const NEXT_LINE: u32 = 0;
const GIVE_LINE_UP: u32 = 0xffff;

const FIRST: u32 = 2;
const EVERY_PATTERN: u32 = 1;
const IS_ITEM: u32 = 1;
const IS_COUNTED: u32 = 2;
const IS_ODD: u32 = 3;

const NEWLINE: u32 = 10;
const RETURN: u32 = 13;

/** items written since TypeScript took them */
export let items: i32 = 0;
/** ordinary lines since the last item, and the last of them */
export let skipped: i32 = 0;
export let skippedStart: i32 = 0;
export let skippedStampStart: i32 = 0;
export let skippedStampEnd: i32 = 0;
/** the transition that is missing */
export let missingState: u32 = 0;
export let missingByte: u32 = 0;

// Where the walk stands.
let at: usize = 0;
let limit: usize = 0;
let origin: i32 = 0;
let lineStart: usize = 0;
let lineEnd: usize = 0;
let nextLine: usize = 0;
let stampStart: usize = 0;
let stampEnd: usize = 0;
let hasHigh: bool = false;

let rowShift: u32 = 0;
let hasStamp: bool = false;
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

/** @param shift bytes of a row of the table, as a power of two */
export function useTable(shift: u32): void {
  rowShift = shift;
}

/** @param isThere without a stamp, every line is odd */
export function useStamp(isThere: bool, prefix: u32, shift: u32): void {
  hasStamp = isThere;
  prefixLength = prefix;
  stampShift = shift;
  lastBits = 0;
}

/** Where stamps stand that are not behind the prefix. */
export function useInside(before: i32, after: i32, least: u32, behindFirst: bool): void {
  byteBefore = before;
  byteAfter = after;
  leastOffset = least;
  isBehindFirst = behindFirst;
}

/** The next lines: addresses, and what makes an address an offset of the caller's. */
export function begin(from: usize, to: usize, toOffset: i32): void {
  nextLine = from;
  limit = to;
  origin = toOffset;
}

function give(accepted: u32, isOdd: bool): void {
  const item = ITEMS + <usize>items * ITEM_BYTES;
  store<i32>(item, <i32>lineStart + origin);
  store<i32>(item, <i32>lineEnd + origin, 4);
  store<i32>(item, isOdd ? -1 : <i32>stampStart + origin, 8);
  store<i32>(item, isOdd ? -1 : <i32>stampEnd + origin, 12);
  store<u32>(item, accepted, 16);
  store<i32>(item, skipped, 20);
  store<i32>(item, skippedStart, 24);
  store<i32>(item, skippedStampEnd, 28);
  store<i32>(item, skippedStampStart, 32);
  items++;
  skipped = 0;
}

/** Finds the line's end and what stands in it; the newline is put right behind its text. */
function measure(): void {
  const newlines = i8x16.splat(<i8>NEWLINE);
  let high = 0;
  let place = lineStart;
  let found: i32;
  while (true) {
    const bytes = v128.load(place);
    found = i8x16.bitmask(i8x16.eq(bytes, newlines));
    const signs = i8x16.bitmask(bytes);
    if (found !== 0) {
      high |= signs & (found - 1) & ~found;
      break;
    }
    high |= signs;
    place += 16;
  }
  place += ctz(found);
  nextLine = place + 1;
  if (place > lineStart && load<u8>(place - 1) === RETURN) {
    do place--;
    while (place > lineStart && load<u8>(place - 1) === RETURN);
    store<u8>(place, NEWLINE);
  }
  lineEnd = place;
  hasHigh = high !== 0;
}

// The bytes that told the last ordinary stamp are kept, with those behind it that were read: many lines have the same one.
/** how many bytes, as bits of a comparison of 32; 0: none are kept */
let lastBits: u32 = 0;
let lastLength: usize = 0;

function sameBits(start: usize): u32 {
  const low = i8x16.bitmask(i8x16.eq(v128.load(start), v128.load(LAST_STAMP)));
  const high = i8x16.bitmask(i8x16.eq(v128.load(start, 16), v128.load(LAST_STAMP, 16)));
  return <u32>low | ((<u32>high) << 16);
}

/** Whether an ordinary stamp stands at this place. */
function isStampAt(start: usize): bool {
  if (lastBits !== 0 && (sameBits(start) & lastBits) === lastBits) {
    stampStart = start;
    stampEnd = start + lastLength;
    return true;
  }
  let place = start;
  let end: usize = 0;
  let state: u32 = 1;
  let entry: u32;
  do {
    const kind: u32 = load<u8>(STAMP_CLASSES + load<u8>(place));
    entry = load<u16>(STAMP_TABLE + (((state << stampShift) + kind) << 1));
    if ((entry & 0x8000) !== 0) end = place;
    state = entry & 0x3fff;
    place++;
  } while (state !== 0);
  stampStart = start;
  stampEnd = end;
  if (end === 0 || (entry & 0x4000) !== 0) return false;
  const read = place - start;
  if (read <= 16) {
    lastBits = (1 << (<i32>read)) - 1;
    lastLength = end - start;
    v128.store(LAST_STAMP, v128.load(start));
  }
  return true;
}

/** Whether the line's stamp is ordinary. */
function findStamp(): bool {
  if (byteBefore >= 0) return findInside();
  let place = lineStart;
  for (let index: usize = 0; index < prefixLength; index++, place++) {
    if (load<u8>(place) !== load<u8>(PREFIX + index)) return false;
  }
  return isStampAt(place);
}

function findInside(): bool {
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

/**
 * Goes on until all lines are done, the items fill their area, or a transition is missing.
 *
 * @param from a state: of the line left; or what to do instead
 */
export function walk(from: u32): i32 {
  const shift = rowShift;
  let state = from;
  if (from === GIVE_LINE_UP) {
    give(EVERY_PATTERN, load<u8>(USES + EVERY_PATTERN) === IS_ODD);
    state = NEXT_LINE;
  }
  while (true) {
    if (state === NEXT_LINE) {
      if (nextLine >= limit) break;
      if (items >= MAX_ITEMS) return FULL;
      lineStart = nextLine;
      measure();
      if (!hasStamp || !findStamp()) {
        give(EVERY_PATTERN, true);
        continue;
      }
      state = FIRST;
      at = lineStart;
    }

    let place = at;
    let entry: u32 = state;
    while (place < stampStart) {
      entry = load<u16>(
        TABLE + ((<usize>state) << shift) + load<u16>(CLASSES + ((<usize>load<u8>(place)) << 1)),
      );
      if (entry - 2 > 0x7ffd) break;
      state = entry;
      place++;
    }
    if (place === stampStart) place = stampEnd;
    if (entry - 2 <= 0x7ffd) {
      while (true) {
        entry = load<u16>(
          TABLE + ((<usize>state) << shift) + load<u16>(CLASSES + ((<usize>load<u8>(place)) << 1)),
        );
        if (entry - 2 > 0x7ffd) break;
        state = entry;
        place++;
      }
    }
    if (entry === 0) {
      at = place;
      missingState = state;
      missingByte = load<u8>(place);
      return MISSING;
    }

    state = NEXT_LINE;
    if (entry !== 1) {
      const accepted: u32 = load<u16>(ACCEPTED + ((<usize>(entry & 0x7fff)) << 1));
      const use: u32 = load<u8>(USES + accepted);
      if (use === IS_ITEM || use === IS_ODD || (use === IS_COUNTED && hasHigh)) {
        give(accepted, use === IS_ODD);
        continue;
      }
      if (use === IS_COUNTED) {
        const count = COUNTS + ((<usize>accepted) << 2);
        store<u32>(count, load<u32>(count) + 1);
      }
    }
    skipped++;
    skippedStart = <i32>lineStart + origin;
    skippedStampStart = <i32>stampStart + origin;
    skippedStampEnd = <i32>stampEnd + origin;
  }
  return DONE;
}
