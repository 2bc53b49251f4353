/**
 * Saves what can be read of a damaged database into a new one, without fail2ban's need for the `sqlite3` program (B§5.9).
 * @module
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { CREATE_FAILURES, HAS_FAILURES } from "./failure-table.ts";
import { FILL_BIPS } from "./schema.ts";

/** Tries at reading past damaged places of one table. */
const MAX_ATTEMPTS = 5000;
/** Row numbers end far below this. */
const LAST_ROWID = 2 ** 48;

type Row = Record<string, SQLOutputValue>;

/** The column's value, or a default for one that an older version lacks. */
type Column = readonly [name: string, fallback: string | number | null];

const TABLES: readonly (readonly [table: string, columns: readonly Column[]])[] = [
  [
    "jails",
    [
      ["name", null],
      ["enabled", 0],
    ],
  ],
  [
    "logs",
    [
      ["jail", null],
      ["path", null],
      ["firstlinemd5", ""],
      ["lastfilepos", 0],
    ],
  ],
  ["bans", banColumns()],
  ["bips", banColumns()],
];

/** Our own table, which need not be there. */
const FAILURES: (typeof TABLES)[number] = [
  "gaolerFailures",
  [
    ["jail", null],
    ["id", null],
    ["first", null],
    ["last", null],
    ["retry", null],
    ["data", null],
  ],
];

function hasFailures(source: DatabaseSync): boolean {
  try {
    return source.prepare(HAS_FAILURES).get() !== undefined;
  } catch {
    // where the list of tables is broken the tables are as good as gone
    return false;
  }
}

function banColumns(): readonly Column[] {
  return [
    ["jail", null],
    ["ip", null],
    ["timeofban", null],
    ["bantime", -2],
    ["bancount", 1],
    ["data", null],
  ];
}

/**
 * Rows of a table in order of their number, as many as can be read. Where a page is broken, reading goes on behind it: the next
 * tries skip 1, 2, 4 … row numbers until one succeeds.
 */
function* readableRows(source: DatabaseSync, table: string): Generator<Row, undefined> {
  let from = 0;
  let gap = 1;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && from < LAST_ROWID; attempt++) {
    try {
      const query = source.prepare(
        `SELECT rowid AS salvaged, * FROM ${table} WHERE rowid > ? ORDER BY rowid`,
      );
      for (const row of query.iterate(from)) {
        const { salvaged } = row;
        if (typeof salvaged === "number") from = salvaged;
        gap = 1;
        yield row;
      }
      return;
    } catch {
      // a damaged place: what is lost is what cannot be read, and the caller says how much was saved
      from += gap;
      gap *= 2;
    }
  }
}

/** Bytes of a database's header. */
const HEADER = { length: 100, pageSize: 16, pageCount: 28 } as const;
/** Larger files are not made; sparse ones cost nothing, but a broken header may say anything. */
const MAX_PADDED_BYTES = 2 ** 40;

/** How long a database says that it is, bytes; 0 where it does not say. */
function lengthByHeader(file: number): number {
  const header = Buffer.alloc(HEADER.length);
  if (readSync(file, header, 0, HEADER.length, 0) < HEADER.length) return 0;
  const size = header.readUInt16BE(HEADER.pageSize);
  const length = (size === 1 ? 65_536 : size) * header.readUInt32BE(HEADER.pageCount);
  return length <= MAX_PADDED_BYTES ? length : 0;
}

/**
 * Does something while a file that was cut off is as long as it says it is: SQLite reads nothing at all of a shorter one. Pages of
 * zeros are damaged places like others.
 */
export function atFullLength<T>(path: string, work: () => T): T {
  const file = openSync(path, "r+");
  try {
    const { size } = fstatSync(file);
    const length = lengthByHeader(file);
    if (length <= size) return work();
    ftruncateSync(file, length);
    try {
      return work();
    } finally {
      ftruncateSync(file, size);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Copies all readable rows of a damaged database into an empty one that has its tables.
 *
 * @returns how many rows were saved
 */
export function salvageRows(source: DatabaseSync, target: DatabaseSync): number {
  let saved = 0;
  target.exec("PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE");
  try {
    const isOurs = hasFailures(source);
    if (isOurs) target.exec(CREATE_FAILURES.sql);
    for (const [table, columns] of isOurs ? [...TABLES, FAILURES] : TABLES) {
      const names = columns.map(([name]) => name).join(", ");
      const insert = target.prepare(
        `INSERT OR IGNORE INTO ${table}(${names}) VALUES (${columns.map(() => "?").join(", ")})`,
      );
      for (const row of readableRows(source, table)) {
        const values = columns.map(([name, fallback]) => row[name] ?? fallback);
        saved += Number(insert.run(...values).changes);
      }
    }
    target.exec(FILL_BIPS);
    for (const table of ["logs", "bans", "bips"]) {
      target.exec(`INSERT OR IGNORE INTO jails(name, enabled) SELECT DISTINCT jail, 0 FROM ${table}`);
    }
    target.exec("COMMIT");
  } finally {
    if (target.isTransaction) target.exec("ROLLBACK");
    target.exec("PRAGMA foreign_keys=ON");
  }
  return saved;
}
