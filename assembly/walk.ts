/**
 * The walk over the bytes of a log, in AssemblyScript: line ends, stamps and transitions, until a transition is missing.
 * Everything lies in the memory of the module; `src/scan/walk-memory.ts` says where, and fills it.
 * Hot: per byte. No bounds are checked here: every line ends with a newline, at which every state stops.
 * @module
 */

import { afterRun, isQuad, isStretch, quadEnd, quadShape } from "./leaps.ts";
import { findStamp, setInside, setStamp, stampEnd, stampStart } from "./stamps.ts";

// Where things lie; the same numbers stand in src/scan/walk-memory.ts.
const CLASSES: usize = 1024;
const USES: usize = 2048;
const COUNTS: usize = 4096;
const ITEMS: usize = 24576;
const TABLE: u32 = 278528;

const MAX_ITEMS: i32 = 896;
const ITEM_BYTES: usize = 36;

// How a walk ends.
const DONE: i32 = 0;
const FULL: i32 = 1;
const MISSING: i32 = 2;

// How a walk begins, other than in a state of a line that it left.
const NEXT_LINE: u32 = 0;
const GIVE_LINE_UP: u32 = 0xffff;

// An entry of the table: where the next row lies; where a leap from that row lies; nothing, as long as that is not known; or by which
// patterns the line is accepted.
const MAX_TABLE_BYTES: u32 = 0x40000000;
const UNKNOWN: u32 = 0;
const ACCEPTS: u32 = 0x80000000;
const LEAP_SHIFT: u32 = 29;
const IS_LEAP: u32 = 3;
const LEAP_ADDRESS: u32 = 0x1fffffff;

// A leap: its pattern; how many bytes a stretch has, 0: it is a run; the row that it leaps from; and where it leads, as an entry. A run
// leads to a stretch from the same row, or to that row. Over an address: where it leads lies by shape elsewhere, and there is the byte behind
// the address.
const LEAP_BYTES: usize = 32;
const LEAP_ROW: usize = 36;
const LEAP_NEXT: usize = 40;
const QUAD_ENTRIES: usize = 40;
const QUAD_BEHIND: usize = 44;
const IS_QUAD: usize = 0xff;
const IS_ANY_BEHIND: u32 = 0xff;

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

/** the row in which lines begin, as an entry */
let first: u32 = TABLE;
let hasStamp: bool = false;

// The line that was read last.
let limit: usize = 0;
let origin: i32 = 0;
let isThere: bool = false;
let lineStart: usize = 0;
let lineEnd: usize = 0;
let nextLine: usize = 0;
let hasHigh: bool = false;
let isOdd: bool = false;
// where its walk stands, and what it came to
let reached: usize = 0;
let reachedEntry: u32 = 0;
let verdict: u32 = UNKNOWN;

/** Lines begin in the first row, or its leap: as an entry has it. */
export function beginIn(entry: u32): void {
  first = entry;
}

/** @param isGiven without a stamp, every line is odd */
export function useStamp(isGiven: bool, prefix: u32, shift: u32): void {
  hasStamp = isGiven;
  setStamp(prefix, shift);
}

/** Where stamps stand that are not behind the prefix. */
export function useInside(before: i32, after: i32, least: u32, behindFirst: bool): void {
  setInside(before, after, least, behindFirst);
}

/** The next lines: addresses, and what makes an address an offset of the caller's. */
export function begin(from: usize, to: usize, toOffset: i32): void {
  nextLine = from;
  limit = to;
  origin = toOffset;
  isThere = false;
}

