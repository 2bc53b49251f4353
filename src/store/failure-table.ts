/**
 * The table of our own beside fail2ban's: what is counted of failing IDs, kept together with how far the logs were read, so that a
 * kill between somebody's lines neither loses nor repeats them. fail2ban and its dashboards never look at it. It is made when
 * there is something to keep.
 * @module
 */
import type { Write } from "./connection.ts";

/** IDs of a jail that are read back; the longest silent give way. */
const MAX_FAILING_IDS = 100_000;

const COLUMNS = "jail, id, first, last, retry, data";

/** Goes before every other write here, as another program may have taken the table away. */
export const CREATE_FAILURES: Write = {
  sql: `CREATE TABLE IF NOT EXISTS gaolerFailures(
    jail TEXT NOT NULL,
    id TEXT NOT NULL,
    first REAL NOT NULL,
    last REAL NOT NULL,
    retry REAL NOT NULL,
    data JSON,
    PRIMARY KEY(jail, id)
  )`,
  values: [],
  isBasis: true,
};
export const HAS_FAILURES = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'gaolerFailures'";
export const SAVE_FAILING = `INSERT OR REPLACE INTO gaolerFailures(${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`;
export const DELETE_FAILING = "DELETE FROM gaolerFailures WHERE jail = ? AND id = ?";
export const DELETE_FAILURES = "DELETE FROM gaolerFailures WHERE jail = ?";
/** Those that are silent since a moment. */
export const DELETE_SILENT = "DELETE FROM gaolerFailures WHERE jail = ? AND last <= ?";
/** A running jail forgets by itself. */
export const PURGE_FAILURES = `DELETE FROM gaolerFailures
  WHERE last < ? AND jail NOT IN (SELECT name FROM jails WHERE enabled = 1)`;
/** The last to fail first. */
export const SELECT_FAILURES = `SELECT ${COLUMNS} FROM gaolerFailures WHERE jail = ? AND last > ?
  ORDER BY last DESC, rowid DESC LIMIT ${MAX_FAILING_IDS}`;

/** The name by which what waits for the file is known: of an ID of a jail, or of all of them. */
export function failuresKey(jail: string, id?: string): string {
  // the lengths tell where the names end; made for each count, and needed for few
  return id === undefined ? `failures ${jail}` : `failure ${jail.length} ${jail} ${id}`;
}
