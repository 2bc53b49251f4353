import { existsSync, mkdirSync, renameSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test, vi } from "vitest";
import { BanDatabase } from "../../../src/daemon/ban-database.ts";
import { ban, NOW, Stage, temporaryFolder } from "../store/store-fixture.ts";

/** What the upkeep is timed by. */
const FAKED = [
  "setInterval",
  "clearInterval",
  "setTimeout",
  "clearTimeout",
  "performance",
] as const satisfies readonly string[];

function databaseOf(stage: Stage): BanDatabase {
  const terms = { dbmaxmatches: 10, dbpurgeage: 3600 };
  const database = new BanDatabase(terms, stage.observe, stage.clock);
  onTestFinished(() => database.close());
  return database;
}

test("a file is opened once, however often it is asked for", () => {
  const stage = new Stage();
  const database = databaseOf(stage);
  expect(database.store).toBeUndefined();
  database.open(stage.path);
  const { store } = database;
  database.open(stage.path);
  expect(database.store).toBe(store);
  expect(store?.path).toBe(stage.path);
});

test("the last level of its directory is made, for nobody else to read", () => {
  const stage = new Stage();
  const directory = join(temporaryFolder(), "new");
  databaseOf(stage).open(join(directory, "bans.sqlite3"));
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("a file that cannot be opened is told of, and bans are kept in memory", () => {
  const stage = new Stage();
  const database = databaseOf(stage);
  const path = join(temporaryFolder(), "no", "such", "place.sqlite3");
  database.open(path);
  expect(existsSync(path)).toBe(false);
  expect(stage.said.some((line) => line.startsWith("ERROR"))).toBe(true);
  database.store?.saveBan("j1", ban("192.0.2.1"), 600);
  expect(database.store?.currentBans("j1", NOW)).toHaveLength(1);
});

test("it can be switched off and changed to another file", () => {
  const stage = new Stage();
  const database = databaseOf(stage);
  database.open(stage.path);
  database.open(":memory:");
  expect(database.store?.path).toBe(":memory:");
  database.open(undefined);
  expect(database.store).toBeUndefined();
});

test("jails that were not stopped in order are found once", () => {
  const stage = new Stage();
  const before = databaseOf(stage);
  before.open(stage.path);
  before.store?.addJail("killed");
  before.store?.addJail("stopped");
  before.store?.disableJail("stopped");
  before.close();

  const database = databaseOf(stage);
  database.open(stage.path);
  expect(database.takeEndedBadly("stopped")).toBe(false);
  expect(database.takeEndedBadly("killed")).toBe(true);
  expect(database.takeEndedBadly("killed")).toBe(false);
  expect(database.store?.runningJails()).toEqual([]);
});

test("limits reach the file that is open and the next one", () => {
  const stage = new Stage();
  const database = databaseOf(stage);
  database.open(stage.path);
  database.setMaxMatches(3);
  database.setPurgeAge(60);
  expect([database.store?.dbmaxmatches, database.store?.dbpurgeage]).toEqual([3, 60]);
  database.open(":memory:");
  expect([database.store?.dbmaxmatches, database.store?.dbpurgeage]).toEqual([3, 60]);
  expect([database.dbmaxmatches, database.dbpurgeage]).toEqual([3, 60]);
});

test("what is old is purged once an hour, first after an hour", () => {
  vi.useFakeTimers({ toFake: [...FAKED] });
  onTestFinished(() => void vi.useRealTimers());
  const stage = new Stage();
  const database = databaseOf(stage);
  database.open(stage.path);
  database.store?.saveBan("j1", ban("192.0.2.1", { at: NOW }), 60);
  stage.now = NOW + 7200;
  const count = () => stage.rows("SELECT ip FROM bans").length;
  vi.advanceTimersByTime(3_599_000);
  expect(count()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(count()).toBe(0);
  database.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("a file that takes what it gets is looked after every ten seconds, one that does not every second", () => {
  vi.useFakeTimers({ toFake: [...FAKED] });
  onTestFinished(() => void vi.useRealTimers());
  const stage = new Stage();
  const database = databaseOf(stage);
  database.open(stage.path);
  const { store } = database;
  if (store === undefined) throw new Error("no store");
  const tend = vi.spyOn(store, "tend");
  vi.advanceTimersByTime(60_000);
  expect(tend).toHaveBeenCalledTimes(6);
  // another program has the file for itself
  const other = new DatabaseSync(stage.path);
  other.exec("BEGIN EXCLUSIVE");
  store.addJail("j");
  expect(store.pendingWrites).toBe(1);
  vi.advanceTimersByTime(5000);
  expect(tend).toHaveBeenCalledTimes(11);
  other.exec("COMMIT");
  other.close();
  stage.now += 60;
  vi.advanceTimersByTime(1000);
  expect(store.pendingWrites).toBe(0);
  expect(stage.rows("SELECT name FROM jails")).toEqual([{ name: "j" }]);
  tend.mockClear();
  vi.advanceTimersByTime(60_000);
  expect(tend).toHaveBeenCalledTimes(6);
  database.open(undefined);
  vi.advanceTimersByTime(60_000);
  expect(tend).toHaveBeenCalledTimes(6);
  database.close();
});

test("a file that was locked at the start: whether its jails ended in order is unknown, and it is told when it can be read", () => {
  vi.useFakeTimers({ toFake: [...FAKED] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const stage = new Stage();
  const before = stage.open();
  before.saveBan("j", ban("192.0.2.1"), 600);
  before.close();
  const folder = `${stage.path}-away`;
  renameSync(stage.path, folder);
  mkdirSync(stage.path);
  const database = databaseOf(stage);
  let restored: readonly string[] = [];
  database.onReadable(() => {
    restored = (database.store?.currentBans("j", NOW) ?? []).map(({ id }) => id);
  });
  database.open(stage.path);
  expect([database.takeEndedBadly("j"), database.takeEndedBadly("j")]).toEqual([true, false]);
  rmdirSync(stage.path);
  renameSync(folder, stage.path);
  stage.now += 5;
  vi.advanceTimersByTime(1000);
  expect(restored).toEqual(["192.0.2.1"]);
});
