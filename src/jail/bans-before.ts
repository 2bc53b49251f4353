/**
 * The bans that a jail begins with: those of the database, or without one those of the jail whose place it takes (A§3.5, B§5.6).
 * @module
 */
import { restoreBans } from "../ban/restore.ts";
import type { Ban, Ticket } from "../ban/ticket.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { JailSettings } from "../config/settings.ts";
import type { BanStore } from "../store/store.ts";

/** Tickets of the bans that come back, whoever of them may be ignored by now. */
export function bansBefore(
  settings: JailSettings,
  store: BanStore | undefined,
  kept: Iterable<Ban>,
  now: EpochSeconds,
): readonly Ticket[] {
  if (store === undefined) return Array.from(kept, ticketOfBan);
  const { increment, ...terms } = settings;
  const { enabled, maxtime } = increment;
  return restoreBans(store.currentBans(settings.name, now), { ...terms, increment: enabled, maxtime }, now);
}

/** A ban as it comes back: its time and its own ban time stay, entering it counts it again. */
function ticketOfBan(ban: Ban): Ticket {
  return { ...ban, bancount: ban.bancount - 1, restored: true };
}
