/**
 * @module
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ban, NOW, Stage, temporaryFolder } from "./store-fixture.ts";

const PAGE = 4096;
const backupsOf = (stage: Stage): string[] =>
  readdirSync(dirname(stage.path)).filter((name) => name.startsWith(`${basename(stage.path)}.`));

/** A store with `count` bans, closed again. */
function filled(count: number): Stage {
  const stage = new Stage();
  const store = stage.open();
  store.addJail("j");
  store.saveLogPosition("j", "/log", "f00d", 17);
  store.transaction(() => {
    for (let i = 0; i < count; i++)
      store.saveBan("j", ban(`192.0.2.${i}`, { matches: ["x".repeat(300)] }), 600);
  });
  store.close();
  stage.said.length = 0;
  return stage;
}

test("a file that is no database is moved away and a new one made, in fail2ban's words", () => {
  const stage = new Stage();
  writeFileSync(stage.path, "garbage ".repeat(1000));
  const store = stage.open();
  const backup = `${stage.path}.20261122-120000`;
  expect(stage.said).toEqual([
    `INFO Connected to fail2ban persistent database '${stage.path}'`,
    `ERROR Error opening fail2ban persistent database '${stage.path}': file is not a database`,
    `INFO Trying to repair database ${stage.path}`,
    `INFO   Database backup created: ${backup}`,
    "INFO   Repair seems to be failed, restored 0 byte(s).",
    `ERROR   Error repairing of fail2ban database '${stage.path}': Recreate ...`,
    `INFO Connected to fail2ban persistent database '${stage.path}'`,
    "WARNING New database created. Version '4'",
  ]);
  expect(readFileSync(backup, "latin1")).toContain("garbage");
  store.saveBan("j", ban("a"), 600);
  expect(stage.rows("SELECT ip FROM bips")).toEqual([{ ip: "a" }]);
});

test("an empty file becomes a new database", () => {
  const stage = new Stage();
  writeFileSync(stage.path, "");
  stage.open();
  expect(stage.said.at(-1)).toBe("WARNING New database created. Version '4'");
});

test("what can be read of a damaged file is saved", () => {
  const stage = filled(200);
  const bytes = readFileSync(stage.path);
  const damaged = Math.floor(bytes.length / PAGE / 2);
  bytes.fill(0xff, damaged * PAGE, (damaged + 1) * PAGE);
  writeFileSync(stage.path, bytes);
  const store = stage.open();
  expect(stage.said.some((line) => line.startsWith("INFO   Repair seems to be successful, restored "))).toBe(
    true,
  );
  expect(store.currentBans("j", NOW).length).toBeGreaterThan(150);
  expect(store.logPosition("j", "/log")).toEqual({ hash: "f00d", position: 17 });
  expect(backupsOf(stage)).toHaveLength(1);
});

test("reading goes on behind a damaged place", () => {
  const stage = filled(200);
  const bytes = readFileSync(stage.path);
  const leaves = (table: string): number[] =>
    stage
      .rows(`SELECT pageno FROM dbstat WHERE name = '${table}' AND pagetype = 'leaf' ORDER BY path`)
      .map(({ pageno }) => Number(pageno));
  for (const table of ["bans", "bips"]) {
    // the same rows in both tables, so that neither makes up for the other
    const [, second = 0] = leaves(table);
    bytes.fill(0xff, (second - 1) * PAGE, second * PAGE);
  }
  writeFileSync(stage.path, bytes);
  const saved = stage.open().currentBans("j", NOW).length;
  expect(saved).toBeGreaterThan(170);
  expect(saved).toBeLessThan(200);
});

test("last bans that are lost come back from the history", () => {
  const stage = filled(3);
  const database = new DatabaseSync(stage.path);
  const root = database.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'bips'").get()?.["rootpage"];
  database.close();
  const bytes = readFileSync(stage.path);
  bytes.fill(0xff, (Number(root) - 1) * PAGE, Number(root) * PAGE);
  writeFileSync(stage.path, bytes);
  expect(
    stage
      .open()
      .currentBans("j", NOW)
      .map((each) => each.id),
  ).toEqual(["192.0.2.0", "192.0.2.1", "192.0.2.2"]);
});

