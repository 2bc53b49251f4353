/**
 * The search in many lines by one call, in AssemblyScript: of each line what one program finds first, and what is searched after it.
 * `src/scan/line-batch.ts` asks for it.
 * Hot: per line that may come to something. No bounds are checked here.
 * @module
 */
import { isSampled, MATCH, NO_MATCH, placeBytes, run, take, textLength } from "./captures.ts";
import {
  FOUND,
  FOUND_BYTES,
  FURTHER_BYTES,
  ITEMS,
  LINE_BYTES,
  LINE_PLACE_BYTES,
  LINE_PLACES,
  LINES,
  NO_FURTHER,
  PLANS,
  UNKNOWN_FURTHER,
} from "./layout.ts";

// A plan: the program that is searched first, of which a group says where the others are searched, and these.
const NONE: u32 = 0;
/** one that is not laid down */
const NOT_THERE: u32 = 1;
const CONTENT: usize = 4;
const SEARCHES_ALL: usize = 8;
/** of each its program and its shape */
const OTHERS: usize = 12;
const OTHER_BYTES: usize = 8;

// An item: where its line begins and ends, and its stamp; and by which set of patterns it was accepted. As src/scan/line-scanner.ts has it.
const ITEM_BYTES: usize = 36;
const ITEM_END: usize = 4;
const STAMP_START: usize = 8;
const STAMP_END: usize = 12;
const ACCEPT_SET: usize = 16;

/** where the next group places go */
let free: usize = 0;

/**
 * Searches on behind the program that matched first.
 *
 * @param limit where the group places of the next line begin
 * @returns the first one of the further matches, each of which leads to the next; {@link NO_FURTHER}: there is none; or
 *   {@link UNKNOWN_FURTHER}
 */
function searchOthers(others: usize, from: usize, to: usize, limit: usize): u32 {
  let first: u32 = NO_FURTHER;
  let last: usize = 0;
  let next = others;
  let program: usize = load<u32>(next);
  while (program !== NONE) {
    if (program === NOT_THERE || isSampled(program)) return UNKNOWN_FURTHER;
    const into = free + FURTHER_BYTES;
    const behind = into + placeBytes(program);
    if (behind > limit) return UNKNOWN_FURTHER;
    const outcome = run(program, from, to, into);
    if (outcome === MATCH) {
      if (last === 0) first = <u32>free;
      else store<u32>(last, <u32>free);
      last = free;
      store<u32>(last, NO_FURTHER);
      store<u32>(last, load<u32>(next, 4), 4);
      store<u32>(last, <u32>(into >> 2), 8);
      free = behind;
    } else if (outcome !== NO_MATCH) return UNKNOWN_FURTHER;
    next += OTHER_BYTES;
    program = load<u32>(next);
  }
  return first;
}

/** Searches in the present text. @returns whether it is known what it comes to */
function search(plan: usize, found: usize): bool {
  let from: usize = 0;
  let to = textLength;
  let into = free;
  const first = load<u32>(plan);
  if (first === NOT_THERE) return false;
  if (first !== NONE) {
    if (isSampled(first)) return false;
    const outcome = run(first, 0, to, into);
    if (outcome !== MATCH) {
      store<i32>(found, 0);
      return outcome === NO_MATCH;
    }
    const content: usize = load<u32>(plan, CONTENT);
    if (content !== 0) {
      const start = load<i32>(into + content);
      const end = load<i32>(into + content, 4);
      if (start >= 0 && end > start) {
        // with the newline in it there are two at its end
        if (<usize>end > to) return false;
        from = start;
        to = end;
      }
    }
    into += placeBytes(first);
  }
  store<i32>(found, 1);
  store<i32>(found, <i32>from, 4);
  store<i32>(found, <i32>to, 8);
  store<i32>(found, <i32>(free >> 2), 12);
  store<i32>(found, <i32>(into >> 2), 16);
  let index = 0;
  for (let next = plan + OTHERS; ; next += OTHER_BYTES, index++) {
    const program = load<u32>(next);
    if (program === NONE) break;
    if (program === NOT_THERE || isSampled(program)) return false;
    const outcome = run(program, from, to, into);
    if (outcome === MATCH) {
      store<i32>(found, index, 20);
      store<u32>(found, load<u32>(next, 4), 24);
      free = into + placeBytes(program);
      // no line has more room than that, and none before it took more
      const limit = LINE_PLACES + ((found - FOUND) / FOUND_BYTES + 1) * LINE_PLACE_BYTES;
      const searchesAll = load<u32>(plan, SEARCHES_ALL) !== 0;
      const further = searchesAll ? searchOthers(next + OTHER_BYTES, from, to, limit) : UNKNOWN_FURTHER;
      store<u32>(found, further, 28);
      return true;
    }
    if (outcome !== NO_MATCH) return false;
  }
  store<i32>(found, -1, 20);
  free = into;
  return true;
}

/**
 * Makes lines of items from one on, up to one without a stamp or a plan.
 *
 * @returns the number of that item; or how many there are
 */
export function fillLines(from: i32, count: i32): i32 {
  let item = ITEMS + <usize>from * ITEM_BYTES;
  let line = LINES + <usize>from * LINE_BYTES;
  for (let number = from; number < count; number++) {
    const stampStart = load<i32>(item, STAMP_START);
    const plan = load<u32>(PLANS + ((<usize>load<u32>(item, ACCEPT_SET)) << 2));
    if (stampStart < 0 || plan === 0) return number;
    store<u32>(line, load<u32>(item));
    store<i32>(line, stampStart, 4);
    store<u32>(line, load<u32>(item, STAMP_END), 8);
    store<u32>(line, load<u32>(item, ITEM_END), 12);
    store<u32>(line, plan, 16);
    item += ITEM_BYTES;
    line += LINE_BYTES;
  }
  return count;
}

/**
 * Searches in lines from one on until it is not known what one comes to.
 *
 * @param by what makes offsets addresses
 * @returns the number of that line; or how many there are
 */
export function searchLines(from: i32, count: i32, by: usize): i32 {
  if (from === 0) free = LINE_PLACES;
  for (let number = from; number < count; number++) {
    const line = LINES + <usize>number * LINE_BYTES;
    const start = load<u32>(line) + by;
    const cutStart = load<u32>(line, 4) + by;
    const cutEnd = load<u32>(line, 8) + by;
    const end = load<u32>(line, 12) + by;
    const found = FOUND + <usize>number * FOUND_BYTES;
    if (!take(start, cutStart, cutEnd, end)) return number;
    if (!search(load<u32>(line, 16), found)) return number;
  }
  return count;
}
