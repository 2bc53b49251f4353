/**
 * What actions ask of their jail: its name, its figures, its bans in force, and values that must be looked up.
 * The jail implements it; nothing here knows how.
 * @module
 */
import {
  emptyTicketInfo,
  type JailCounts,
  type NeededValue,
  type PreparedValues,
  type TicketInfo,
  ticketInfo,
} from "../action/ticket-info.ts";
import type { Ban } from "../ban/ticket.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";

export interface JailFacts {
  readonly name: string;
  /** the jail's ban time and figures as they are now */
  figures(): { readonly bantime: Seconds; readonly counts: JailCounts };
  /** the ban in force, as the ledger has it: the desired state */
  banOf(id: string): Ban | undefined;
  /** Looks values up in the database and in DNS; what it does not find it leaves out. Never rejects. */
  prepare?(ban: Ban, needed: ReadonlySet<NeededValue>): Promise<PreparedValues>;
}

/** Binds a ban to what surrounds it now, with those looked-up values that its script needs. */
export async function infoOf(
  jail: JailFacts,
  ban: Ban,
  needed: ReadonlySet<NeededValue>,
): Promise<TicketInfo> {
  const prepared = needed.size > 0 ? await jail.prepare?.(ban, needed) : undefined;
  const context = { jail: jail.name, ...jail.figures() };
  return ticketInfo(ban, prepared === undefined ? context : { ...context, prepared });
}

/** The surroundings of an operation that concerns no ban. */
export function emptyInfoOf(jail: JailFacts, now: EpochSeconds): TicketInfo {
  return emptyTicketInfo(now, { jail: jail.name, ...jail.figures() });
}