test("damage that shows at run time is repaired, and what was to be written is", () => {
  const stage = filled(200);
  const store = stage.open();
  const bytes = readFileSync(stage.path);
  bytes.fill(0xff, 8 * PAGE);
  // another change counter makes the store forget the pages that it knows
  bytes.writeUInt32BE(bytes.readUInt32BE(24) + 1, 24);
  writeFileSync(stage.path, bytes);
  store.saveBan("j", ban("new"), 600);
  expect(store.history("new", "j")?.count).toBe(1);
  expect(store.pendingWrites).toBe(0);
  expect(stage.said.some((line) => line.startsWith("INFO Trying to repair database"))).toBe(true);
});

test("any damage to a file leaves a store that works", () => {
  const whole = filled(60);
  const good = readFileSync(whole.path);
  const folder = temporaryFolder();
  let n = 0;
  const spot = fc.record({
    at: fc.integer({ min: 0, max: good.length - 1 }),
    length: fc.integer({ min: 1, max: 3000 }),
    byte: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(
      fc.array(spot, { minLength: 1, maxLength: 3 }),
      fc.option(fc.nat({ max: good.length })),
      (spots, cut) => {
        n += 1;
        const stage = new Stage(join(folder, `${n}.sqlite3`));
        const bytes = Buffer.from(good);
        for (const { at, length, byte } of spots) bytes.fill(byte, at, Math.min(good.length, at + length));
        writeFileSync(stage.path, cut === null ? bytes : bytes.subarray(0, cut));
        const store = stage.open();
        store.saveBan("j", ban("new"), 600);
        expect(store.history("new", "j")?.count).toBe(1);
        expect(store.currentBans("j", NOW).some((each) => each.id === "new")).toBe(true);
        store.saveLogPosition("j", "/log", "beef", 5);
        expect(store.logPosition("j", "/log")?.position).toBe(5);
        store.close();
      },
    ),
    { numRuns: 40 },
  );
}, 30_000);

test.each(["a folder", "a path through a file"])("with %s for a path bans are kept in memory", (what) => {
  const folder = temporaryFolder();
  const path = join(folder, "x");
  if (what === "a folder") mkdirSync(path);
  else writeFileSync(path, "");
  const stage = new Stage(what === "a folder" ? path : join(path, "y"));
  const store = stage.open();
  expect(stage.said).toContain(
    `ERROR Error connecting to fail2ban persistent database '${stage.path}': unable to open database file`,
  );
  store.saveBan("j", ban("a"), 600);
  expect(store.currentBans("j", NOW).map((each) => each.id)).toEqual(["a"]);
  expect(store.pendingWrites).toBe(1);
  store.close();
  expect(stage.said.at(-2)).toContain("1 change(s) are lost");
});

test("a database of a newer version is not touched", () => {
  const stage = filled(1);
  const database = new DatabaseSync(stage.path);
  database.exec("UPDATE fail2banDb SET version = 5");
  database.close();
  const before = readFileSync(stage.path);
  const store = stage.open();
  expect(stage.said).toContain(
    "ERROR Attempt to travel to future version of database ...how did you get here??",
  );
  store.saveBan("j", ban("a"), 600);
  stage.now += 1000;
  store.saveBan("j", ban("b", { at: stage.now }), 600);
  expect(store.currentBans("j", stage.now).map((each) => each.id)).toEqual(["b"]);
  store.close();
  expect(readFileSync(stage.path).equals(before)).toBe(true);
});

const V1_LOGS = "UNIQUE(jail, path)";
const V1 = `
  CREATE TABLE fail2banDb(version INTEGER); INSERT INTO fail2banDb VALUES (1);
  CREATE TABLE jails(name TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1);
  CREATE INDEX jails_name ON jails(name);
  CREATE TABLE logs(jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0,
    FOREIGN KEY(jail) REFERENCES jails(name) ON DELETE CASCADE, ${V1_LOGS});
  CREATE INDEX logs_path ON logs(path); CREATE INDEX logs_jail_path ON logs(jail, path);
  CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, data JSON,
    FOREIGN KEY(jail) REFERENCES jails(name));
  CREATE INDEX bans_jail_timeofban_ip ON bans(jail, timeofban); CREATE INDEX bans_jail_ip ON bans(jail, ip);
  CREATE INDEX bans_ip ON bans(ip);
  INSERT INTO jails VALUES ('j', 1);
  INSERT INTO logs VALUES ('j', '/log', 'f00d', 17);
  INSERT INTO bans VALUES ('j', '192.0.2.1', ${NOW - 10}, '{"matches": ["new"], "failures": 5}');
  INSERT INTO bans VALUES ('j', '192.0.2.1', ${NOW - 20}, '{"matches": ["old"], "failures": 4}');`;
const V2 = `${V1.replace(V1_LOGS, `${V1_LOGS}, UNIQUE(jail, path, firstlinemd5)`)} UPDATE fail2banDb SET version = 2;`;
const V3 = `${V2} UPDATE fail2banDb SET version = 3; DROP TABLE bans;
  CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL default 1, data JSON, FOREIGN KEY(jail) REFERENCES jails(name));
  INSERT INTO bans VALUES ('j', '192.0.2.1', ${NOW - 20}, 300, 1, '{"matches": ["old"], "failures": 4}');
  INSERT INTO bans VALUES ('j', '192.0.2.1', ${NOW - 10}, 600, 2, '{"matches": ["new"], "failures": 5}');`;

/** What a table is like, whatever the text that made it. */
function shapeOf(stage: Stage): unknown {
  const shape = (table: string) => ({
    columns: stage.rows(`PRAGMA table_info(${table})`),
    keys: stage.rows(`PRAGMA foreign_key_list(${table})`),
    indices: stage
      .rows(`PRAGMA index_list(${table})`)
      .map(({ name, unique, origin }) => ({
        name,
        unique,
        origin,
        columns: stage.rows(`PRAGMA index_info(${String(name)})`),
      }))
      .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1)),
  });
  return Object.fromEntries(
    ["fail2banDb", "jails", "logs", "bans", "bips"].map((table) => [table, shape(table)]),
  );
}

