/**
 * What rows need to be there is seen to once in a transaction, and again in the next one.
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { FailureChanges } from "../../../src/ban/failing-id.ts";
import { Connection, type Write } from "../../../src/store/connection.ts";
import type { BanStore } from "../../../src/store/store.ts";
import { ban, NOW, Stage } from "./store-fixture.ts";

const JAILS = "SELECT name, enabled FROM jails ORDER BY name";
const BANS = "SELECT jail, ip FROM bips ORDER BY jail, ip";

const failing = (id: string): FailureChanges => ({
  isAll: false,
  gone: [],
  failing: [
    {
      id,
      ip: id,
      first: NOW,
      last: NOW,
      retry: 1,
      attempts: 1,
      matches: [],
      data: new Map<string, string>(),
    },
  ],
});

function saveAll(store: BanStore, jail: string, ids: readonly string[]): void {
  store.transaction(() => {
    for (const id of ids) {
      store.saveBan(jail, ban(id), 600);
      store.saveFailures(jail, failing(id));
    }
  });
}

test("within a transaction such a write is done once, and each time in the next or outside of one", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE t(v)");
  const connection = new Connection(database);
  const basis: Write = { sql: "INSERT INTO t VALUES (1)", values: [], isBasis: true };
  const other: Write = { sql: "INSERT INTO t VALUES (1)", values: [], isBasis: true };
  const undo: Write = { sql: "DELETE FROM t WHERE v = 2", values: [], undoesBasis: true };
  const refused = (error: unknown): never => expect.fail(String(error));
  const count = (): unknown => connection.all("SELECT count(*) AS n FROM t")[0]?.["n"];
  connection.makeAll([{ writes: [basis, basis, other] }], refused);
  expect(count()).toBe(2);
  connection.makeAll([{ writes: [basis, undo, basis] }], refused);
  expect(count()).toBe(4);
  connection.begin();
  connection.run(basis);
  connection.rollback();
  connection.run(basis);
  connection.run(basis);
  expect(count()).toBe(6);
  connection.begin();
  connection.run(basis);
  connection.commit();
  expect(count()).toBe(7);
  connection.close();
});

test("a jail and a table that another program takes away between two transactions are there again after the next", () => {
  const stage = new Stage();
  const store = stage.open();
  saveAll(store, "sshd", ["192.0.2.1"]);
  const outside = new DatabaseSync(stage.path);
  outside.exec("PRAGMA foreign_keys=OFF; DELETE FROM jails; DELETE FROM bips; DROP TABLE gaolerFailures");
  outside.close();
  saveAll(store, "sshd", ["192.0.2.2", "192.0.2.3"]);
  expect(stage.rows(JAILS)).toEqual([{ name: "sshd", enabled: 1 }]);
  expect(stage.rows(BANS).map(({ ip }) => ip)).toEqual(["192.0.2.2", "192.0.2.3"]);
  expect(stage.rows("SELECT id FROM gaolerFailures ORDER BY id").map(({ id }) => id)).toEqual([
    "192.0.2.2",
    "192.0.2.3",
  ]);
  expect(stage.said.filter((text) => text.startsWith("ERROR"))).toEqual([]);
});

test("a jail that a purge takes away in the middle of a transaction is there again for the next ban", () => {
  const stage = new Stage();
  const store = stage.open();
  store.transaction(() => {
    store.saveLogPosition("old", "/var/log/a", "hash", 1);
    store.disableJail("old");
    store.purge(NOW);
    store.saveBan("old", ban("192.0.2.1"), 600);
  });
  expect(stage.rows(JAILS)).toEqual([{ name: "old", enabled: 1 }]);
  expect(stage.rows(BANS)).toEqual([{ jail: "old", ip: "192.0.2.1" }]);
});

test("what waits in memory for the file brings with it all that it needs there", () => {
  const stage = new Stage();
  const store = stage.open();
  stage.setReadOnly(true);
  saveAll(store, "sshd", ["192.0.2.1", "192.0.2.2"]);
  expect(store.currentBans("sshd", NOW)).toHaveLength(2);
  stage.setReadOnly(false);
  stage.now += 600;
  store.tend();
  expect(stage.rows(BANS)).toHaveLength(2);
  expect(stage.rows("SELECT id FROM gaolerFailures")).toHaveLength(2);
});

test("names of jails and IDs that could run into each other keep their counts apart", () => {
  const stage = new Stage();
  const store = stage.open();
  stage.setReadOnly(true);
  const pairs = [
    ["a", "b c"],
    ["a b", "c"],
    ["a", "1 b"],
    ["a 1", "b"],
  ] as const;
  for (const [jail, id] of pairs) store.saveFailures(jail, failing(id));
  stage.setReadOnly(false);
  stage.now += 600;
  store.tend();
  const rows = stage.rows("SELECT jail, id FROM gaolerFailures ORDER BY rowid");
  expect(rows.map(({ jail, id }) => [jail, id])).toEqual(pairs.map((pair) => [...pair]));
});
