/**
 * Addresses as they are printed, in AssemblyScript: what of a group needs no further look.
 * Hot: per line that is counted.
 * @module
 */
import { isQuad, quadEnd, quadShape } from "./leaps.ts";

const ZERO: u32 = 48;
const COLON: u32 = 58;
const LOWER_A: u32 = 97;

/** Whether it is a number up to 255 as it is printed. @param lessOne its digits, less one: 0 to 2 */
function isOctet(digits: usize, lessOne: u32): bool {
  // the last digit comes to lie in the third byte, and zeros before the first
  const aligned = (load<u32>(digits) << ((2 - lessOne) << 3)) & 0x0f0f0f;
  const value = (aligned & 0xf) * 100 + ((aligned >> 8) & 0xf) * 10 + (aligned >> 16);
  return value <= 255 && (lessOne === 0 || load<u8>(digits) !== ZERO);
}

/** Whether what stands there is an IPv4 address as it is printed. */
export function isPrintedQuad(start: usize, end: usize): bool {
  if (!isQuad(start) || quadEnd !== end) return false;
  const first = <u32>(quadShape % 3);
  const second = <u32>((quadShape / 3) % 3);
  const third = <u32>((quadShape / 9) % 3);
  const fourth = <u32>(quadShape / 27);
  const secondAt = start + first + 2;
  const thirdAt = secondAt + second + 2;
  const fourthAt = thirdAt + third + 2;
  return (
    isOctet(start, first) && isOctet(secondAt, second) && isOctet(thirdAt, third) && isOctet(fourthAt, fourth)
  );
}

/** Whether it is an IPv6 address as it is printed, as `isPrintedIp6` of src/address/address.ts has it. */
export function isPrintedIp6(start: usize, end: usize): bool {
  let groups = 0;
  let digits = 0;
  let gap = -1;
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte === COLON) {
      if (digits === 0) {
        // the second of two, behind a group
        if (gap >= 0 || groups === 0) return false;
        gap = groups;
      }
      digits = 0;
    } else {
      const isDigit = byte - ZERO < 10 || byte - LOWER_A < 6;
      if (!isDigit || (digits === 0 && byte === ZERO) || digits === 4) return false;
      if (digits === 0) groups++;
      digits++;
    }
  }
  return digits > 0 && (gap < 0 ? groups === 8 : groups <= 6);
}