for (const [from, sql, bantime, bancount] of [
  [1, V1, -2, 1],
  [2, V2, -2, 1],
  [3, V3, 600, 2],
] as const) {
  test(`version ${from} becomes version 4, after a copy of it`, () => {
    const stage = new Stage();
    const database = new DatabaseSync(stage.path);
    database.exec(sql);
    database.close();
    const copy = `${stage.path}.20261122-120000`;
    copyFileSync(stage.path, `${stage.path}-before`);
    const store = stage.open();
    expect(stage.said).toEqual([
      `INFO Connected to fail2ban persistent database '${stage.path}'`,
      `INFO Upgrade database: ${copy} from version '${from}'`,
      `INFO   Database backup created: ${copy}`,
      `WARNING Database updated from '${from}' to '4'`,
    ]);
    expect(readFileSync(copy).equals(readFileSync(`${stage.path}-before`))).toBe(true);
    const fresh = new Stage();
    fresh.open();
    expect(shapeOf(stage)).toEqual(shapeOf(fresh));
    expect(store.currentBans("j", NOW)).toMatchObject([
      { id: "192.0.2.1", at: NOW - 10, bantime, bancount, failures: 5 },
    ]);
    expect(store.matchesOf("192.0.2.1", "j")).toEqual({ matches: ["old", "new"], failures: 9 });
    expect(store.logPosition("j", "/log")).toEqual({ hash: "f00d", position: 17 });
    store.saveLogPosition("j", "/log", "beef", 18);
    expect(stage.rows("SELECT * FROM logs")).toHaveLength(1);
  });
}
