/**
 * One open database with its prepared statements and groups of writes. Throws what SQLite throws.
 * @module
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { troubleOf } from "./sqlite-error.ts";

/** One statement with its values. */
export interface Write {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  /** name of the rows that it deletes: while it waits for the file, readers must not take them from there */
  readonly hides?: string;
  /** sees to it that something is there: done once in a transaction, the same write need not be done again in it */
  readonly isBasis?: boolean;
  /** may take away what others saw to */
  readonly undoesBasis?: boolean;
}

/** Writes that belong together. */
export interface Change {
  readonly writes: readonly Write[];
  /** while it waits for the file, an earlier change of this name is needed no more */
  readonly replaces?: string;
  /** where too much waits, it goes before others do */
  readonly isExpendable?: boolean;
}

export type Row = Readonly<Record<string, SQLOutputValue>>;

export class Connection {
  readonly #database: DatabaseSync;
  /** by text; the texts are constants, so there are only so many */
  readonly #statements = new Map<string, StatementSync>();
  /** what is there as long as the transaction lasts (`Write.isBasis`) */
  readonly #basis = new Set<Write>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** A transaction was begun and neither committed nor taken back. */
  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  run(write: Write): void {
    if (write.isBasis === true && this.#basis.has(write)) return;
    this.#prepare(write.sql).run(...write.values);
    if (write.isBasis === true && this.#database.isTransaction) this.#basis.add(write);
    else if (write.undoesBasis === true) this.#basis.clear();
  }

  /** What the database refuses for its content is told, and left out with all that follows it in the change. */
  make({ writes }: Change, refused: (error: unknown) => void): void {
    try {
      for (const write of writes) this.run(write);
    } catch (error) {
      if (troubleOf(error) !== "refused") throw error;
      refused(error);
    }
  }

  all(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  /** How long a statement waits for other programs, milliseconds. */
  setPatience(milliseconds: number): void {
    this.#database.exec(`PRAGMA busy_timeout=${milliseconds}`);
  }

  /** Gives back memory that pages of the file are kept in. */
  rest(): void {
    this.#database.exec("PRAGMA shrink_memory");
  }

  begin(): void {
    this.#basis.clear();
    this.#prepare("BEGIN IMMEDIATE").run();
  }

  commit(): void {
    this.#basis.clear();
    this.#prepare("COMMIT").run();
  }

  /** Takes back what was begun, if SQLite has not done so itself. Never throws. */
  rollback(): void {
    this.#basis.clear();
    try {
      if (this.#database.isTransaction) this.#prepare("ROLLBACK").run();
    } catch {
      // the error that led here is the one that is told
    }
  }

  /** All that the database does not refuse for its content, or nothing. */
  makeAll(changes: readonly Change[], refused: (error: unknown) => void): void {
    this.begin();
    try {
      for (const change of changes) this.make(change, refused);
      this.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Lets go of a file that is not to be touched any more. Never throws. */
  abandon(): void {
    try {
      if (this.#database.isOpen) this.#database.close();
    } catch {
      // nothing more can be done for it
    }
  }

  /** Never throws. */
  close(): void {
    try {
      // takes away the empty journal file
      if (this.#database.isOpen) this.#database.exec("PRAGMA journal_mode=DELETE");
    } catch {
      // a locked file keeps it; it harms nobody
    }
    this.abandon();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
