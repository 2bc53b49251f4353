/**
 * The bans that a jail begins with: those of the database, or without one those of the jail whose place it takes (A§3.5, B§5.6).
 * @module
 */
import { restoreBans } from "../ban/restore.ts";
import type { Ban, Ticket } from "../ban/ticket.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { JailSettings } from "../config/settings.ts";
import type { BanStore } from "../store/store.ts";

/** Bans that are read and come back together. */
const PORTION = 500;

/** Tickets of the bans that come back, whoever of them may be ignored by now, portion by portion. */
export function* bansBefore(
  settings: JailSettings,
  store: BanStore | undefined,
  kept: Iterable<Ban>,
  now: EpochSeconds,
): Generator<readonly Ticket[], undefined> {
  if (store === undefined) {
    const tickets = Array.from(kept, ticketOfBan);
    for (let from = 0; from < tickets.length; from += PORTION) yield tickets.slice(from, from + PORTION);
    return;
  }
  const { increment, ...terms } = settings;
  const { enabled, maxtime } = increment;
  for (const stored of store.currentBanPortions(settings.name, now, PORTION)) {
    yield restoreBans(stored, { ...terms, increment: enabled, maxtime }, now);
  }
}

/** A ban as it comes back: its time and its own ban time stay, entering it counts it again. */
function ticketOfBan(ban: Ban): Ticket {
  return { ...ban, bancount: ban.bancount - 1, restored: true };
}
