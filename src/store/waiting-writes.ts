/**
 * Writes that a file does not take just now: done in memory, so that readers find them, and kept in order for the file.
 * Knows no file; does not decide when it is tried again.
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import { BoundedMap } from "../base/bounded-map.ts";
import type { EpochSeconds } from "../base/units.ts";
import { Connection, type Row, type Write } from "./connection.ts";
import { connectSqlite, MEMORY, openDatabase } from "./open-database.ts";
import { reasonOf, troubleOf } from "./sqlite-error.ts";

/** Groups of writes that wait at once; past it the oldest are lost, and said to be. */
const MAX_GROUPS = 50_000;

export class WaitingWrites {
  readonly #complain: (text: string) => void;
  readonly #memory: Connection | undefined;
  readonly #groups: (readonly Write[])[] = [];
  readonly #hidden = new BoundedMap<string, true>({ limit: MAX_GROUPS });
  #lost = 0;

  constructor(now: EpochSeconds, complain: (text: string) => void) {
    this.#complain = complain;
    const opened = openDatabase(MEMORY, { observe: () => undefined, now, connect: connectSqlite });
    if (opened.kind !== "open") return;
    // rows in memory refer to jails that only the file has
    opened.database.exec("PRAGMA foreign_keys=OFF");
    this.#memory = new Connection(opened.database);
  }

  /** Groups that wait. */
  get length(): number {
    return this.#groups.length;
  }

  /** Groups that had to be let go. */
  get lost(): number {
    return this.#lost;
  }

  /** Rows of what waits; none where reading fails. */
  rows(sql: string, values: readonly SQLInputValue[]): readonly Row[] {
    try {
      return this.#memory?.all(sql, ...values) ?? [];
    } catch (error) {
      this.#complain(`Error reading of database in memory: ${reasonOf(error)}`);
      return [];
    }
  }

  /** Whether the file still has rows of this name although they were deleted (`Write.hides`). */
  hides(name: string): boolean {
    return this.#hidden.has(name);
  }

  /** Shows writes to readers; `queue` keeps them for the file. */
  apply(writes: readonly Write[]): void {
    for (const { hides } of writes) if (hides !== undefined) this.#hidden.set(hides, true);
    try {
      this.#memory?.group(writes);
    } catch (error) {
      this.#complain(`Error writing to database in memory: ${reasonOf(error)}`);
    }
  }

  queue(writes: readonly Write[]): void {
    this.#groups.push(writes);
    if (this.#groups.length <= MAX_GROUPS) return;
    // a tenth at once, so that a full queue is not moved for each write
    this.#lost += this.#groups.splice(0, MAX_GROUPS / 10).length;
    this.#complain("Too many changes wait for the database, the oldest are lost");
  }

  /**
   * Writes all that waits, in order; what the database refuses for its content is told and left out.
   *
   * @throws what else SQLite throws; everything waits on
   */
  writeTo(file: Connection): void {
    file.begin();
    for (const writes of this.#groups) for (const write of writes) this.#replay(file, write);
    file.commit();
  }

  /** Never throws. */
  close(): void {
    this.#memory?.close();
  }

  #replay(file: Connection, write: Write): void {
    try {
      file.run(write);
    } catch (error) {
      if (troubleOf(error) !== "refused") throw error;
      this.#complain(`Error writing to fail2ban database: ${reasonOf(error)}`);
    }
  }
}
