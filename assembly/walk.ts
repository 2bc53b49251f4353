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
const KEPT_LOWEST: usize = 1920;
const KEPT_SPANS: usize = 1952;
const USES: usize = 2048;
const COUNTS: usize = 4096;
const ITEMS: usize = 24576;
const STAMP_TABLE: usize = 57344;
const TABLE: u32 = 262144;

// Bits of an entry of the stamp's table, as in src/date/ordinary-stamp.ts.
const ENDS: u32 = 0x8000;
const REFUSES: u32 = 0x4000;
const BEGINS: u32 = 0x2000;
const NEXT_STATE: u32 = 0x1fff;

const MAX_ITEMS: i32 = 896;
const ITEM_BYTES: usize = 36;

// How a walk ends.
const DONE: i32 = 0;
const FULL: i32 = 1;
const MISSING: i32 = 2;

// How a walk begins, other than in a state of a line that it left.
const NEXT_LINE: u32 = 0;
const GIVE_LINE_UP: u32 = 0xffff;

// An entry of the table: where the next row lies; nothing, as long as that is not known; or by which patterns the line is accepted.
const MAX_TABLE_BYTES: u32 = 0x40000000;
const UNKNOWN: u32 = 0;
const ACCEPTS: u32 = 0x80000000;
/** the row in which lines begin */
const FIRST: u32 = TABLE;

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
export let missingRow: u32 = 0;
export let missingByte: u32 = 0;

// Each step of a walk waits for the one before, so two lines are walked at once. This is the line that was read last.
let limit: usize = 0;
let origin: i32 = 0;
let isThere: bool = false;
let lineStart: usize = 0;
let lineEnd: usize = 0;
let nextLine: usize = 0;
let stampStart: usize = 0;
let stampEnd: usize = 0;
let hasHigh: bool = false;
let isOdd: bool = false;
// where its walk stands, and what it came to
let reached: usize = 0;
let reachedRow: u32 = 0;
let verdict: u32 = UNKNOWN;

// The line before it, which is given out first.
let isOlderThere: bool = false;
let olderStart: usize = 0;
let olderEnd: usize = 0;
let olderStampStart: usize = 0;
let olderStampEnd: usize = 0;
let hasOlderHigh: bool = false;
let isOlderOdd: bool = false;
let olderReached: usize = 0;
let olderReachedRow: u32 = 0;
let olderVerdict: u32 = UNKNOWN;

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

/** @param isGiven without a stamp, every line is odd */
export function useStamp(isGiven: bool, prefix: u32, shift: u32): void {
  hasStamp = isGiven;
  prefixLength = prefix;
  stampShift = shift;
  isKept = false;
  unlike = 0;
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
  isThere = false;
  isOlderThere = false;
}

/** The rows known so far mean nothing any more; the older line is told its new one. */
export function forget(): void {
  beginWalk();
}

/** Gives the older line out. */
function give(accepted: u32, asOdd: bool): void {
  const item = ITEMS + <usize>items * ITEM_BYTES;
  store<i32>(item, <i32>olderStart + origin);
  store<i32>(item, <i32>olderEnd + origin, 4);
  store<i32>(item, asOdd ? -1 : <i32>olderStampStart + origin, 8);
  store<i32>(item, asOdd ? -1 : <i32>olderStampEnd + origin, 12);
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

function isRow(entry: u32): bool {
  return entry - TABLE < MAX_TABLE_BYTES;
}

/** The entry of a row for the byte at a place. */
function entryOf(from: u32, at: usize): u32 {
  return load<u32>(<usize>(from + load<u16>(CLASSES + ((<usize>load<u8>(at)) << 1))));
}

/** Reads the next line, if there is one. */
function read(): void {
  if (nextLine >= limit) return;
  isThere = true;
  lineStart = nextLine;
  measure();
  isOdd = !hasStamp || !findStamp();
  beginWalk();
}

/** Walks up to the stamp of the line read last, and over that. */
function beginWalk(): void {
  reached = lineStart;
  reachedRow = FIRST;
  verdict = UNKNOWN;
  if (isOdd) return;
  while (reached < stampStart) {
    const entry = entryOf(reachedRow, reached);
    if (!isRow(entry)) {
      verdict = entry;
      return;
    }
    reachedRow = entry;
    reached++;
  }
  reached = stampEnd;
}

/** The line read last is the older one from now on. */
function growOld(): void {
  isThere = false;
  isOlderThere = true;
  olderStart = lineStart;
  olderEnd = lineEnd;
  olderStampStart = stampStart;
  olderStampEnd = stampEnd;
  hasOlderHigh = hasHigh;
  isOlderOdd = isOdd;
  olderReached = reached;
  olderReachedRow = reachedRow;
  olderVerdict = verdict;
}

/** Walks over the older line up to what it comes to; and over the other one, as long as both go on. */
function walkOn(): void {
  let at = olderReached;
  let from = olderReachedRow;
  let entry = from;
  while (at < olderStampStart) {
    entry = entryOf(from, at);
    if (!isRow(entry)) break;
    from = entry;
    at++;
  }
  if (at === olderStampStart) at = olderStampEnd;
  if (isRow(entry)) {
    // the other one may have come to its end, or be stuck before its stamp
    if (isThere && !isOdd && verdict === UNKNOWN && reached >= stampEnd) {
      let other = reached;
      let otherFrom = reachedRow;
      let otherEntry: u32;
      while (true) {
        entry = entryOf(from, at);
        otherEntry = entryOf(otherFrom, other);
        if (!isRow(entry) || !isRow(otherEntry)) break;
        from = entry;
        otherFrom = otherEntry;
        at++;
        other++;
      }
      reached = other;
      reachedRow = otherFrom;
      if (!isRow(otherEntry)) verdict = otherEntry;
    }
    while (isRow(entry)) {
      entry = entryOf(from, at);
      if (!isRow(entry)) break;
      from = entry;
      at++;
    }
  }
  olderReached = at;
  olderReachedRow = from;
  olderVerdict = entry;
}

/** The older line is accepted by these patterns. */
function decide(accepted: u32): void {
  const use: u32 = load<u8>(USES + accepted);
  if (use === IS_ITEM || use === IS_ODD || (use === IS_COUNTED && hasOlderHigh)) {
    give(accepted, use === IS_ODD);
    return;
  }
  if (use === IS_COUNTED) {
    const count = COUNTS + ((<usize>accepted) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  skipped++;
  skippedStart = <i32>olderStart + origin;
  skippedStampStart = <i32>olderStampStart + origin;
  skippedStampEnd = <i32>olderStampEnd + origin;
}

/**
 * Goes on until all lines are done, the items fill their area, or a transition is missing.
 *
 * @param from the row from which the line goes on that was left; or what to do instead
 */
export function walk(from: u32): i32 {
  if (from === GIVE_LINE_UP) {
    give(EVERY_PATTERN, load<u8>(USES + EVERY_PATTERN) === IS_ODD);
    isOlderThere = false;
  } else if (from !== NEXT_LINE) olderReachedRow = from;
  while (true) {
    if (!isThere) read();
    if (!isOlderThere) {
      if (!isThere) return DONE;
      if (items >= MAX_ITEMS) return FULL;
      growOld();
      continue;
    }
    if (isOlderOdd) give(EVERY_PATTERN, true);
    else {
      if (olderVerdict === UNKNOWN) walkOn();
      if (olderVerdict === UNKNOWN) {
        missingRow = olderReachedRow;
        missingByte = load<u8>(olderReached);
        return MISSING;
      }
      decide(olderVerdict & ~ACCEPTS);
    }
    isOlderThere = false;
  }
}
