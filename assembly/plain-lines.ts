/**
 * Lines of a batch of which no more is wanted than their number, in AssemblyScript: what the search has found is all there is to them, as
 * `src/filter/conclusions.ts` would conclude. `src/scan/plain-lines.ts` asks for it.
 * Hot: per line that may come to something. No bounds are checked here.
 * @module
 */

import {
  fits,
  heldAt,
  heldFirst,
  heldOwn,
  heldPart,
  heldRegex,
  heldSince,
  heldText,
  hold,
} from "./held-lines.ts";
import { FOUND, FOUND_BYTES, LINE_BYTES, LINES, NO_FURTHER, UNKNOWN_FURTHER } from "./layout.ts";
import { isStretch } from "./leaps.ts";
import { isPrintedIp6, isPrintedQuad } from "./printed-addresses.ts";
import { find, mixOf, NO_SLOT, take } from "./slots.ts";

// Where things lie; the same numbers stand in src/scan/plain-lines.ts.
/** The stamp: how long it is, and of each place, in sixteens, the lowest byte that may stand there and what may be above it. */
const STAMP: usize = 2076672;
const STAMP_PLACES: usize = STAMP + 16;
const STAMP_BYTES: usize = 48;
/** Numbers of the lines that were noted. */
const NOTED: usize = STAMP + 256;
/** Bytes of sixteen places. */
const SIXTEEN: usize = 32;
/** By regex. */
const SHAPES: usize = 2077440;
const SHAPE_BYTES: usize = 128;
/** Life of a session, seconds from its first line, as src/filter/sessions.ts has it. */
const SESSION_LIFE: f64 = 300;

// A shape: what is known of it, lines so far, its regex, bytes of its group places; where groups of a meaning stand, of its own and of what
// was searched first, 0 for none; and all of either that must not hold the newline.
const LINES_COUNTED: usize = 4;
const REGEX: usize = 8;
const OWN_BYTES: usize = 12;
const OTHER_ID: usize = 16;
const OTHER_MASK: usize = 20;
const IP4: usize = 24;
const IP6: usize = 28;
const KEY: usize = 32;
const HARMLESS: usize = 36;
const GAINED: usize = 40;
const ENDS: usize = 44;
const CHECKED: usize = 48;
const IS_USABLE: u32 = 1;
const IS_UNKNOWN: u32 = 0;

// What lines are counted.
const TAKES_MISSED: u32 = 1;
const TAKES_HARMLESS: u32 = 2;
const TAKES_FAILURES: u32 = 4;
/** only the first regex counts that matches a line */
const ONLY_FIRST: u32 = 8;
/** failures that are not counted are noted */
const NOTES_FAILURES: u32 = 16;

/** lines that came to nothing, and those of them that the first regex does not match; and harmless ones */
export let missed: u32 = 0;
export let unmatched: u32 = 0;
export let harmless: u32 = 0;
/** how many lines were noted by the last call */
export let noted: u32 = 0;
/** the shape that is to be laid down before its line can be counted, 0: none */
export let unknownShape: usize = 0;

// The present line's text, how long the stamp is that stands before it, and where in the text and in the memory its groups are.
let text: usize = 0;
let stampBytes: usize = 0;
let part: usize = 0;
let firstPlaces: usize = 0;
let ownPlaces: usize = 0;
// a group
let groupStart: usize = 0;
let groupEnd: usize = 0;

export function clearCounts(): void {
  missed = 0;
  unmatched = 0;
  harmless = 0;
}

function isStamp(from: usize, to: usize): bool {
  if (to - from !== <usize>load<u32>(STAMP)) return false;
  let pattern = STAMP_PLACES;
  for (let place = from; place < from + STAMP_BYTES; place += 16, pattern += SIXTEEN)
    if (!isStretch(pattern, place)) return false;
  return true;
}

/**
 * Whether a group of the meaning holds text: that of the regex itself, or where it took no part, that of what was searched first.
 *
 * @param own where the group places of the regex lie, and the part that it was searched in; then the same of what was searched first
 */