/** Gives the line out. */
function give(accepted: u32, asOdd: bool): void {
  const item = ITEMS + <usize>items * ITEM_BYTES;
  store<i32>(item, <i32>lineStart + origin);
  store<i32>(item, <i32>lineEnd + origin, 4);
  store<i32>(item, asOdd ? -1 : <i32>stampStart + origin, 8);
  store<i32>(item, asOdd ? -1 : <i32>stampEnd + origin, 12);
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

function isRow(entry: u32): bool {
  return entry - TABLE < MAX_TABLE_BYTES;
}

/** The entry of a row for the byte at a place. */
function entryOf(from: u32, at: usize): u32 {
  return load<u32>(<usize>(from + load<u16>(CLASSES + ((<usize>load<u8>(at)) << 1))));
}

function isLeap(entry: u32): bool {
  return entry >> LEAP_SHIFT === IS_LEAP;
}

/** Of an entry that leads to a row. */
function rowOf(entry: u32): u32 {
  return isLeap(entry) ? load<u32>(<usize>(entry & LEAP_ADDRESS), LEAP_ROW) : entry;
}

/** Reads the next line. */
function read(): void {
  isThere = true;
  lineStart = nextLine;
  measure();
  isOdd = !hasStamp || !findStamp(lineStart, lineEnd);
  verdict = UNKNOWN;
  reachedEntry = first;
  reached = !isOdd && stampStart === lineStart ? stampEnd : lineStart;
}

/** Walks up to the stamp, without leaps, and over that. */
function walkToStamp(): void {
  let at = reached;
  let from = reachedEntry;
  while (at < stampStart) {
    const entry = entryOf(rowOf(from), at);
    if (!isRow(entry) && !isLeap(entry)) {
      reached = at;
      reachedEntry = rowOf(from);
      verdict = entry;
      return;
    }
    from = entry;
    at++;
  }
  reached = stampEnd;
  reachedEntry = from;
}

/** Walks on behind the stamp up to what the line comes to. */
function walkOn(): void {
  let at = reached;
  let from = reachedEntry;
  let entry: u32;
  while (true) {
    while (isLeap(from)) {
      const leap: usize = from & LEAP_ADDRESS;
      const bytes: usize = load<u32>(leap, LEAP_BYTES);
      if (bytes === IS_QUAD) {
        const byte = load<u32>(leap, QUAD_BEHIND);
        const isAny = byte === IS_ANY_BEHIND;
        if (isQuad(at) && (isAny || <u32>load<u8>(quadEnd) === byte)) {
          const next = load<u32>(<usize>load<u32>(leap, QUAD_ENTRIES) + (quadShape << 2));
          if (next !== UNKNOWN) {
            at = isAny ? quadEnd : quadEnd + 1;
            from = next;
            continue;
          }
        }
        from = load<u32>(leap, LEAP_ROW);
        break;
      }
      if (bytes === 0) at = afterRun(leap, at, limit);
      else if (isStretch(leap, at)) at += bytes;
      else {
        from = load<u32>(leap, LEAP_ROW);
        break;
      }
      from = load<u32>(leap, LEAP_NEXT);
    }
    while (true) {
      entry = entryOf(from, at);
      if (!isRow(entry)) break;
      from = entry;
      at++;
    }
    if (!isLeap(entry)) break;
    from = entry;
    at++;
  }
  reached = at;
  reachedEntry = from;
  verdict = entry;
}

/** The line is accepted by these patterns. */
function decide(accepted: u32): void {
  const use: u32 = load<u8>(USES + accepted);
  if (use === IS_ITEM || use === IS_ODD || (use === IS_COUNTED && hasHigh)) {
    give(accepted, use === IS_ODD);
    return;
  }
  if (use === IS_COUNTED) {
    const count = COUNTS + ((<usize>accepted) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  skipped++;
  skippedStart = <i32>lineStart + origin;
  skippedStampStart = <i32>stampStart + origin;
  skippedStampEnd = <i32>stampEnd + origin;
}

/**
 * Goes on until all lines are done, the items fill their area, or a transition is missing.
 *
 * @param from the row from which the line goes on that was left; or what to do instead
 */
export function walk(from: u32): i32 {
  if (from === GIVE_LINE_UP) {
    give(EVERY_PATTERN, load<u8>(USES + EVERY_PATTERN) === IS_ODD);
    isThere = false;
  } else if (from !== NEXT_LINE) {
    reachedEntry = from;
    verdict = UNKNOWN;
  }
  while (true) {
    if (!isThere) {
      if (nextLine >= limit) return DONE;
      if (items >= MAX_ITEMS) return FULL;
      read();
    }
    if (isOdd) give(EVERY_PATTERN, true);
    else {
      if (reached < stampStart) walkToStamp();
      if (reached >= stampEnd) walkOn();
      if (verdict === UNKNOWN) {
        missingRow = reachedEntry;
        missingByte = load<u8>(reached);
        return MISSING;
      }
      decide(verdict & ~ACCEPTS);
    }
    isThere = false;
  }
}
