/**
 * Jails, log positions and bans in a SQLite file that fail2ban and its dashboards read as their own (B§5).
 * Knows what is stored and how it is asked for; that the file may fail is `resilient-database.ts`'s business.
 * @module
 */

import type { FailingId, FailureChanges } from "../ban/failing-id.ts";
import type { BanHistory, StoredBan } from "../ban/stored-ban.ts";
import type { Ban } from "../ban/ticket.ts";
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import { roundHalfEven } from "../base/rounding.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { MatchLine } from "../filter/failure.ts";
import type { Row, Write } from "./connection.ts";
import {
  CREATE_FAILURES,
  DELETE_FAILING,
  DELETE_FAILURES,
  DELETE_SILENT,
  failuresKey,
  HAS_FAILURES,
  PURGE_FAILURES,
  SAVE_FAILING,
  SELECT_FAILURES,
} from "./failure-table.ts";
import type { Connect } from "./open-database.ts";
import { ResilientDatabase } from "./resilient-database.ts";
import type { BanStore, LogPosition, StoredMatches, StoreOptions } from "./store.ts";
import { deletionKey, failingId, numberIn, standing, storedBan } from "./stored-rows.ts";
import { decodeTicketData, encodeFailing, encodeTicketData } from "./ticket-data.ts";

const DEFAULT_MAX_MATCHES = 10;
const DEFAULT_PURGE_AGE: Seconds = 86_400;
/** Jails whose first write is kept. */
const MAX_KNOWN = 1000;
/** Counts that are made ready at once. */
const MAX_AT_ONCE = 1000;
/** Newest bans of one address that its lines and failures are collected from. */
const MAX_HISTORY_ROWS = 1000;

const ENABLE_JAIL =
  "INSERT INTO jails(name, enabled) VALUES (?, 1) ON CONFLICT(name) DO UPDATE SET enabled = 1";
const KNOW_JAIL = "INSERT OR IGNORE INTO jails(name) VALUES (?)";
const DISABLE_JAIL = "UPDATE jails SET enabled = 0 WHERE name = ?";
const SELECT_RUNNING = "SELECT name FROM jails WHERE enabled = 1";
const DISABLE_ALL = "UPDATE jails SET enabled = 0";
const SAVE_POSITION = `INSERT INTO logs(jail, path, firstlinemd5, lastfilepos) VALUES (?, ?, ?, ?)
  ON CONFLICT(jail, path) DO UPDATE SET firstlinemd5 = excluded.firstlinemd5, lastfilepos = excluded.lastfilepos`;
const INSERT_BAN = "INSERT INTO bans(jail, ip, timeofban, bantime, bancount, data) VALUES (?, ?, ?, ?, ?, ?)";
const REPLACE_LAST =
  "INSERT OR REPLACE INTO bips(jail, ip, timeofban, bantime, bancount, data) VALUES (?, ?, ?, ?, ?, ?)";
const PURGE_BANS = "DELETE FROM bans WHERE timeofban < ?";
const PURGE_LAST = "DELETE FROM bips WHERE timeofban < ? AND bantime <> -1 AND timeofban + 3 * bantime < ?";
const PURGE_JAILS = `DELETE FROM jails WHERE enabled = 0
  AND NOT EXISTS (SELECT 1 FROM bans WHERE bans.jail = jails.name)
  AND NOT EXISTS (SELECT 1 FROM bips WHERE bips.jail = jails.name)`;

const SELECT_POSITION = "SELECT firstlinemd5, lastfilepos FROM logs WHERE jail = ? AND path = ?";
const SELECT_CURRENT = `SELECT jail, ip, timeofban, bantime, bancount, data FROM bips
  WHERE jail = ? AND (bantime <= -1 OR timeofban + bantime > ?) AND ip >= ? ORDER BY ip LIMIT ?`;
/** SQLite's limit that is none. */
const NO_LIMIT = -1;
const SELECT_HISTORY = "SELECT jail, ip, timeofban, bantime, bancount FROM bips WHERE ip = ?";
const SELECT_MATCHES = "SELECT jail, ip, timeofban, data FROM bans WHERE ip = ?";
const NEWEST_FIRST = ` ORDER BY timeofban DESC, rowid DESC LIMIT ${MAX_HISTORY_ROWS}`;

type SqliteOptions = StoreOptions & { readonly connect?: Connect };

class SqliteStore implements BanStore {
  dbmaxmatches: number;
  dbpurgeage: Seconds;
  readonly #database: ResilientDatabase;
  readonly #clock: Clock;
  readonly #running = new Set<string>();
  #opened: () => void = () => undefined;
  readonly #known = new BoundedMap<string, Write>({ limit: MAX_KNOWN });

