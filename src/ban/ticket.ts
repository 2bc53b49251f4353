/**
 * Tickets: who failed how often, and bans: who is locked out until when (A§3.1, B§4.4).
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { DataValue, MatchLine } from "../filter/failure.ts";

/** An ID that failed often enough; input of the ban decision. */
export interface Ticket {
  readonly id: string;
  /** captured address where the ID is something else, else the ID */
  readonly ip: string;
  /** time of the last failure; the ban counts from here */
  readonly at: EpochSeconds;
  /** `<failures>` */
  readonly attempts: number;
  readonly matches: readonly MatchLine[];
  /** data of the first failure */
  readonly data: ReadonlyMap<string, DataValue>;
  /** own ban time; `undefined` follows the jail's; negative: for ever */
  readonly bantime: Seconds | undefined;
  /** number of bans so far, without this one */
  readonly bancount: number;
  /** came from the database */
  readonly restored: boolean;
}

/** A ban in force. */
export interface Ban extends Ticket {
  /** number of bans, this one included */
  readonly bancount: number;
}
