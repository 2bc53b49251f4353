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
