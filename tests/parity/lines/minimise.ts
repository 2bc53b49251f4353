/**
 * Reduces a log to few lines that still show something (delta debugging).
 * It does not know what they show.
 * @module
 */

/** Trials for one reduction; each starts a program. */
const MAX_TRIALS = 80;

/**
 * A short list of the lines, in their order, for which `shows` still holds; `undefined` where it does not even hold for all of
 * them.
 */
export async function fewest<T>(
  lines: readonly T[],
  shows: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  let trials = 0;
  const tries = async (some: readonly T[]): Promise<boolean> => {
    trials++;
    return await shows(some);
  };
  const last = lines.slice(-1);
  if (await tries(last)) return last;
  if (!(await tries(lines))) return undefined;
  let kept = lines;
  let pieces = 2;
  while (kept.length > 1 && trials < MAX_TRIALS) {
    const size = Math.ceil(kept.length / pieces);
    let isShorter = false;
    for (let at = 0; at < kept.length && trials < MAX_TRIALS; at += size) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (without.length === 0 || !(await tries(without))) continue;
      kept = without;
      pieces = Math.max(2, pieces - 1);
      isShorter = true;
      break;
    }
    if (isShorter) continue;
    if (size === 1) break;
    pieces = Math.min(kept.length, pieces * 2);
  }
  return kept;
}