function hasTextIn(
  shape: usize,
  meaning: usize,
  own: usize,
  ownText: usize,
  first: usize,
  firstText: usize,
): bool {
  const ownGroup: usize = load<u16>(shape + meaning);
  if (ownGroup !== 0) {
    const start = load<i32>(own + ownGroup);
    const end = load<i32>(own + ownGroup, 4);
    if (start >= 0 && end >= start) {
      groupStart = ownText + start;
      groupEnd = ownText + end;
      return end > start;
    }
  }
  const firstGroup: usize = load<u16>(shape + meaning, 2);
  if (firstGroup === 0) return false;
  const start = load<i32>(first + firstGroup);
  const end = load<i32>(first + firstGroup, 4);
  groupStart = firstText + start;
  groupEnd = firstText + end;
  return start >= 0 && end > start;
}

/** The same for the present line. */
function hasText(shape: usize, meaning: usize): bool {
  return hasTextIn(shape, meaning, ownPlaces, part, firstPlaces, text);
}

/**
 * Looks whether a group goes beyond its part.
 *
 * @param groups where they are told, up to a 0
 * @returns what is behind that; 0: one does
 */
function behindGroups(groups: usize, places: usize, limit: i32): usize {
  let next = groups;
  let group: usize = load<u16>(next);
  while (group !== 0) {
    if (load<i32>(places + group, 4) > limit && load<i32>(places + group) >= 0) return 0;
    next += 2;
    group = load<u16>(next);
  }
  return next + 2;
}

function hasAddress(shape: usize): bool {
  if (hasText(shape, IP4)) return isPrintedQuad(groupStart, groupEnd);
  return hasText(shape, IP6) && isPrintedIp6(groupStart, groupEnd);
}

/** The session that a match tells of: whether it tells of any; its key, and what is said of that; and its slot if there may be one already. */
let hasKey: bool = false;
let keyStart: usize = 0;
let keyEnd: usize = 0;
let mixed: u32 = 0;
let slot: i32 = NO_SLOT;

/** Whether a match tells of an address as it is printed. @param length of the line's text */
function isPlain(shape: usize, length: usize, partLength: i32): bool {
  const others = behindGroups(shape + CHECKED, ownPlaces, partLength);
  if (others === 0 || behindGroups(others, firstPlaces, <i32>length) === 0) return false;
  if (hasText(shape, OTHER_ID) || hasText(shape, OTHER_MASK)) return false;
  if (!hasAddress(shape)) return false;
  slot = NO_SLOT;
  hasKey = hasText(shape, KEY);
  if (!hasKey) return true;
  keyStart = groupStart;
  keyEnd = groupEnd;
  mixed = mixOf(keyStart, keyEnd);
  slot = find(mixed);
  return true;
}

/** Whether a slot holds the session of the present match's key, and it is not over. */
function goesOn(now: f64): bool {
  const held = heldAt(slot);
  const regex: usize = heldRegex(held);
  if (regex === 0 || !(now - heldSince(held) <= SESSION_LIFE)) return false;
  const shape = SHAPES + (regex - 1) * SHAPE_BYTES;
  const hasKeyToo = hasTextIn(shape, KEY, heldOwn(held), heldPart(held), heldFirst(held), heldText(held));
  if (!hasKeyToo || groupEnd - groupStart !== keyEnd - keyStart) return false;
  return memory.compare(groupStart, keyStart, keyEnd - keyStart) === 0;
}

/** Of a plain match. */
function isHarmless(shape: usize): bool {
  return hasText(shape, HARMLESS) || (hasKey && hasText(shape, GAINED));
}

function note(shape: usize): void {
  store<u32>(shape, load<u32>(shape, LINES_COUNTED) + 1, LINES_COUNTED);
}

/**
 * Counts a line whose regexes have shapes that are known, or notes it.
 *
 * @returns false: there is more to it
 */
