/**
 * A search in a line by the rows of a program, in AssemblyScript: forwards from row to row until a step is missing or nothing is open any
 * more, and back along the way that matched, to see where its groups are.
 * Everything lies in the memory of the module; `src/scan/capture-memory.ts` says where, and fills it.
 * Hot: per byte. No bounds are checked here.
 * @module
 */

import { afterRun, isQuad, isStretch, quadEnd, quadShape } from "./leaps.ts";

// Where things lie; the same numbers stand in src/scan/capture-memory.ts.
const TAGS: usize = 4096;
const TEXT: usize = 69632;
const LOG: usize = 471040;
const MAX_LINE_BYTES: usize = 131072;

// A program: the column of each byte of ASCII, and these.
const FIRST_ROW: usize = 256;
const FIRST_TAGS: usize = 260;
const PLACE_WORDS: usize = 264;
/** searches before the one after which a sample is taken */
const UNTIL_SAMPLE: usize = 268;

// A column of a row: where the next row lies, with these flags, and behind it the step.
const STEP: usize = 4;
/** with where the step lies: the way back has to know of it */
const IS_NEEDED: u32 = 1;
const MISSING: u32 = 1;
const MATCHES: u32 = 2;
const IS_LAST: u32 = 4;
const IS_SETTLED: u32 = 8;
/** leads to a leap, which knows the row */
const IS_LEAP: u32 = 32;
const FLAGS: u32 = 63;
const END_COLUMN: usize = 0;
const LAST_NEWLINE_COLUMN: usize = 8;

/** Bytes of a step in the log: the place where it begins, and where it lies. */
const LOGGED: usize = 8;

// A leap: its pattern; how many bytes a stretch has, 0: it is a run; the row that it leaps from; and as a column has it, where it leads and
// its step. A run leads to a stretch from the same row, or to that row. Over an address: instead of a column, by shape where columns
// lie, and the byte behind the address with what is added to its place.
const LEAP_BYTES: usize = 32;
const LEAP_ROW: usize = 36;
const LEAP_COLUMN: usize = 40;
const QUAD_COLUMNS: usize = 40;
const QUAD_BEHIND: usize = 44;
const IS_QUAD: usize = 0xff;
const IS_ANY_BEHIND: u32 = 0xff;

// A step: its match, and its ways.
const WAYS: usize = 4;
// A word of it: the way before, as an offset among the ways, and the group places passed.
const BEFORE: u32 = 0xffff;
const TAGS_SHIFT: u32 = 16;
const BEGINS: u32 = 0xffff;
const TAGS_END: u32 = 0xffff;
// A group place of a list: how far before the place behind the step, and which.
const DISTANCE: u32 = 31;
const TAG_SHIFT: u32 = 5;

// How a search ends.
export const NO_MATCH: i32 = 0;
export const MATCH: i32 = 1;
const STEP_MISSING: i32 = 2;

const NEWLINE: u32 = 10;

/** where in the memory the text of the line lies */
export let textAt: usize = 0;
/** how long it is */
export let textLength: usize = 0;
let hasNewline: bool = false;

/** the step that is missing */
export let missingRow: usize = 0;
export let missingColumn: usize = 0;

// Where the search stands.
let program: usize = 0;
let places: usize = 0;
let begin: usize = 0;
let limit: usize = 0;
let at: usize = 0;
/** 0: not yet */
let matchedAt: usize = 0;
/** behind the last step of the log, and behind the last one before the match's end; and the column of the one that begins there */
let logged: usize = 0;
let matchLogged: usize = 0;
let matchColumn: usize = 0;

/**
 * Makes a line the text, without what is cut out of it. Addresses.
 *
 * @returns false: it is too long, or it holds a byte that is no ASCII
 */
export function take(start: usize, cutStart: usize, cutEnd: usize, end: usize): bool {
  const before = cutStart - start;
  const behind = end - cutEnd;
  const length = before + behind;
  if (length > MAX_LINE_BYTES) return false;
  if (before === 0) textAt = cutEnd;
  else if (cutStart === cutEnd) textAt = start;
  else {
    memory.copy(TEXT, start, before);
    memory.copy(TEXT + before, cutEnd, behind);
    textAt = TEXT;
  }
  const newlines = i8x16.splat(<i8>NEWLINE);
  let all = i8x16.splat(0);
  let lines = all;
  let place = textAt;
  const last = place + length;
  for (; place + 16 <= last; place += 16) {
    const bytes = v128.load(place);
    all = v128.or(all, bytes);
    lines = v128.or(lines, i8x16.eq(bytes, newlines));
  }
  const inside = (1 << (<i32>(last - place))) - 1;
  const bytes = v128.load(place);
  const high = i8x16.bitmask(all) | (i8x16.bitmask(bytes) & inside);
  hasNewline = v128.any_true(lines) || (i8x16.bitmask(i8x16.eq(bytes, newlines)) & inside) !== 0;
  textLength = length;
  return high === 0;
}

/** Whether a sample is taken after the next search. */
export function isSampled(searched: usize): bool {
  return load<u32>(searched, UNTIL_SAMPLE) <= 1;
}

/** Bytes of the group places of a program. */
export function placeBytes(searched: usize): usize {
  return (<usize>load<u32>(searched, PLACE_WORDS)) << 2;
}

/**
 * Searches in a part of the text, with a newline behind it.
 *
 * @param into the address of the group places
 */
