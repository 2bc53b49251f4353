/**
 * Opens the database file: makes it, checks it, brings it up to date, repairs it (B§5.1, B§5.8, B§5.9).
 * Knows nothing of bans; the texts are fail2ban's.
 * @module
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../base/error-text.ts";
import type { Level, Observe } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import { atFullLength, salvageRows } from "./salvage.ts";
import { createTables, migrate, readVersion, SCHEMA_VERSION, writeVersion } from "./schema.ts";
import { isLocked, isOutOfSpace, troubleOf } from "./sqlite-error.ts";

export const MEMORY = ":memory:";

/** How long a write waits for another process, milliseconds. The daemon does nothing else meanwhile. */
export const BUSY_TIMEOUT_MS = 250;
/**
 * Pages that are kept in memory, KiB. Under attack a transaction changes more of them than SQLite's usual 2000 KiB hold, and each that has
 * to go meanwhile is written twice; more than this costs more than it saves.
 */
const CACHE_KIB = 8000;
/** Larger files are not read through at the start; damage shows later, then. Bytes. */
const MAX_CHECKED_BYTES = 64 * 1024 * 1024;

/** Makes a connection; tests put faults in here. */
export type Connect = (path: string) => DatabaseSync;

export interface OpenContext {
  readonly observe: Observe;
  readonly now: EpochSeconds;
  readonly connect: Connect;
  /** how long to wait for a program that has the file for itself, milliseconds; none where it is not given */
  readonly patience?: number;
}

export type OpenOutcome =
  | { readonly kind: "open"; readonly database: DatabaseSync }
  /** try again later */
  | { readonly kind: "unavailable" }
  /** written by a newer program: hands off */
  | { readonly kind: "future" };

export function connectSqlite(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
}

function say(context: OpenContext, level: Level, text: string): void {
  context.observe({ type: "message", level, logger: "database", text });
}

/** `FILE.YYYYMMDD-HHMMSS` in UTC, with a number behind it should that exist. */
function backupName(path: string, now: EpochSeconds): string {
  const [date = "", time = ""] = new Date(now * 1000).toISOString().replace(/[-:]/g, "").split(/[T.]/);
  const name = `${path}.${date}-${time}`;
  for (let n = 0; ; n++) {
    const free = n === 0 ? name : `${name}.${n}`;
    if (!existsSync(free)) return free;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Makes the directory's last level and an empty file that only its owner can read: bans tell of users. */
function prepareFile(path: string): void {
  try {
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o755 });
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  } catch {
    // SQLite says what is wrong when it opens the path
  }
}

/**
 * fail2ban keeps its journal in memory, so that a kill in the middle of a write breaks the file. A journal in a file costs some
 * 30 µs a write and does not.
 */
function setPragmas(database: DatabaseSync): void {
  database.exec("PRAGMA foreign_keys=ON; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;");
  database.exec(`PRAGMA cache_size=-${CACHE_KIB}`);
  try {
    database.exec("PRAGMA journal_mode=TRUNCATE");
  } catch (error) {
    // another program has the file open in a mode that it keeps; any mode will do
    if (troubleOf(error) === "damaged") throw error;
  }
}

function checkIntegrity(database: DatabaseSync, path: string): string | undefined {
  if (path === MEMORY || sizeOf(path) > MAX_CHECKED_BYTES) return undefined;
  const verdict = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  // rows that break a constraint are no reason to throw a file away
  return typeof verdict === "string" && verdict !== "ok" && !/^(?:NULL|NUMERIC|TEXT) value in/.test(verdict)
    ? verdict
    : undefined;
}

/** Brings an older database up to date, after a copy of it. */
function upgrade(database: DatabaseSync, path: string, from: number, context: OpenContext): void {
  if (path !== MEMORY) {
    const copy = backupName(path, context.now);
    say(context, "INFO", `Upgrade database: ${copy} from version '${from}'`);
    copyFileSync(path, copy);
    say(context, "INFO", `  Database backup created: ${copy}`);
  }
  migrate(database, from);
  say(context, "WARNING", `Database updated from '${from}' to '${SCHEMA_VERSION}'`);
}

/** Whether the file can be written as far as other programs go. Throws nothing: what else is wrong shows later. */
function isHeldByOthers(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
    return false;
  } catch (error) {
    return isLocked(error);
  }
}

/** At a start what the file holds is worth a wait: bans come back from it, and logs are read on from where they were left. */
function awaitOthers(database: DatabaseSync, path: string, context: OpenContext): void {
  const { patience = 0 } = context;
  if (path === MEMORY || patience <= 0 || !isHeldByOthers(database)) return;
  say(context, "WARNING", `Database '${path}' is locked by another program, waiting up to ${patience} ms`);
  const usual = Number(database.prepare("PRAGMA busy_timeout").get()?.["timeout"] ?? BUSY_TIMEOUT_MS);
  database.exec(`PRAGMA busy_timeout=${patience}`);
  isHeldByOthers(database);
  database.exec(`PRAGMA busy_timeout=${usual}`);
}

