/**
 * The tables of the database, version 4 (B§5.2), and the steps from older versions (B§5.8).
 * Knows no file: backup copies are the opener's business.
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

export const SCHEMA_VERSION = 4;

const JAILS = `
  CREATE TABLE IF NOT EXISTS jails(
    name TEXT NOT NULL UNIQUE,
    enabled INTEGER NOT NULL DEFAULT 1
  );
  CREATE INDEX IF NOT EXISTS jails_name ON jails(name);`;

const LOGS = `
  CREATE TABLE IF NOT EXISTS logs(
    jail TEXT NOT NULL,
    path TEXT,
    firstlinemd5 TEXT,
    lastfilepos INTEGER DEFAULT 0,
    FOREIGN KEY(jail) REFERENCES jails(name) ON DELETE CASCADE,
    UNIQUE(jail, path),
    UNIQUE(jail, path, firstlinemd5)
  );
  CREATE INDEX IF NOT EXISTS logs_path ON logs(path);
  CREATE INDEX IF NOT EXISTS logs_jail_path ON logs(jail, path);`;

const BANS = `
  CREATE TABLE IF NOT EXISTS bans(
    jail TEXT NOT NULL,
    ip TEXT,
    timeofban INTEGER NOT NULL,
    bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL DEFAULT 1,
    data JSON,
    FOREIGN KEY(jail) REFERENCES jails(name)
  );
  CREATE INDEX IF NOT EXISTS bans_jail_timeofban_ip ON bans(jail, timeofban);
  CREATE INDEX IF NOT EXISTS bans_jail_ip ON bans(jail, ip);
  CREATE INDEX IF NOT EXISTS bans_ip ON bans(ip);`;

const BIPS = `
  CREATE TABLE IF NOT EXISTS bips(
    ip TEXT NOT NULL,
    jail TEXT NOT NULL,
    timeofban INTEGER NOT NULL,
    bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL DEFAULT 1,
    data JSON,
    PRIMARY KEY(ip, jail),
    FOREIGN KEY(jail) REFERENCES jails(name)
  );
  CREATE INDEX IF NOT EXISTS bips_timeofban ON bips(timeofban);
  CREATE INDEX IF NOT EXISTS bips_ip ON bips(ip);`;

/** Fills the last bans from the history where they are missing, in order of time. */
export const FILL_BIPS = `
  INSERT OR IGNORE INTO bips(ip, jail, timeofban, bantime, bancount, data)
    SELECT ip, jail, timeofban, bantime, bancount, data FROM bans WHERE ip IS NOT NULL
    ORDER BY timeofban DESC, rowid DESC;`;

/** Makes every table and index that is missing; touches nothing that is there. */
export function createTables(database: DatabaseSync): void {
  database.exec(`CREATE TABLE IF NOT EXISTS fail2banDb(version INTEGER);${JAILS}${LOGS}${BANS}${BIPS}`);
}

/** The version a database says it has; `undefined` for one without tables of ours. */
export function readVersion(database: DatabaseSync): number | undefined {
  const table = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'fail2banDb'");
  if (table.get() === undefined) return undefined;
  const version = database.prepare("SELECT max(version) AS version FROM fail2banDb").get()?.["version"];
  return typeof version === "number" ? version : undefined;
}

export function writeVersion(database: DatabaseSync): void {
  database.exec("DELETE FROM fail2banDb");
  database.prepare("INSERT INTO fail2banDb(version) VALUES (?)").run(SCHEMA_VERSION);
}

function hasTable(database: DatabaseSync, name: string): boolean {
  const query = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  return query.get(name) !== undefined;
}

/** Makes a table anew under its own name and copies the rows over; old indices go with the old table. */
function recreate(database: DatabaseSync, name: string, create: string, columns: string): void {
  if (!hasTable(database, name)) return;
  database.exec(`ALTER TABLE ${name} RENAME TO ${name}_old`);
  const indices = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL")
    .all(`${name}_old`);
  for (const { name: index } of indices) database.exec(`DROP INDEX "${String(index).replaceAll('"', '""')}"`);
  const targets = columns.replace(/(?:-?\d+) AS /g, "");
  database.exec(
    `${create} INSERT OR IGNORE INTO ${name}(${targets}) SELECT ${columns} FROM ${name}_old ORDER BY rowid; DROP TABLE ${name}_old;`,
  );
}

/** One step for each version that was; index 0 leads from 1 to 2. */
const STEPS: readonly ((database: DatabaseSync) => void)[] = [
  (database) => recreate(database, "logs", LOGS, "jail, path, firstlinemd5, lastfilepos"),
  (database) => recreate(database, "bans", BANS, "jail, ip, timeofban, -2 AS bantime, 1 AS bancount, data"),
  (database) => {
    createTables(database);
    database.exec(FILL_BIPS);
  },
];

/** Brings a database from an older version to the present one, in one transaction: all of it or nothing. */
export function migrate(database: DatabaseSync, from: number): void {
  // renaming a table would otherwise drag references along, and dropping one would delete their rows
  database.exec("PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON; BEGIN IMMEDIATE");
  try {
    for (const step of STEPS.slice(Math.max(0, from - 1))) step(database);
    createTables(database);
    writeVersion(database);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  } finally {
    database.exec("PRAGMA legacy_alter_table=OFF; PRAGMA foreign_keys=ON");
  }
}
