/**
 * What a leap compares, in AssemblyScript: sixteen bytes at once. `src/scan/leaps.ts` makes the patterns.
 * Hot: per leap.
 * @module
 */

/** Where a pattern's second half lies. */
const SECOND: usize = 16;

/** Whether the bytes are each between the lowest ones of a pattern and what may be above them. */
export function isStretch(pattern: usize, place: usize): bool {
  const above = i8x16.sub(v128.load(place), v128.load(pattern));
  return i8x16.all_true(i8x16.eq(i8x16.min_u(above, v128.load(pattern, SECOND)), above));
}

/** The first place whose byte is none of a pattern's; one at or behind the end if none comes before it. */
export function afterRun(pattern: usize, from: usize, end: usize): usize {
  const lower = v128.load(pattern);
  const upper = v128.load(pattern, SECOND);
  let place = from;
  while (true) {
    const bytes = v128.load(place);
    const byLower = i8x16.swizzle(lower, v128.and(bytes, i8x16.splat(15)));
    const byUpper = i8x16.swizzle(upper, i8x16.shr_u(bytes, 4));
    const others = i8x16.bitmask(i8x16.eq(v128.and(byLower, byUpper), i8x16.splat(0)));
    if (others !== 0) return place + ctz(others);
    place += 16;
    if (place >= end) return place;
  }
}

/** The address that was found last: its shape, and the place behind it. */
export let quadShape: usize = 0;
export let quadEnd: usize = 0;

/** Whether an IPv4 address begins at a place, with neither digit nor dot behind it; as src/scan/quads.ts says. */
export function isQuad(place: usize): bool {
  const bytes = v128.load(place);
  const digits = i8x16.bitmask(i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10)));
  let dots = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(46)));
  const length = ctz(~(digits | dots));
  dots &= (1 << length) - 1;
  // digits of each number, less one
  const dot1 = ctz(dots);
  dots &= dots - 1;
  const dot2 = ctz(dots);
  dots &= dots - 1;
  const dot3 = ctz(dots);
  dots &= dots - 1;
  const first: u32 = dot1 - 1;
  const second: u32 = dot2 - dot1 - 2;
  const third: u32 = dot3 - dot2 - 2;
  const fourth: u32 = length - dot3 - 2;
  quadShape = first + 3 * second + 9 * third + 27 * fourth;
  quadEnd = place + length;
  return (dots === 0) & (first < 3) & (second < 3) & (third < 3) & (fourth < 3);
}
