/**
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DataValue, MatchLine } from "../../../src/filter/failure.ts";
import { ban, NOW, Stage, temporaryFolder } from "./store-fixture.ts";

test("a new database is made for its owner alone, in a new folder, and says so", () => {
  const stage = new Stage(join(temporaryFolder(), "new", "bans.sqlite3"));
  stage.open();
  expect(stage.said).toEqual([
    `INFO Connected to fail2ban persistent database '${stage.path}'`,
    "WARNING New database created. Version '4'",
  ]);
  expect(statSync(stage.path).mode & 0o777).toBe(0o600);
  expect(stage.rows("SELECT * FROM fail2banDb")).toEqual([{ version: 4 }]);
});

test("a database is found again as it was left", () => {
  const stage = new Stage();
  const first = stage.open();
  first.addJail("sshd");
  first.saveBan("sshd", ban("192.0.2.1", { matches: ["line"], data: new Map([["user", "joe"]]) }), 600);
  first.close();
  stage.said.length = 0;
  const [found] = stage.open().currentBans("sshd", NOW);
  expect(found).toEqual({
    id: "192.0.2.1",
    at: NOW - 10,
    bantime: 600,
    bancount: 1,
    failures: 3,
    matches: ["line"],
    data: new Map([["user", "joe"]]),
  });
  expect(stage.said).toEqual([`INFO Connected to fail2ban persistent database '${stage.path}'`]);
});

test("jails are enabled and disabled", () => {
  const stage = new Stage();
  const store = stage.open();
  for (const name of ["a", "b", "c"]) store.addJail(name);
  store.allJailsDisabled();
  for (const name of ["a", "b"]) store.addJail(name);
  store.disableJail("b");
  expect(stage.rows("SELECT * FROM jails ORDER BY name")).toEqual([
    { name: "a", enabled: 1 },
    { name: "b", enabled: 0 },
    { name: "c", enabled: 0 },
  ]);
});

test("a log position is kept for each jail and path", () => {
  const store = new Stage().open();
  store.saveLogPosition("a", "/log", "", 0);
  store.saveLogPosition("a", "/log", "f00d", 17);
  store.saveLogPosition("b", "systemd-journal", "2026-11-22T12:00:00 ", 1795348800.25);
  expect(store.logPosition("a", "/log")).toEqual({ hash: "f00d", position: 17 });
  expect(store.logPosition("b", "systemd-journal")?.position).toBe(1795348800.25);
  expect(store.logPosition("b", "/log")).toBeUndefined();
});

test("rows have the types that fail2ban writes", () => {
  const stage = new Stage();
  stage.open().saveBan("j", ban("192.0.2.1", { at: NOW + 0.5, bancount: 2 }), 600);
  const types =
    "typeof(timeofban) AS t, typeof(bantime) AS b, typeof(data) AS d, timeofban AS at, bancount AS n";
  for (const table of ["bans", "bips"]) {
    expect(stage.rows(`SELECT ${types} FROM ${table}`)).toEqual([
      { t: "integer", b: "integer", d: "blob", at: NOW, n: 2 },
    ]);
  }
});

test("a permanent ban is stored as -1 and a diced one as it is", () => {
  const stage = new Stage();
  const store = stage.open();
  store.saveBan("j", ban("a"), -7);
  store.saveBan("j", ban("b"), 600.5);
  expect(stage.rows("SELECT bantime FROM bips ORDER BY ip")).toEqual([{ bantime: -1 }, { bantime: 600.5 }]);
});

test("a ban that is over is not stored", () => {
  const store = new Stage().open();
  store.saveBan("j", ban("a", { at: NOW - 601 }), 600);
  store.saveBan("j", ban("b", { at: NOW - 600 }), 600);
  expect(store.history("a", "j")).toBeUndefined();
  expect(store.history("b", "j")).toBeDefined();
});

test("current bans are those that have not ended, by ID", () => {
  const store = new Stage().open();
  for (const [id, bantime] of [
    ["c", 600],
    ["a", -1],
    ["b", 100],
    ["d", 50],
  ] as const) {
    store.saveBan("j", ban(id, { at: NOW }), bantime);
  }
  store.saveBan("other", ban("e"), 600);
  expect(store.currentBans("j", NOW + 100).map((each) => each.id)).toEqual(["a", "c"]);
});

test.each([1, 2, 3, 4, 5, 6])("current bans come in portions of %i as well", (limit) => {
  const store = new Stage().open();
  expect([...store.currentBanPortions("j", NOW, limit)]).toEqual([]);
  for (const id of ["b", "e", "a", "d", "c"]) store.saveBan("j", ban(id), 600);
  store.saveBan("other", ban("bb"), 600);
  const portions = [...store.currentBanPortions("j", NOW, limit)];
  expect(portions.flat()).toEqual(store.currentBans("j", NOW));
  expect(portions.map(({ length }) => length).slice(0, -1)).toEqual(
    Array(Math.ceil(5 / limit) - 1).fill(limit),
  );
});

test("a ban that ends or goes between two portions is left out", () => {
  const store = new Stage().open();
  for (const id of ["a", "b", "c", "d", "e"]) store.saveBan("j", ban(id), 600);
  const seen: string[] = [];
  for (const portion of store.currentBanPortions("j", NOW, 2)) {
    seen.push(...portion.map(({ id }) => id));
    if (seen.length === 2) store.deleteBan("j", "c");
  }
  expect(seen).toEqual(["a", "b", "d", "e"]);
});

test("history is the last ban in a jail, or the sum over all jails", () => {
  const store = new Stage().open();
  store.saveBan("j", ban("a", { at: NOW - 100, bancount: 1 }), 600);
  store.saveBan("j", ban("a", { at: NOW - 50, bancount: 2 }), 1200);
  store.saveBan("k", ban("a", { at: NOW - 70, bancount: 5 }), 10_000);
  expect(store.history("a", "j")).toEqual({ count: 2, lastAt: NOW - 50, bantime: 1200 });
  expect(store.history("a", undefined)).toEqual({ count: 7, lastAt: NOW - 50, bantime: 11_200 });
  expect(store.history("b", undefined)).toBeUndefined();
});

test("lines of an address come from its last bans, oldest first", () => {
  const store = new Stage().open({ dbmaxmatches: 4 });
  store.saveBan("j", ban("a", { at: NOW - 30, matches: ["1", "2"], attempts: 2 }), 600);
  store.saveBan("j", ban("a", { at: NOW - 20, matches: ["3", "4"], attempts: 2 }), 600);
  store.saveBan("k", ban("a", { at: NOW - 10, matches: ["5"], attempts: 7 }), 600);
  expect(store.matchesOf("a", undefined)).toEqual({ matches: ["2", "3", "4", "5"], failures: 11 });
  expect(store.matchesOf("a", "j")).toEqual({ matches: ["1", "2", "3", "4"], failures: 4 });
  expect(store.matchesOf("b", "j")).toEqual({ matches: [], failures: 0 });
});

test("unban forgets exactly this text in exactly this jail", () => {
  const store = new Stage().open();
  for (const jail of ["j", "k"]) for (const id of ["a", "b"]) store.saveBan(jail, ban(id), 600);
  store.deleteBan("j", "a");
  expect([store.history("a", "j"), store.matchesOf("a", "j").failures]).toEqual([undefined, 0]);
  expect([store.history("b", "j")?.count, store.history("a", "k")?.count]).toEqual([1, 1]);
  store.deleteBans("k");
  expect(store.currentBans("k", NOW)).toEqual([]);
  expect(store.currentBans("j", NOW)).toHaveLength(1);
});

test("purge forgets old bans, remembers grown ones longer and permanent ones for ever", () => {
  const stage = new Stage();
  const store = stage.open({ dbpurgeage: 1000 });
  const old = NOW - 2000;
  stage.now = old;
  for (const [id, bantime] of [
    ["short", 300],
    ["long", 400],
    ["permanent", -1],
  ] as const) {
    store.saveBan("j", ban(id, { at: old }), bantime);
  }
  store.saveBan("k", ban("short", { at: old }), 300);
  store.saveLogPosition("k", "/log", "f00d", 1);
  store.saveLogPosition("empty", "/log", "f00d", 1);
  store.disableJail("k");
  store.purge(NOW);
  expect(stage.rows("SELECT * FROM bans")).toEqual([]);
  expect(stage.rows("SELECT ip FROM bips ORDER BY ip")).toEqual([{ ip: "long" }, { ip: "permanent" }]);
  expect(stage.rows("SELECT name FROM jails ORDER BY name")).toEqual([{ name: "empty" }, { name: "j" }]);
  expect(stage.rows("SELECT jail FROM logs")).toEqual([{ jail: "empty" }]);
});

test("a transaction writes all at once, and what it stored before it threw", () => {
  const stage = new Stage();
  const store = stage.open();
  store.transaction(() => {
    store.saveBan("j", ban("a"), 600);
    expect(stage.rows("SELECT ip FROM bips")).toEqual([]);
    expect(store.history("a", "j")?.count).toBe(1);
    store.transaction(() => store.saveBan("j", ban("b"), 600));
  });
  expect(stage.rows("SELECT ip FROM bips")).toHaveLength(2);
  const failing = () =>
    store.transaction(() => {
      store.saveBan("j", ban("c"), 600);
      throw new Error("ours");
    });
  expect(failing).toThrow("ours");
  expect(stage.rows("SELECT ip FROM bips")).toHaveLength(3);
});

test("memory works like a file", () => {
  const stage = new Stage(":memory:");
  const store = stage.open();
  store.saveBan("j", ban("a"), 600);
  store.deleteBan("j", "a");
  store.saveBan("j", ban("b"), 600);
  store.purge(NOW);
  expect(store.currentBans("j", NOW).map((each) => each.id)).toEqual(["b"]);
});

test("any ID, line and group comes back as it went", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 30 });
  const match: fc.Arbitrary<MatchLine> = fc.oneof(line, fc.tuple(line, line, line));
  const key = line.filter((each) => !["matches", "failures", "ip"].includes(each));
  const entry = fc.tuple(key, fc.oneof<fc.Arbitrary<DataValue>[]>(line, fc.nat(), fc.array(line)));
  const store = new Stage(":memory:").open({ dbmaxmatches: 100 });
  fc.assert(
    fc.property(
      line,
      fc.array(match),
      fc.array(entry),
      fc.integer({ min: 1, max: 9 }),
      (id, matches, entries, n) => {
        const data = new Map(entries);
        store.deleteBans("j");
        store.saveBan("j", ban(id, { matches, data, bancount: n }), 600);
        const [found, ...more] = store.currentBans("j", NOW);
        expect(more).toEqual([]);
        expect(found).toEqual({ id, at: NOW - 10, bantime: 600, bancount: n, failures: 3, matches, data });
        expect(store.matchesOf(id, "j").matches).toEqual(matches);
      },
    ),
  );
});

const kills = [
  { name: "between writes", grouped: 1_000_000, killAt: 300 },
  { name: "in the middle of a large transaction", grouped: 101, killAt: 10_000 },
];
for (const { name, grouped, killAt } of kills) {
  test(`a kill ${name} loses nothing that was written and breaks nothing`, { timeout: 30_000 }, async () => {
    const stage = new Stage();
    const program = join(import.meta.dirname, "write-until-killed.ts");
    const child = spawn(process.execPath, ["--no-warnings", program, stage.path, String(grouped)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    let written = 0;
    for await (const text of createInterface({ input: child.stdout })) {
      written = Number(text);
      if (written === killAt) child.kill("SIGKILL");
    }
    await exited;
    expect(written).toBeGreaterThanOrEqual(killAt);
    const store = stage.open();
    expect(stage.said).toEqual([`INFO Connected to fail2ban persistent database '${stage.path}'`]);
    const ids = new Set(store.currentBans("j", NOW).map((each) => each.id));
    for (let i = 1; i <= Math.min(written, grouped - 1); i++) expect(ids.has(`id ${i}`)).toBe(true);
  });
}
