/**
 * A ban as the database remembers it (B§5.3), and what is remembered of an ID's past (B§5.7).
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { Ticket } from "./ticket.ts";

/** Ban time of a row from before the column existed: whatever the jail's is (B§5.3). */
export const UNKNOWN_BANTIME: Seconds = -2;

/** The last ban of an ID in one jail. */
export interface StoredBan extends Pick<Ticket, "id" | "matches" | "data"> {
  /** time of the last failure, whole seconds */
  readonly at: EpochSeconds;
  /** at the time of writing; −1 for ever, −2 unknown */
  readonly bantime: Seconds;
  /** number of bans so far, this one included */
  readonly bancount: number;
  /** `<failures>`; neither they nor the lines are among the data */
  readonly failures: number;
}

/** What is known of an ID's earlier bans. */
export interface BanHistory {
  /** number of bans */
  readonly count: number;
  /** time of the last one */
  readonly lastAt: EpochSeconds;
  /** its ban time; over all jails the sum of them */
  readonly bantime: Seconds;
}