  constructor(path: string, options: SqliteOptions) {
    this.dbmaxmatches = options.dbmaxmatches ?? DEFAULT_MAX_MATCHES;
    this.dbpurgeage = options.dbpurgeage ?? DEFAULT_PURGE_AGE;
    this.#clock = options.clock;
    this.#database = new ResilientDatabase(path, {
      ...options,
      opened: () => this.#opened(),
      basics: () => Array.from(this.#running, (name): Write => ({ sql: ENABLE_JAIL, values: [name] })),
    });
  }

  get path(): string {
    return this.#database.path;
  }

  get pendingWrites(): number {
    return this.#database.pending;
  }

  get isReadable(): boolean {
    return this.#database.isOpen;
  }

  onReadable(listener: () => void): void {
    this.#opened = listener;
  }

  tend(): void {
    this.#database.tend();
  }

  transaction<T>(fn: () => T): T {
    return this.#database.transaction(fn);
  }

  runningJails(): readonly string[] {
    return this.#rows(SELECT_RUNNING).map(({ name }) => String(name));
  }

  allJailsDisabled(): void {
    this.#running.clear();
    this.#write({ sql: DISABLE_ALL, values: [] });
  }

  addJail(name: string): void {
    this.#running.add(name);
    this.#write({ sql: ENABLE_JAIL, values: [name] });
  }

  disableJail(name: string): void {
    this.#running.delete(name);
    this.#write({ sql: DISABLE_JAIL, values: [name] });
  }

  logPosition(jail: string, path: string): LogPosition | undefined {
    const { stored, waiting } = this.#database.read(SELECT_POSITION, jail, path);
    const row = waiting[0] ?? stored[0];
    if (row === undefined) return undefined;
    const hash = row["firstlinemd5"];
    return { hash: typeof hash === "string" ? hash : "", position: numberIn(row, "lastfilepos", 0) };
  }

  saveLogPosition(jail: string, path: string, hash: string, position: number): void {
    this.#database.write({
      writes: [this.#know(jail), { sql: SAVE_POSITION, values: [jail, path, hash, position] }],
      replaces: JSON.stringify(["position", jail, path]),
    });
  }

  saveBan(jail: string, ban: Ban, bantime: Seconds): void {
    if (bantime >= 0 && ban.at + bantime < this.#clock.now()) return;
    const data = encodeTicketData(ban, this.dbmaxmatches);
    const seconds = bantime < 0 ? -1 : bantime;
    const values = [jail, ban.id, roundHalfEven(ban.at), seconds, ban.bancount, data];
    this.#write(this.#know(jail), { sql: INSERT_BAN, values }, { sql: REPLACE_LAST, values });
  }

  deleteBan(jail: string, id: string): void {
    this.#delete("jail = ? AND ip = ?", [jail, id], deletionKey(jail, id));
  }

  deleteBans(jail: string): void {
    this.#delete("jail = ?", [jail], deletionKey(jail, null));
  }

  currentBans(jail: string, now: EpochSeconds): StoredBan[] {
    return this.#currentFrom("", jail, now);
  }

  *currentBanPortions(jail: string, now: EpochSeconds, limit: number): Generator<readonly StoredBan[]> {
    let from = "";
    for (;;) {
      // one more than a portion has: the next begins with it
      const rows = this.#database.read(SELECT_CURRENT, jail, now, from, limit + 1);
      const next = rows.stored[limit]?.["ip"];
      const isLast = typeof next !== "string" || next === from;
      // what waits for the file is newer than what is in it, wherever it stands there
      if (isLast || rows.waiting.length > 0) {
        const rest = this.#currentFrom(from, jail, now);
        if (rest.length > 0) yield rest;
        return;
      }
      const portion = standing({ ...rows, stored: rows.stored.slice(0, limit) }).map(storedBan);
      if (portion.length > 0) yield portion;
      from = next;
    }
  }

  #currentFrom(id: string, jail: string, now: EpochSeconds): StoredBan[] {
    const rows = this.#rows(SELECT_CURRENT, jail, now, id, NO_LIMIT);
    const byId = new Map(rows.map((row) => [row["ip"], storedBan(row)]));
    return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  history(id: string, jail: string | undefined): BanHistory | undefined {
    const rows =
      jail === undefined
        ? this.#rows(SELECT_HISTORY, id)
        : this.#rows(`${SELECT_HISTORY} AND jail = ?`, id, jail);
    const byJail = new Map(rows.map((row) => [row["jail"], row]));
    if (byJail.size === 0) return undefined;
    let [count, lastAt, bantime] = [0, 0, 0];
    for (const row of byJail.values()) {
      count += numberIn(row, "bancount", 1);
      lastAt = Math.max(lastAt, numberIn(row, "timeofban", 0));
      bantime += numberIn(row, "bantime", 0);
    }
    return { count, lastAt, bantime };
  }

  matchesOf(id: string, jail: string | undefined): StoredMatches {
    const rows =
      jail === undefined
        ? this.#rows(SELECT_MATCHES + NEWEST_FIRST, id)
        : this.#rows(`${SELECT_MATCHES} AND jail = ?${NEWEST_FIRST}`, id, jail);
    rows.sort((a, b) => numberIn(b, "timeofban", 0) - numberIn(a, "timeofban", 0));
    let matches: readonly MatchLine[] = [];
    let failures = 0;
    for (const row of rows) {
      const { data } = row;
      const ticket = decodeTicketData(data);
      failures += ticket.failures;
      const room = this.dbmaxmatches - matches.length;
      if (room > 0) matches = [...ticket.matches.slice(-room), ...matches];
    }
    return { matches, failures };
  }

  get edition(): number {
    return this.#database.edition;
  }

  saveFailures(jail: string, { isAll, failing, gone }: FailureChanges): void {
    const hides = failuresKey(jail);
    const change = (replaces: string, write: Write): void =>
      this.#database.write({ writes: [CREATE_FAILURES, write], replaces, isExpendable: true });
    this.transaction(() => {
      if (isAll) change(hides, { sql: DELETE_FAILURES, values: [jail], hides });
      for (const id of gone) {
        change(failuresKey(jail, id), { sql: DELETE_FAILING, values: [jail, id], hides });
      }
    });
    for (let begin = 0; begin < failing.length; begin += MAX_AT_ONCE) {
      this.transaction(() => {
        for (const one of failing.slice(begin, begin + MAX_AT_ONCE)) {
          const { id, first, last, retry } = one;
          const values = [jail, id, first, last, retry, encodeFailing(one, this.dbmaxmatches)];
          change(failuresKey(jail, id), { sql: SAVE_FAILING, values, hides });
        }
      });
    }
  }

  failures(jail: string, since: EpochSeconds): FailingId[] {
    const { isInFile, isWaiting, hides } = this.#failureTable();
    if (!isInFile && !isWaiting) return [];
    // what waits for the file is not all of it, but nothing in it is outdated
    const isOutdated = hides(failuresKey(jail));
    if (isInFile) this.#write(CREATE_FAILURES, { sql: DELETE_SILENT, values: [jail, since] });
    const rows = this.#database.read(SELECT_FAILURES, jail, since);
    const byId = new Map((isOutdated ? rows.waiting : rows.stored).map((row) => [row["id"], failingId(row)]));
    return [...byId.values()].reverse();
  }

  purge(now: EpochSeconds): void {
    const limit = now - this.dbpurgeage;
    this.#write(
      { sql: PURGE_BANS, values: [limit] },
      { sql: PURGE_LAST, values: [limit, limit] },
      { sql: PURGE_JAILS, values: [], undoesBasis: true },
    );
    if (this.#failureTable().isInFile) this.#write(CREATE_FAILURES, { sql: PURGE_FAILURES, values: [limit] });
  }

  close(): void {
    this.#database.close();
  }

  /** Where the table of failing IDs is, which is made when there is something to keep. */
  #failureTable() {
    const { stored, waiting, hides } = this.#database.read(HAS_FAILURES);
    return { isInFile: stored.length > 0, isWaiting: waiting.length > 0, hides };
  }

  /** Rows of the file that were not deleted since, then those that wait for it, which are newer. */
  #rows(sql: string, ...values: Write["values"]): Row[] {
    const found = this.#database.read(sql, ...values);
    return [...standing(found), ...found.waiting];
  }

  #delete(where: string, values: Write["values"], hides: string): void {
    this.#write(
      { sql: `DELETE FROM bans WHERE ${where}`, values, hides },
      { sql: `DELETE FROM bips WHERE ${where}`, values },
    );
  }

  /** Rows may refer to the jail. */
  #know(jail: string): Write {
    const known = this.#known.get(jail);
    if (known !== undefined) return known;
    const write: Write = { sql: KNOW_JAIL, values: [jail], isBasis: true };
    this.#known.set(jail, write);
    return write;
  }

  #write(...writes: readonly Write[]): void {
    this.#database.write({ writes });
  }
}

/**
 * Opens the database at a path or `:memory:`. Never throws: a file that cannot be used is told of by events and tried again, and
 * bans are kept in memory until then (B§5.9).
 *
 * @param options.connect makes connections; for tests
 */
export function openStore(path: string, options: SqliteOptions): BanStore {
  return new SqliteStore(path, options);
}
