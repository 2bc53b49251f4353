/**
 * What gaoler remembers across restarts, as the rest sees it: jails, log positions, bans (B§5). No method throws: what goes wrong
 * is told by events, and the store goes on from memory until its file works again.
 * @module
 */

import type { FailingId, FailureChanges } from "../ban/failing-id.ts";
import type { BanHistory, StoredBan } from "../ban/stored-ban.ts";
import type { Ban } from "../ban/ticket.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { MatchLine } from "../filter/failure.ts";

/** How far a log was read. */
export interface LogPosition {
  /** SHA-1 of the first line with its newline, hex; empty while there is none (A§5.1) */
  readonly hash: string;
  /** bytes; for journals the time of the last entry, seconds */
  readonly position: number;
}

/** Lines and failures of all remembered bans of an address (B§5.7). */
export interface StoredMatches {
  /** the last ones, oldest first */
  readonly matches: readonly MatchLine[];
  readonly failures: number;
}

export interface StoreOptions {
  readonly observe: Observe;
  readonly clock: Clock;
  /** lines kept with a ban, default 10; 0 keeps none */
  readonly dbmaxmatches?: number;
  /** age at which bans are forgotten, default one day */
  readonly dbpurgeage?: Seconds;
  /** how long the opening waits for a program that has the file for itself, milliseconds; default not at all */
  readonly patience?: number;
  /** does something after a while: transactions that follow each other closely are gathered then into one; without it each is its own */
  readonly later?: (work: () => void, after: Seconds) => void;
  /** told when the file takes no writes, and they begin to wait */
  readonly waits?: () => void;
}

export interface BanStore {
  /** where it is kept: a file or `:memory:` */
  readonly path: string;
  /** writes that wait in memory because the file does not take them */
  readonly pendingWrites: number;
  /** `false`: the file could not be opened, so nothing is known of earlier bans and positions yet */
  readonly isReadable: boolean;
  dbmaxmatches: number;
  dbpurgeage: Seconds;

  /** Who is told once a file that could not be opened at first can be read. */
  onReadable(listener: () => void): void;
  /** Writes what waits if the file takes it, and looks what other programs did to it; the caller does so now and then, and every second while something waits. */
  tend(): void;

  /**
   * Runs `fn` and writes what it stores in one go. Much cheaper than one by one. What `fn` throws comes through, after what
   * it stored until then was written.
   */
  transaction<T>(fn: () => T): T;

  /** Jails that are marked as running: right after opening, those that the last daemon did not stop in order. */
  runningJails(): readonly string[];
  allJailsDisabled(): void;
  addJail(name: string): void;
  disableJail(name: string): void;

  logPosition(jail: string, path: string): LogPosition | undefined;
  saveLogPosition(jail: string, path: string, hash: string, position: number): void;

  /** Remembers a ban with the ban time it was given; not one that is over already (B§5.4). */
  saveBan(jail: string, ban: Ban, bantime: Seconds): void;
  /** Forgets all bans of exactly this text in the jail (B§2.6). */
  deleteBan(jail: string, id: string): void;
  deleteBans(jail: string): void;

  /** Last bans of the jail that have not ended by their own time, ordered by ID (B§5.6). */
  currentBans(jail: string, now: EpochSeconds): StoredBan[];
  /** The same, read as they are asked for, `limit` at a time; 0 or more portions, none of them empty. */
  currentBanPortions(jail: string, now: EpochSeconds, limit: number): Iterable<readonly StoredBan[]>;
  /** Earlier bans of an ID in one jail, or over all of them. */
  history(id: string, jail: string | undefined): BanHistory | undefined;
  matchesOf(id: string, jail: string | undefined): StoredMatches;

  /** Another number once the file is another: what was kept in it so far may be gone. */
  readonly edition: number;
  /** Keeps what a jail counts; to be called in one transaction with the positions of the logs that were counted. */
  saveFailures(jail: string, changes: FailureChanges): void;
  /** IDs that a jail counted and that have failed after a moment, the longest silent first; older ones are forgotten. */
  failures(jail: string, since: EpochSeconds): FailingId[];

  /** Forgets old bans and unused jails (B§5.5); the caller does so hourly. */
  purge(now: EpochSeconds): void;
  close(): void;
}
