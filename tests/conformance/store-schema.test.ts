/**
 * Holds our database against one that fail2ban itself makes, upgrades and reads.
 * @module
 */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Ban } from "../../src/ban/ticket.ts";
import { openStore } from "../../src/store/sqlite-store.ts";
import type { BanStore } from "../../src/store/store.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const packages = join(oracle, "usr/lib/python3/dist-packages");
const isMissing = oracle === "" || !existsSync(packages);

const JAILS = ["quiet", "plain"];
const TABLES = ["fail2banDb", "jails", "logs", "bans", "bips"];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "store-conformance-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function ours(path: string): BanStore {
  const store = openStore(path, { observe: () => undefined, clock: { now: () => Date.now() / 1000 } });
  onTestFinished(() => store.close());
  return store;
}

const clientOf = (folder: string, ...words: readonly string[]): string =>
  execFileSync("python3", [join(oracle, "usr/bin/fail2ban-client"), "-c", join(folder, "etc"), ...words], {
    env: { ...process.env, PYTHONPATH: packages },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

/** A configuration of two jails without actions, beside the database of the folder. */
function configure(folder: string): void {
  for (const name of ["etc/filter.d", "etc/action.d"]) mkdirSync(join(folder, name), { recursive: true });
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  write("etc/fail2ban.conf", [
    "[Definition]",
    "loglevel = INFO",
    `logtarget = ${join(folder, "log")}`,
    "syslogsocket = auto",
    `socket = ${join(folder, "socket")}`,
    `pidfile = ${join(folder, "pid")}`,
    `dbfile = ${join(folder, "bans.sqlite3")}`,
    "dbpurgeage = 1d",
    "allowipv6 = auto",
  ]);
  write("etc/filter.d/plain.conf", [
    "[Definition]",
    "failregex = ^ fail by <F-USER>\\S+</F-USER> from <ADDR>$",
  ]);
  write("etc/action.d/nothing.conf", ["[Definition]"]);
  const jails = JAILS.flatMap((name) => {
    write(`${name}.log`, []);
    return [`[${name}]`, `logpath = ${join(folder, `${name}.log`)}`];
  });
  write("etc/jail.conf", [
    "[DEFAULT]",
    "backend = polling",
    "filter = plain",
    "action = nothing",
    "enabled = true",
    "maxretry = 2",
    ...jails,
  ]);
}

/** Runs the real server over the folder's database while `during` runs. */
async function withServer(folder: string, during: () => Promise<void>): Promise<void> {
  configure(folder);
  const server = spawn(
    "python3",
    [join(oracle, "usr/bin/fail2ban-server"), "-c", join(folder, "etc"), "-f", "-x"],
    { env: { ...process.env, PYTHONPATH: packages }, stdio: "ignore" },
  );
  const exited = new Promise((resolve) => server.once("exit", resolve));
  try {
    await until(() => clientOf(folder, "ping").includes("pong"));
    await until(() =>
      JAILS.every((name) => clientOf(folder, "status", name).includes("Status for the jail")),
    );
    await during();
  } finally {
    server.kill("SIGTERM");
    await exited;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      if (isSo()) return;
    } catch {
      // not up yet
    }
    await delay(200);
  }
  throw new Error("the real server did not get there");
}

function rowsOf(path: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

/** Columns, keys and indices, whatever the text that made them. */
function shapeOf(path: string): unknown {
  return TABLES.map((table) => ({
    table,
    columns: rowsOf(path, `PRAGMA table_info(${table})`),
    keys: rowsOf(path, `PRAGMA foreign_key_list(${table})`),
    indices: rowsOf(path, `PRAGMA index_list(${table})`)
      .map(({ name, unique, origin, partial }) => {
        const columns = rowsOf(path, `PRAGMA index_info("${String(name)}")`);
        return { name: String(name), unique, origin, partial, columns };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
}

const banOf = (id: string, at: number): Ban => ({
  id,
  ip: id,
  at,
  attempts: 2,
  matches: [["", "2026-11-22 11:26:02", ' fail "é€\\"'], "joined\tline \u0001"],
  data: new Map<string, string | string[]>([
    ["user", "jo'é"],
    ["users", ["a", "b"]],
  ]),
  bantime: undefined,
  bancount: 1,
  restored: false,
});

test.skipIf(isMissing)(
  `our tables are those of the real server, and its rows are read${isMissing ? " (skipped: no fail2ban package)" : ""}`,
  async () => {
    const folder = temporaryFolder();
    const path = join(folder, "bans.sqlite3");
    const fresh = join(folder, "ours.sqlite3");
    ours(fresh).close();
    const started = Date.now() / 1000;
    await withServer(folder, async () => {
      const now = new Date();
      const stamp = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
      const line = `${stamp.replace("T", " ")} fail by jo"é from 192.0.2.7\n`;
      appendFileSync(join(folder, "plain.log"), line.repeat(2));
      await until(() => rowsOf(path, "SELECT ip FROM bips").length === 1);
    });
    expect(shapeOf(fresh)).toEqual(shapeOf(path));
    for (const pragma of ["page_size", "user_version", "encoding", "journal_mode"]) {
      expect(rowsOf(fresh, `PRAGMA ${pragma}`)).toEqual(rowsOf(path, `PRAGMA ${pragma}`));
    }
    const store = ours(path);
    const [found] = store.currentBans("plain", Date.now() / 1000);
    expect(found?.data).toEqual(
      new Map([
        ["user", 'jo"é'],
        ["ip4", "192.0.2.7"],
      ]),
    );
    expect([found?.id, found?.bantime, found?.bancount, found?.failures]).toEqual(["192.0.2.7", 600, 1, 2]);
    expect(found?.matches).toHaveLength(2);
    expect(found?.at).toBeGreaterThan(started - 5);
    expect(store.logPosition("plain", join(folder, "plain.log"))?.hash).toMatch(/^[0-9a-f]{40}$/);
    // the same ban, written by us, has the same bytes
    const [theirs] = rowsOf(path, "SELECT * FROM bips");
    store.deleteBans("plain");
    if (found !== undefined) {
      const { id, at, bancount, failures, matches, data } = found;
      const ticket = { id, ip: id, at, attempts: failures, matches, data, bancount, bantime: undefined };
      store.saveBan("plain", { ...ticket, restored: false }, 600);
    }
    expect(rowsOf(path, "SELECT * FROM bips")).toEqual([theirs]);
  },
);

test.skipIf(isMissing)(
  `the real server restores bans that we stored, and leaves what we count to us${isMissing ? " (skipped: no fail2ban package)" : ""}`,
  async () => {
    const folder = temporaryFolder();
    const path = join(folder, "bans.sqlite3");
    const now = Date.now() / 1000;
    const store = ours(path);
    for (const id of ["192.0.2.1", "2001:db8::1"]) store.saveBan("plain", banOf(id, now), 600);
    store.saveBan("quiet", banOf("192.0.2.9", now), -1);
    const failing = { ...banOf("192.0.2.5", now), first: now - 5, last: now, retry: 2, attempts: 2 };
    store.saveFailures("plain", { isAll: false, failing: [failing], gone: [] });
    store.close();
    await withServer(folder, async () => {
      await until(() => clientOf(folder, "get", "plain", "banip") === "192.0.2.1 2001:db8::1");
      await until(() => clientOf(folder, "get", "quiet", "banip") === "192.0.2.9");
      clientOf(folder, "set", "plain", "banip", "192.0.2.5");
      clientOf(folder, "unban", "--all");
    });
    expect(rowsOf(path, "SELECT ip FROM bips")).toEqual([]);
    expect(ours(path).failures("plain", 0)).toMatchObject([{ id: "192.0.2.5", attempts: 2, retry: 2 }]);
  },
);

test.skipIf(isMissing)(
  `a database of version 1 becomes what the real server makes of it${isMissing ? " (skipped: no fail2ban package)" : ""}`,
  async () => {
    const folder = temporaryFolder();
    const now = Math.round(Date.now() / 1000);
    const paths = [join(folder, "bans.sqlite3"), join(folder, "ours.sqlite3")] as const;
    for (const path of paths) {
      const database = new DatabaseSync(path);
      database.exec(`
        CREATE TABLE fail2banDb(version INTEGER); INSERT INTO fail2banDb VALUES (1);
        CREATE TABLE jails(name TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1);
        CREATE INDEX jails_name ON jails(name);
        CREATE TABLE logs(jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0,
          FOREIGN KEY(jail) REFERENCES jails(name) ON DELETE CASCADE, UNIQUE(jail, path));
        CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, data JSON,
          FOREIGN KEY(jail) REFERENCES jails(name));
        INSERT INTO jails(name) VALUES ('plain');
        INSERT INTO logs VALUES ('plain', '/x', 'f00d', 17);
        INSERT INTO bans VALUES ('plain', '192.0.2.1', ${now - 10}, '{"matches": [], "failures": 5}');
        INSERT INTO bans VALUES ('plain', '192.0.2.1', ${now - 20}, '{"matches": [], "failures": 4}');
        INSERT INTO bans VALUES ('plain', '192.0.2.2', ${now - 30}, '{"matches": [], "failures": 3}');`);
      database.close();
    }
    await withServer(folder, () => Promise.resolve());
    ours(paths[1]).close();
    expect(shapeOf(paths[1])).toEqual(shapeOf(paths[0]));
    for (const query of [
      "bans ORDER BY timeofban",
      "bips ORDER BY ip",
      "logs WHERE path = '/x'",
      "fail2banDb",
    ]) {
      const [theirs, our] = paths.map((path) => rowsOf(path, `SELECT * FROM ${query}`));
      expect(our).toEqual(theirs);
      expect(our?.length).toBeGreaterThan(0);
    }
  },
);

const READ_AS_PYTHON = `
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT ip, timeofban, bantime, bancount, data FROM bips").fetchall()
print(json.dumps([[*row[:4], type(row[4]).__name__, row[4] == json.dumps(json.loads(row[4]), ensure_ascii=False).encode("utf-8"), json.loads(row[4])] for row in rows]))
`;

function hasPython(): boolean {
  try {
    execFileSync("python3", ["-c", "import sqlite3"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
const noPython = !hasPython();

test.skipIf(noPython)(
  `Python reads our rows, and would have written the same bytes${noPython ? " (skipped: no Python)" : ""}`,
  () => {
    const path = join(temporaryFolder(), "bans.sqlite3");
    const now = Math.round(Date.now() / 1000);
    ours(path).saveBan("plain", banOf("192.0.2.1", now), 600);
    const read: unknown = JSON.parse(
      execFileSync("python3", ["-c", READ_AS_PYTHON, path], { encoding: "utf8" }),
    );
    const data = {
      matches: [["", "2026-11-22 11:26:02", ' fail "é€\\"'], "joined\tline \u0001"],
      failures: 2,
      user: "jo'é",
      users: ["a", "b"],
    };
    expect(read).toEqual([["192.0.2.1", now, 600, 1, "bytes", true, data]]);
  },
);
