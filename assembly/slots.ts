/**
 * The slots of `src/filter/slot-table.ts`, in AssemblyScript: the same table, of the same numbers at the same places.
 * Hot: per failing line of a session.
 * @module
 */

/** The same number stands in src/scan/plain-lines.ts. */
const SLOTS: usize = 2110208;
/** Sessions remembered at once, as `MAX_SESSIONS` of src/filter/sessions.ts; where things lie, src/filter/slot-table.ts says, too. */
const LIMIT: usize = 100;
const CHAINS: u32 = 128;
/** Characters at the end of a text that its number is made of. */
const CHOOSING_CHARS: usize = 8;

const EMPTY: usize = SLOTS;
const FIRST: usize = SLOTS + 4;
const LAST: usize = SLOTS + 8;
const SIZE: usize = SLOTS + 12;
const CHAIN: usize = SLOTS + 16;
const MIXED: usize = CHAIN + 4 * CHAINS;
const CHAINED: usize = MIXED + 4 * LIMIT;
const BEFORE: usize = CHAINED + 4 * LIMIT;
const AFTER: usize = BEFORE + 4 * LIMIT;

export const NO_SLOT: i32 = -1;

function chainOf(mixed: u32): usize {
  return CHAIN + ((<usize>(mixed & (CHAINS - 1))) << 2);
}

function read(column: usize, slot: i32): i32 {
  return load<i32>(column + ((<usize>slot) << 2));
}

function put(column: usize, slot: i32, value: i32): void {
  store<i32>(column + ((<usize>slot) << 2), value);
}

/** All that can be said of a text in a number. */
export function mixOf(from: usize, to: usize): u32 {
  const length = to - from;
  let mixed: u32 = <u32>length;
  for (let at = length > CHOOSING_CHARS ? to - CHOOSING_CHARS : from; at < to; at++)
    mixed = mixed * 31 + load<u8>(at);
  return mixed ^ (mixed >> 7);
}

/** The first slot of that number. */
export function find(mixed: u32): i32 {
  let slot = load<i32>(chainOf(mixed));
  while (slot !== NO_SLOT && read(MIXED, slot) !== <i32>mixed) slot = read(CHAINED, slot);
  return slot;
}

/** Takes a slot for the number: an empty one, or that of the one taken first, which is gone then. */
export function take(mixed: u32): i32 {
  if (load<u32>(SIZE) >= <u32>LIMIT) remove(load<i32>(FIRST));
  const slot = load<i32>(EMPTY);
  store<i32>(EMPTY, read(CHAINED, slot));
  put(MIXED, slot, <i32>mixed);
  const chain = chainOf(mixed);
  put(CHAINED, slot, load<i32>(chain));
  store<i32>(chain, slot);
  const last = load<i32>(LAST);
  put(BEFORE, slot, last);
  put(AFTER, slot, NO_SLOT);
  if (last === NO_SLOT) store<i32>(FIRST, slot);
  else put(AFTER, last, slot);
  store<i32>(LAST, slot);
  store<u32>(SIZE, load<u32>(SIZE) + 1);
  return slot;
}

function remove(slot: i32): void {
  const chain = chainOf(read(MIXED, slot));
  const next = read(CHAINED, slot);
  let other = load<i32>(chain);
  if (other === slot) store<i32>(chain, next);
  else {
    while (other !== NO_SLOT && read(CHAINED, other) !== slot) other = read(CHAINED, other);
    if (other !== NO_SLOT) put(CHAINED, other, next);
  }
  const before = read(BEFORE, slot);
  const after = read(AFTER, slot);
  if (before === NO_SLOT) store<i32>(FIRST, after);
  else put(AFTER, before, after);
  if (after === NO_SLOT) store<i32>(LAST, before);
  else put(BEFORE, after, before);
  put(CHAINED, slot, load<i32>(EMPTY));
  store<i32>(EMPTY, slot);
  store<u32>(SIZE, load<u32>(SIZE) - 1);
}
