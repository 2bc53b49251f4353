/**
 * Rounding as Python's `round` does it: halves go to the even neighbour.
 * @module
 */

/** The nearest whole number; of two equally near ones the even one. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
