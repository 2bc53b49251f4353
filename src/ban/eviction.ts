/**
 * Who is forgotten where too many fail at once: a flood of new IDs must not wash out those that keep trying.
 * Hot: per failure under a flood.
 * @module
 */
import type { FailRates } from "./fail-rates.ts";
import { NO_SLOT } from "./id-table.ts";
import type { SlotOrder } from "./slot-order.ts";

/** How many IDs are looked at for one with a single failure before the first of them is forgotten. */
const EVICTION_SCAN = 16;

/**
 * One-time visitors go first. Who tried twice or more is passed over and meets the hand again on its next round; only where there are
 * none but such does the longest silent go.
 *
 * @param newcomer goes himself where there is nobody else
 */
export function victimOf(
  order: Pick<SlotOrder, "turn">,
  rates: Pick<FailRates, "attempts">,
  newcomer: number,
): number {
  let victim = NO_SLOT;
  for (let looked = 0; looked < EVICTION_SCAN; looked++) {
    const slot = order.turn();
    if (slot === NO_SLOT || slot === newcomer) continue;
    if (rates.attempts(slot) <= 1) return slot;
    if (victim === NO_SLOT) victim = slot;
  }
  return victim === NO_SLOT ? newcomer : victim;
}