function count(number: u32, found: usize, length: usize, wanted: u32, now: f64): bool {
  const shape: usize = load<u32>(found, 24);
  const from = load<i32>(found, 4);
  const to = load<i32>(found, 8);
  firstPlaces = (<usize>load<u32>(found, 12)) << 2;
  ownPlaces = (<usize>load<u32>(found, 16)) << 2;
  part = text + from;
  if (!isPlain(shape, length, to - from)) return false;
  let harms = !isHarmless(shape);
  // without a session it is a failure all the same
  let fails = harms || !hasKey;
  const isHeld = hasKey && !hasText(shape, ENDS);
  const joined = slot;
  const beginning = mixed;
  const further: usize = (wanted & ONLY_FIRST) === 0 ? load<u32>(found, 28) : NO_FURTHER;
  if (isHeld && further !== NO_FURTHER) return false;
  // what is noted is told with its own line and groups alone
  const mayJoin = isHeld && harms && (wanted & NOTES_FAILURES) === 0;
  if (joined !== NO_SLOT && !(mayJoin && goesOn(now))) return false;
  const firstOwn = ownPlaces;
  for (let next = further; next !== NO_FURTHER; next = load<u32>(next)) {
    const other: usize = load<u32>(next, 4);
    ownPlaces = (<usize>load<u32>(next, 8)) << 2;
    if (!isPlain(other, length, to - from)) return false;
    if (hasKey && (slot !== NO_SLOT || !hasText(other, ENDS))) return false;
    const isOtherHarmless = isHarmless(other);
    if (isOtherHarmless) harms = false;
    if (!isOtherHarmless || !hasKey) fails = true;
  }
  const isNoted = fails && (wanted & TAKES_FAILURES) === 0;
  if (isNoted && (wanted & NOTES_FAILURES) === 0) return false;
  if (!isNoted && !harms && (wanted & TAKES_HARMLESS) === 0) return false;
  if (isHeld) {
    const ownBytes: usize = load<u32>(shape, OWN_BYTES);
    const isFirst = joined === NO_SLOT;
    if (isFirst && !fits(firstOwn - firstPlaces + ownBytes + length + stampBytes)) return false;
    const into = isFirst ? take(beginning) : joined;
    const regex = load<u32>(shape, REGEX);
    if (!hold(into, isFirst, regex, text, length, from, to, now, firstPlaces, firstOwn, ownBytes, stampBytes))
      return false;
  }
  if (isNoted) {
    store<u32>(NOTED + ((<usize>noted) << 2), number);
    noted++;
    return true;
  }
  if (!harms) harmless++;
  note(shape);
  for (let next = further; next !== NO_FURTHER; next = load<u32>(next)) note(load<u32>(next, 4));
  return true;
}

/** Whether the shapes of all regexes that match are known, and of lines that may be counted. */
function areUsable(found: usize, wanted: u32): bool {
  let shape: usize = load<u32>(found, 24);
  let next: usize = (wanted & ONLY_FIRST) === 0 ? load<u32>(found, 28) : NO_FURTHER;
  // more of them may match
  if (next === UNKNOWN_FURTHER) return false;
  while (true) {
    if (shape === 0) return false;
    const known = load<u32>(shape);
    if (known !== IS_USABLE) {
      if (known === IS_UNKNOWN) unknownShape = shape;
      return false;
    }
    if (next === NO_FURTHER) return true;
    shape = load<u32>(next, 4);
    next = load<u32>(next);
  }
}

/**
 * Counts lines from one on until there is more to one.
 *
 * @param searched lines that were searched
 * @param by what makes offsets addresses
 * @param wanted what lines are counted
 * @param now the present moment, for sessions that begin
 * @returns the number of that line; or how many there are
 */
export function countLines(begin: i32, searched: i32, by: usize, wanted: u32, now: f64): i32 {
  unknownShape = 0;
  noted = 0;
  for (let number = begin; number < searched; number++) {
    const line = LINES + <usize>number * LINE_BYTES;
    const start: usize = load<u32>(line);
    const cutStart: usize = load<u32>(line, 4);
    if (start !== cutStart) return number;
    const cutEnd: usize = load<u32>(line, 8);
    if (!isStamp(cutStart + by, cutEnd + by)) return number;
    const found = FOUND + <usize>number * FOUND_BYTES;
    const isUnmatched = load<i32>(found) === 0;
    if (isUnmatched || load<i32>(found, 20) < 0) {
      if ((wanted & TAKES_MISSED) === 0) return number;
      missed++;
      if (isUnmatched) unmatched++;
      continue;
    }
    if (!areUsable(found, wanted)) return number;
    text = cutEnd + by;
    stampBytes = cutEnd - cutStart;
    if (!count(number, found, <usize>load<u32>(line, 12) - cutEnd, wanted, now)) return number;
  }
  return searched;
}