export function run(searched: usize, from: usize, to: usize, into: usize): i32 {
  program = searched;
  places = into;
  store<u32>(searched, load<u32>(searched, UNTIL_SAMPLE) - 1, UNTIL_SAMPLE);
  begin = textAt + from;
  limit = textAt + to;
  at = begin;
  matchedAt = 0;
  logged = LOG;
  return goOn(load<u32>(searched, FIRST_ROW));
}

/** Goes on from a row where a step was missing. */
export function goOn(from: usize): i32 {
  const columns = program;
  const end = limit;
  let place = at;
  let row = from;
  let log = logged;
  while (true) {
    let column: usize = 0;
    let entry: u32 = 0;
    while (true) {
      while ((row & IS_LEAP) !== 0) {
        const leap = row & ~FLAGS;
        const bytes: usize = load<u32>(leap, LEAP_BYTES);
        if (bytes === 0) {
          const behind = min(afterRun(leap, place, end), end);
          if (behind !== place) log = write(log, behind - 1, leap + LEAP_COLUMN);
          place = behind;
        } else if (bytes === IS_QUAD) {
          const byte = load<u32>(leap, QUAD_BEHIND);
          const isAny = byte === IS_ANY_BEHIND;
          if (isQuad(place) && (isAny || <u32>load<u8>(quadEnd) === byte)) {
            const behind = isAny ? quadEnd : quadEnd + 1;
            const quad = <usize>load<u32>(leap, QUAD_COLUMNS) + (quadShape << 3);
            const next = load<u32>(quad);
            if (next !== 0 && behind <= end) {
              log = write(log, behind - 1, quad);
              place = behind;
              row = next;
              continue;
            }
          }
          row = load<u32>(leap, LEAP_ROW);
          break;
        } else if (place + bytes <= end && isStretch(leap, place)) {
          place += bytes;
          log = write(log, place - 1, leap + LEAP_COLUMN);
        } else {
          row = load<u32>(leap, LEAP_ROW);
          break;
        }
        row = load<u32>(leap, LEAP_COLUMN);
      }
      const first = place;
      while (place < end) {
        column = row + load<u16>(columns + ((<usize>load<u8>(place)) << 1));
        entry = load<u32>(column);
        if (entry !== <u32>row) break;
        place++;
      }
      if (place !== first) {
        // one step stands for all that leave the row as it is
        const last = place - 1;
        log = write(log, last, row + load<u16>(columns + ((<usize>load<u8>(last)) << 1)));
      }
      if (place >= end || (entry & (FLAGS & ~IS_LEAP)) !== 0) break;
      log = write(log, place, column);
      row = entry;
      place++;
    }
    if (place >= end) {
      column = row + (place === end ? LAST_NEWLINE_COLUMN : END_COLUMN);
      entry = load<u32>(column);
    }
    if ((entry & MISSING) !== 0) {
      at = place;
      logged = log;
      missingRow = row;
      missingColumn = (column - row) >> 3;
      return STEP_MISSING;
    }
    if ((entry & IS_SETTLED) !== 0 && !hasNewline && place < end - 1) {
      // the step again and again: of all times but the last, only the one before that
      log = write(log, end - 2, column);
      place = end - 1;
    }
    if ((entry & MATCHES) !== 0) {
      matchedAt = place;
      matchLogged = log;
      matchColumn = column;
    }
    log = write(log, place, column);
    if ((entry & IS_LAST) !== 0) break;
    row = entry & ~FLAGS;
    place++;
  }
  if (matchedAt === 0) return NO_MATCH;
  goBack();
  return MATCH;
}

/** Adds a step to the log: the place where it begins. The next one takes its place if the way back need not know of it. */
function write(log: usize, place: usize, column: usize): usize {
  const step = load<u32>(column, STEP);
  store<u32>(log, <u32>place);
  store<u32>(log, step, 4);
  return log + (step & IS_NEEDED) * LOGGED;
}

/** Notes the group places of a list that were not passed again behind. */
function note(list: u32, place: usize): void {
  let next = TAGS + ((<usize>list) << 2);
  let tag: u32 = load<u16>(next);
  while (tag !== TAGS_END) {
    const to = places + ((<usize>(tag >> TAG_SHIFT)) << 2);
    if (load<i32>(to) < 0) store<i32>(to, <i32>(place - (tag & DISTANCE) - begin));
    next += 2;
    tag = load<u16>(next);
  }
}

function goBack(): void {
  // four at once: behind the last one nothing is kept
  const end = places + placeBytes(program);
  for (let place = places; place < end; place += 16) v128.store(place, i32x4.splat(-1));
  store<i32>(places, <i32>(follow() - begin));
  // else the match ended before the place where it was known
  if (load<i32>(places, 4) < 0) store<i32>(places, <i32>(matchedAt - begin), 4);
}

/** Follows the way that matched to where it began. */
function follow(): usize {
  let log = matchLogged;
  let word = load<u32>(<usize>(load<u32>(matchColumn, STEP) & ~IS_NEEDED));
  if (word >> TAGS_SHIFT !== 0) note(word >> TAGS_SHIFT, matchedAt);
  let way = word & BEFORE;
  while (log > LOG) {
    log -= LOGGED;
    word = load<u32>(<usize>load<u32>(log, 4) + <usize>way, WAYS - IS_NEEDED);
    if (word !== way) {
      const place = <usize>load<u32>(log) + 1;
      if (word >> TAGS_SHIFT !== 0) note(word >> TAGS_SHIFT, place);
      way = word & BEFORE;
      if (way === BEGINS) return place;
    }
  }
  const list = load<u32>(<usize>load<u32>(program, FIRST_TAGS) + <usize>way);
  if (list !== 0) note(list, begin);
  return begin;
}
