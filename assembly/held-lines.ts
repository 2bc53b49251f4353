/**
 * The lines of sessions that were counted, in AssemblyScript: of each session, by slot, those that there were so far, one behind the other, for
 * whoever asks for the session later. `src/scan/plain-lines.ts` reads them.
 * Hot: per failing line of a session. No bounds are checked here.
 * @module
 */

// Where things lie; the same numbers stand in src/scan/plain-lines.ts.
const HELD: usize = 2112384;
const HELD_BYTES: usize = 1024;
// Of a line: its regex, one more, 0 behind the last line; the length of its text, the part of it that was searched, what moment it was; bytes of
// group places of what was searched first, and of the regex, and of the stamp; and these, then the text and the stamp, which stood before it.
const LENGTH: usize = 4;
const FROM: usize = 8;
const TO: usize = 12;
const SINCE: usize = 16;
const FIRST_BYTES: usize = 24;
const OWN_BYTES: usize = 28;
const STAMP_BYTES: usize = 32;
const PLACES: usize = 40;
/** less what is copied behind the text, and what says that no line follows */
const MAX_HELD: usize = HELD_BYTES - 32;

/** Copies, and up to fifteen bytes more. Of so few bytes that calling what the machine has for it would take longer. */
function copy(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
}

/** The first line of a slot. */
export function heldAt(slot: i32): usize {
  return HELD + <usize>slot * HELD_BYTES;
}

/** The regex of a held line, one more; 0: there is none. */
export function heldRegex(held: usize): u32 {
  return load<u32>(held);
}

export function heldSince(held: usize): f64 {
  return load<f64>(held, SINCE);
}

/** Where the group places of a held line are, of what was searched first and of its regex; and its text. */
export function heldFirst(held: usize): usize {
  return held + PLACES;
}
export function heldOwn(held: usize): usize {
  return held + PLACES + <usize>load<u32>(held, FIRST_BYTES);
}
export function heldText(held: usize): usize {
  return heldOwn(held) + <usize>load<u32>(held, OWN_BYTES);
}
export function heldPart(held: usize): usize {
  return heldText(held) + <usize>load<i32>(held, FROM);
}

/** Where the next line is, in whole words. */
function behind(held: usize): usize {
  return (heldText(held) + <usize>load<u32>(held, LENGTH) + <usize>load<u32>(held, STAMP_BYTES) + 7) & ~7;
}

/**
 * Holds a line behind those of its slot, or as the first one.
 *
 * @param first where the group places of what was searched first lie, right before those of the regex
 * @returns whether there was room
 */
export function hold(
  slot: i32,
  isFirst: bool,
  regex: u32,
  text: usize,
  length: usize,
  from: i32,
  to: i32,
  now: f64,
  first: usize,
  own: usize,
  ownBytes: usize,
  stampBytes: usize,
): bool {
  const begin = heldAt(slot);
  let held = begin;
  if (!isFirst) while (load<u32>(held) !== 0) held = behind(held);
  const firstBytes = own - first;
  const bytes = firstBytes + ownBytes;
  if (held - begin + PLACES + bytes + length + stampBytes > MAX_HELD) return false;
  store<u32>(held, regex + 1);
  store<u32>(held, <u32>length, LENGTH);
  store<i32>(held, from, FROM);
  store<i32>(held, to, TO);
  store<f64>(held, now, SINCE);
  store<u32>(held, <u32>firstBytes, FIRST_BYTES);
  store<u32>(held, <u32>ownBytes, OWN_BYTES);
  store<u32>(held, <u32>stampBytes, STAMP_BYTES);
  copy(held + PLACES, first, bytes);
  copy(held + PLACES + bytes, text, length);
  copy(held + PLACES + bytes + length, text - stampBytes, stampBytes);
  store<u32>(behind(held), 0);
  return true;
}

/** Whether a line of that size can be held as the first one. */
export function fits(bytes: usize): bool {
  return PLACES + bytes <= MAX_HELD;
}
