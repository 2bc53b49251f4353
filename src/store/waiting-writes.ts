/**
 * Writes that a file does not take just now: done in memory, so that readers find them, and kept in order for the file.
 * Knows no file; does not decide when it is tried again.
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import { BoundedMap } from "../base/bounded-map.ts";
import { messageOf } from "../base/error-text.ts";
import type { EpochSeconds } from "../base/units.ts";
import { type Change, Connection, type Row } from "./connection.ts";
import { connectSqlite, MEMORY, openDatabase } from "./open-database.ts";

/** Changes that wait at once; past it the oldest are lost, and said to be. */
const MAX_CHANGES = 50_000;
/** The same for those that are expendable. */
const MAX_EXPENDABLE = 100_000;

export class WaitingWrites {
  readonly #complain: (text: string) => void;
  readonly #memory: Connection | undefined;
  /** in the order in which they were made, by name or number */
  readonly #changes = new Map<string | number, Change>();
  #next = 0;
  #expendable = 0;
  readonly #hidden = new BoundedMap<string, true>({ limit: MAX_CHANGES });
  #lost = 0;

  constructor(now: EpochSeconds, complain: (text: string) => void) {
    this.#complain = complain;
    const opened = openDatabase(MEMORY, { observe: () => undefined, now, connect: connectSqlite });
    if (opened.kind !== "open") return;
    // rows in memory refer to jails that only the file has
    opened.database.exec("PRAGMA foreign_keys=OFF");
    this.#memory = new Connection(opened.database);
  }

  /** Changes that wait. */
  get length(): number {
    return this.#changes.size;
  }

  /** Changes that had to be let go. */
  get lost(): number {
    return this.#lost;
  }

  /** Rows of what waits; none where reading fails. */
  rows(sql: string, values: readonly SQLInputValue[]): readonly Row[] {
    try {
      return this.#memory?.all(sql, ...values) ?? [];
    } catch (error) {
      this.#complain(`Error reading of database in memory: ${messageOf(error)}`);
      return [];
    }
  }

  /** Whether the file still has rows of this name although they were deleted (`Write.hides`). */
  hides(name: string): boolean {
    return this.#hidden.has(name);
  }

  /** Shows writes to readers; `queue` keeps them for the file. */
  apply(changes: readonly Change[]): void {
    for (const { writes } of changes) {
      for (const { hides } of writes) if (hides !== undefined) this.#hidden.set(hides, true);
    }
    const failed = (error: unknown): void =>
      this.#complain(`Error writing to database in memory: ${messageOf(error)}`);
    try {
      this.#memory?.makeAll(changes, failed);
    } catch (error) {
      failed(error);
    }
  }

  queue(change: Change): void {
    const key = change.replaces ?? this.#next++;
    const isNew = !this.#changes.delete(key);
    this.#changes.set(key, change);
    if (isNew && change.isExpendable === true) this.#expendable += 1;
    if (this.#expendable > MAX_EXPENDABLE) this.#letGo(MAX_EXPENDABLE / 10, true);
    if (this.#changes.size - this.#expendable > MAX_CHANGES) this.#letGo(MAX_CHANGES / 10, false);
  }

  /**
   * Writes all that waits, in order; what the database refuses for its content is told and left out.
   *
   * @throws what else SQLite throws; everything waits on
   */
  writeTo(file: Connection): void {
    const refused = (error: unknown): void =>
      this.#complain(`Error writing to fail2ban database: ${messageOf(error)}`);
    file.begin();
    for (const change of this.#changes.values()) file.make(change, refused);
    file.commit();
  }

  /** Never throws. */
  close(): void {
    this.#memory?.close();
  }

  /** The oldest, many at once, so that a full queue is not searched for each write. */
  #letGo(count: number, isExpendable: boolean): void {
    let left = count;
    for (const [key, change] of this.#changes) {
      if (left === 0) break;
      if ((change.isExpendable === true) !== isExpendable) continue;
      this.#changes.delete(key);
      left -= 1;
    }
    const gone = count - left;
    if (isExpendable) this.#expendable -= gone;
    this.#lost += gone;
    this.#complain("Too many changes wait for the database, the oldest are lost");
  }
}
