/**
 * Changes inputs with dice: bits, bytes, copies, cuts, words of the target, pieces of other inputs, and long repetitions.
 * @module
 */
import type { Dice } from "../dice.ts";

/** Longest input, bytes; a log line has about as many. */
export const MAX_BYTES = 70_000;
const ODD_BYTES = [
  0, 1, 9, 10, 13, 32, 34, 37, 39, 40, 41, 42, 59, 60, 62, 63, 91, 92, 93, 123, 124, 125, 127, 128, 192, 237,
  255,
];
const ODD_TEXTS = [
  "\u{1f600}",
  "é",
  "\u2028",
  "\ufeff",
  "\u0130",
  "\u017f",
  "٣",
  "\r\n",
  "\0",
  "%(",
  ")s",
  "<",
  ">",
  "0x7fffffff",
  "9".repeat(20),
];

function splice(input: Buffer, at: number, remove: number, insert: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, at), insert, input.subarray(at + remove)]);
}

function changedOnce(dice: Dice, input: Buffer, words: readonly string[], other: Buffer): Buffer {
  const at = dice.below(input.length + 1);
  const length = dice.below(Math.min(64, input.length - at + 1));
  switch (dice.below(10)) {
    case 0: {
      const copy = Buffer.from(input);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8));
      return copy;
    }
    case 1:
      return splice(input, at, 1, Buffer.of(dice.pick(ODD_BYTES)));
    case 2:
      return splice(input, at, 0, Buffer.of(dice.below(256)));
    case 3:
      return splice(input, at, length, Buffer.alloc(0));
    case 4:
      return splice(input, at, 0, input.subarray(at, at + length));
    case 5:
      return splice(input, at, dice.below(3), Buffer.from(dice.pick(words)));
    case 6:
      return splice(input, at, 0, Buffer.from(dice.pick(ODD_TEXTS)));
    case 7: {
      const from = dice.below(other.length + 1);
      return splice(input, at, length, other.subarray(from, from + dice.below(200)));
    }
    case 8: {
      const piece = input.subarray(at, at + 1 + dice.below(6));
      const times = dice.once(20) ? 5000 : 1 + dice.below(40);
      return splice(input, at, 0, Buffer.concat(Array.from({ length: times }, () => piece)));
    }
    default:
      return splice(input, at, input.length, Buffer.alloc(0));
  }
}

/** A changed copy. */
export function mutated(dice: Dice, input: Buffer, words: readonly string[], other: Buffer): Buffer {
  let result = input;
  const count = 1 + dice.few(2, 8);
  for (let index = 0; index < count; index++) result = changedOnce(dice, result, words, other);
  return result.length > MAX_BYTES ? result.subarray(0, MAX_BYTES) : result;
}

/** What may be spent on one input that fails: tries, and milliseconds. */
const MAX_TRIES = 2000;
const MAX_MS = 20_000;

/** A shorter input that fails as well: halves, then ever smaller parts are left out. */
export function minimised(input: Buffer, fails: (shorter: Buffer) => boolean): Buffer {
  let best = input;
  let tries = MAX_TRIES;
  const end = performance.now() + MAX_MS;
  for (
    let part = Math.ceil(best.length / 2);
    part >= 1 && tries > 0 && performance.now() < end;
    part = Math.floor(part / 2)
  ) {
    for (let at = 0; at < best.length && tries > 0 && performance.now() < end; tries--) {
      const shorter = splice(best, at, part, Buffer.alloc(0));
      if (fails(shorter)) best = shorter;
      else at += part;
    }
  }
  return best;
}