/** Tables, version, integrity. Throws what SQLite throws. */
function settle(database: DatabaseSync, path: string, context: OpenContext): OpenOutcome {
  awaitOthers(database, path, context);
  setPragmas(database);
  const version = readVersion(database);
  if (version !== undefined && version > SCHEMA_VERSION) {
    say(context, "ERROR", "Attempt to travel to future version of database ...how did you get here??");
    database.close();
    return { kind: "future" };
  }
  const damage = checkIntegrity(database, path);
  if (damage !== undefined) throw new DamagedError(damage);
  if (version !== undefined && version < SCHEMA_VERSION) upgrade(database, path, version, context);
  createTables(database);
  if (version === undefined) {
    writeVersion(database);
    say(context, "WARNING", `New database created. Version '${SCHEMA_VERSION}'`);
  }
  return { kind: "open", database };
}

/** Found by reading through, not by SQLite's refusal. */
class DamagedError extends Error {
  override readonly name = "DamagedError";
}

const isDamage = (error: unknown): boolean => error instanceof DamagedError || troubleOf(error) === "damaged";

function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // closed already, or beyond closing; the process lets go of it either way
  }
}

/** Opens a database, whatever state it is in. Never throws. */
export function openDatabase(path: string, context: OpenContext): OpenOutcome {
  if (path !== MEMORY) prepareFile(path);
  const connected = connectTo(path, context);
  if (connected === undefined) return { kind: "unavailable" };
  try {
    return settle(connected, path, context);
  } catch (error) {
    closeQuietly(connected);
    const text = `Error opening fail2ban persistent database '${path}': ${messageOf(error)}`;
    say(context, "ERROR", text);
    return isDamage(error) ? repairDatabase(path, context) : { kind: "unavailable" };
  }
}

function connectTo(path: string, context: OpenContext): DatabaseSync | undefined {
  try {
    const database = context.connect(path);
    say(context, "INFO", `Connected to fail2ban persistent database '${path}'`);
    return database;
  } catch (error) {
    say(context, "ERROR", `Error connecting to fail2ban persistent database '${path}': ${messageOf(error)}`);
    return undefined;
  }
}

/** Moves a damaged file away and saves into a new one what can be read of it. Never throws. */
export function repairDatabase(path: string, context: OpenContext): OpenOutcome {
  say(context, "INFO", `Trying to repair database ${path}`);
  const backup = backupName(path, context.now);
  let repaired: DatabaseSync | undefined;
  try {
    moveDatabase(path, backup);
    say(context, "INFO", `  Database backup created: ${backup}`);
    prepareFile(path);
    const database = context.connect(path);
    repaired = database;
    setPragmas(database);
    createTables(database);
    const saved = salvage(backup, database, context);
    if (saved > 0) {
      writeVersion(database);
      say(context, "INFO", `  Repair seems to be successful, restored ${sizeOf(path)} byte(s).`);
    } else {
      say(context, "INFO", "  Repair seems to be failed, restored 0 byte(s).");
      say(context, "ERROR", `  Error repairing of fail2ban database '${path}': Recreate ...`);
    }
    say(context, "INFO", `Connected to fail2ban persistent database '${path}'`);
    return settle(database, path, context);
  } catch (error) {
    say(context, "ERROR", `  Error repairing of fail2ban database '${path}': ${messageOf(error)}`);
    if (repaired !== undefined) closeQuietly(repaired);
    if (isOutOfSpace(error)) putBack(backup, path, context);
    return { kind: "unavailable" };
  }
}

/** A journal belongs to its file: left behind it would be played into the next one. */
function moveDatabase(from: string, to: string): void {
  for (const suffix of ["-journal", "-wal", "-shm", ""]) {
    if (suffix === "" || sizeOf(`${from}${suffix}`) > 0) renameSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}

/** There was no space for what can be saved: another try, later, finds the damaged file where it was. */
function putBack(backup: string, path: string, context: OpenContext): void {
  try {
    if (sizeOf(backup) === 0) return;
    for (const suffix of ["-journal", ""]) rmSync(`${path}${suffix}`, { force: true });
    moveDatabase(backup, path);
    say(context, "INFO", `  Database '${path}' is left as it was until there is space`);
  } catch (error) {
    say(context, "ERROR", `  Error repairing of fail2ban database '${path}': ${messageOf(error)}`);
  }
}

function salvage(backup: string, target: DatabaseSync, context: OpenContext): number {
  try {
    return atFullLength(backup, () => {
      const source = context.connect(backup);
      try {
        return salvageRows(source, target);
      } finally {
        closeQuietly(source);
      }
    });
  } catch (error) {
    if (isOutOfSpace(error)) throw error;
    say(context, "ERROR", `  Error reading of database backup '${backup}': ${messageOf(error)}`);
    return 0;
  }
}
