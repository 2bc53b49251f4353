/**
 * Numbers out of many runs. Knows nothing of what was measured.
 * @module
 */

/** The one in the middle; of two in the middle the lower. `NaN` of none. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The least value that so large a share of all does not exceed (nearest rank); `NaN` of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

/** By how much each value exceeds the one before it, by the line that fits them best; `NaN` of fewer than two. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [rise, spread] = [0, 0];
  for (const [index, value] of values.entries()) {
    rise += (index - middle) * (value - mean);
    spread += (index - middle) ** 2;
  }
  return rise / spread;
}
