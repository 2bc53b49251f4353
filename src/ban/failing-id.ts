/**
 * What goes into the count of failures and comes out of it, as plain data. Knows no rule of counting.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { DataValue, MatchLine } from "../filter/failure.ts";
import type { FailRate } from "./fail-rates.ts";
import type { Ticket } from "./ticket.ts";

/** A failure of a known ID. */
export interface CountedFailure {
  /** canonical ID */
  readonly id: string;
  /** captured address where the ID is something else */
  readonly ip: string | undefined;
  /** the line's own time, not that of reading */
  readonly at: EpochSeconds;
  readonly matches: readonly MatchLine[];
  readonly data: ReadonlyMap<string, DataValue>;
  /** how much it adds to the retry count, default 1; `<failures>` grows by 1 all the same (A§3.4) */
  readonly weight?: number;
}

export interface FailCount extends Pick<FailRate, "attempts" | "retry"> {
  /** set when it is enough; the ID is forgotten then */
  readonly ticket?: Ticket;
}

/** What is counted of an ID, as it is kept elsewhere. */
export type FailingId = FailRate & Pick<Ticket, "id" | "ip" | "matches" | "data">;

/** What became of the counts since somebody last asked. */
export interface FailureChanges {
  /** `failing` is all there is: whatever else was kept is outdated */
  readonly isAll: boolean;
  /** in order of their last failure's arrival where all are given */
  readonly failing: readonly FailingId[];
  /** IDs that are counted no more: banned, silent for long, or too many */
  readonly gone: readonly string[];
}
