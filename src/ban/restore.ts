/**
 * Which stored bans come back when a jail starts, and for how long (B§5.6, A§3.5).
 * Knows no database and no ignore list; the caller asks both.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { type StoredBan, UNKNOWN_BANTIME } from "./stored-ban.ts";
import type { Ticket } from "./ticket.ts";

export interface RestoreTerms {
  /** the jail's ban time; negative: for ever */
  readonly bantime: Seconds;
  /** ban times grow */
  readonly increment: boolean;
  /** upper limit of growing ban times */
  readonly maxtime: Seconds | undefined;
  /** matched lines kept */
  readonly maxmatches: number;
}

/** Longest time a restored ban may have; `undefined`: any. */
function capOf(terms: RestoreTerms): Seconds | undefined {
  const cap = terms.increment ? terms.maxtime : terms.bantime;
  return cap === undefined || cap < 0 ? undefined : cap;
}

/** The ban time a stored ban comes back with, or `undefined` if it does not come back. */
function restoredBantime(stored: StoredBan, terms: RestoreTerms, now: EpochSeconds): Seconds | undefined {
  if (stored.bantime >= 0 && stored.at + stored.bantime <= now) return undefined;
  const wanted = stored.bantime <= UNKNOWN_BANTIME ? terms.bantime : stored.bantime;
  const cap = capOf(terms);
  const bantime = cap !== undefined && (wanted < 0 || wanted > cap) ? cap : wanted;
  return bantime >= 0 && stored.at + bantime <= now ? undefined : bantime;
}

/**
 * Tickets of the stored bans that are still in force under the jail's present terms, in the order given. The time of the last
 * failure is kept, so what is left of a ban runs on.
 */
export function restoreBans(stored: readonly StoredBan[], terms: RestoreTerms, now: EpochSeconds): Ticket[] {
  const tickets: Ticket[] = [];
  for (const ban of stored) {
    const bantime = restoredBantime(ban, terms, now);
    if (bantime === undefined) continue;
    const ip = ban.data.get("ip");
    tickets.push({
      id: ban.id,
      ip: typeof ip === "string" ? ip : ban.id,
      at: ban.at,
      attempts: ban.failures,
      matches: terms.maxmatches > 0 ? ban.matches.slice(-terms.maxmatches) : [],
      data: ban.data,
      bantime,
      bancount: ban.bancount,
      restored: true,
    });
  }
  return tickets;
}
