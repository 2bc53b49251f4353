/**
 * Somebody of whom it is asked whether he is ignored, and what a script may be told about him.
 * @module
 */

import { replaceDynamic, tagsIn } from "../action/tags.ts";
import type { PreparedValues, TicketInfo } from "../action/ticket-info.ts";
import { dynamicValue, NEEDED_VALUES, type NeededValue, ticketInfo } from "../action/ticket-info.ts";
import type { CountedFailure } from "../ban/failing-id.ts";
import type { Ban } from "../ban/ticket.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";

/** A failure, or a ban from before, whose ID may be one that is ignored. */
export type Suspect = Pick<CountedFailure, "id" | "ip" | "at" | "matches" | "data">;

const NO_COUNTS = { banned: 0, bannedTotal: 0, found: 0, foundTotal: 0 };

/** A suspect of whom nothing is known but the ID. */
export function nobodyElse(id: string, at: EpochSeconds): Suspect {
  return { id, ip: undefined, at, matches: [], data: new Map() };
}

/** The suspect as the subject of a script: one failure, no ban. */
export function banOf({ id, ip = id, at, matches, data }: Suspect): Ban {
  return { id, ip, at, attempts: 1, matches, data, bantime: undefined, bancount: 0, restored: false };
}

/** What a script may ask of the suspect. */
export function infoOf(
  suspect: Suspect,
  jail: { readonly name: string; readonly bantime: Seconds },
  prepared: PreparedValues,
): TicketInfo {
  return ticketInfo(banOf(suspect), { jail: jail.name, bantime: jail.bantime, counts: NO_COUNTS, prepared });
}

/** Tags of a text whose values have to be looked up. */
export function neededIn(text: string): ReadonlySet<NeededValue> {
  const tags = tagsIn(text);
  return new Set(NEEDED_VALUES.filter((value) => tags.has(value)));
}

/** A text with the tags replaced, as it is: not for a shell. */
export function fillIn(text: string, info: TicketInfo): string {
  return replaceDynamic(text, (tag) =>
    tag === "family" ? (info.address?.family ?? "None") : dynamicValue(info, tag)?.text,
  );
}
