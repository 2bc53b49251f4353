/** What is counted of failing IDs, kept beside fail2ban's tables. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { expect, onTestFinished, test, vi } from "vitest";
import type { FailingId, FailureChanges } from "../../../src/ban/failing-id.ts";
import { ban, NOW, Stage } from "./store-fixture.ts";

const failing = (id: string, changes: Partial<FailingId> = {}): FailingId => ({
  id,
  ip: id,
  first: NOW - 20.5,
  last: NOW - 10.25,
  retry: 2,
  attempts: 2,
  matches: [["", "2026-11-22 11:59:40", ' fail "é"'], "joined\tline"],
  data: new Map<string, string | string[]>([["users", ["a", "b"]]]),
  ...changes,
});

const changed = (...ids: readonly FailingId[]): FailureChanges => ({ isAll: false, failing: ids, gone: [] });
const gone = (...ids: readonly string[]): FailureChanges => ({ isAll: false, failing: [], gone: ids });

test("what is kept comes back as it was, the longest silent first, of this jail alone", () => {
  const stage = new Stage();
  const store = stage.open();
  const late = failing("late", { last: NOW - 1 });
  const other = failing("joe", { ip: "192.0.2.1", data: new Map([["ip", "192.0.2.1"]]) });
  store.saveFailures("j", changed(late, other));
  store.saveFailures("k", changed(failing("late", { retry: 7 })));
  store.close();
  expect(stage.open().failures("j", NOW - 600)).toEqual([other, late]);
});

test("later counts replace earlier ones; who is gone is gone, and who is silent for long is forgotten", () => {
  const stage = new Stage();
  const store = stage.open();
  store.saveFailures("j", changed(failing("a"), failing("b"), failing("old", { last: NOW - 700 })));
  store.saveFailures("j", changed(failing("a", { attempts: 3 })));
  store.saveFailures("j", gone("b", "never seen"));
  expect(store.failures("j", NOW - 600)).toEqual([failing("a", { attempts: 3 })]);
  expect(stage.rows("SELECT id FROM gaolerFailures")).toEqual([{ id: "a" }]);
  store.saveFailures("j", { isAll: true, failing: [failing("c")], gone: [] });
  expect(store.failures("j", NOW - 600)).toEqual([failing("c")]);
});

test("lines are kept as far as the database keeps lines, and only as long as they are short", () => {
  const stage = new Stage();
  const store = stage.open({ dbmaxmatches: 1 });
  const long = failing("long", { matches: ["x".repeat(20_000)] });
  store.saveFailures("j", changed(failing("a"), long));
  expect(store.failures("j", NOW - 600).map(({ attempts, matches }) => [attempts, matches])).toEqual([
    [2, ["joined\tline"]],
    [2, []],
  ]);
});

test("a file without the table has no counts and is no trouble, be it read-only", () => {
  const stage = new Stage();
  const store = stage.open();
  stage.setReadOnly(true);
  stage.said.length = 0;
  expect(store.failures("j", NOW - 600)).toEqual([]);
  expect(stage.said).toEqual([]);
});

test("a table that somebody took away is made again", () => {
  const stage = new Stage();
  const store = stage.open();
  store.saveFailures("j", changed(failing("a")));
  const other = new DatabaseSync(stage.path);
  other.exec("DROP TABLE gaolerFailures");
  other.close();
  store.saveFailures("j", changed(failing("b")));
  expect(store.failures("j", NOW - 600).map(({ id }) => id)).toEqual(["b"]);
  expect(store.pendingWrites).toBe(0);
});

test("a purge makes no table where nothing was kept", () => {
  const stage = new Stage();
  stage.open().purge(NOW);
  expect(stage.rows("SELECT name FROM sqlite_master WHERE name = 'gaolerFailures'")).toEqual([]);
});

test("an old jail's counts are purged with its bans, a running one's are its own business", () => {
  const stage = new Stage();
  const store = stage.open();
  store.addJail("runs");
  for (const jail of ["runs", "left"]) store.saveFailures(jail, changed(failing("a")));
  store.purge(NOW + 86_000);
  expect(stage.rows("SELECT jail FROM gaolerFailures ORDER BY jail")).toHaveLength(2);
  store.purge(NOW + 86_400);
  expect(stage.rows("SELECT jail FROM gaolerFailures")).toEqual([{ jail: "runs" }]);
});

test("while the file takes no writes, the last count of each ID waits, however often it changes", () => {
  const stage = new Stage();
  const store = stage.open();
  store.saveFailures("j", changed(failing("a"), failing("b"), failing("silent")));
  stage.setReadOnly(true);
  for (let n = 3; n < 200; n += 1) {
    store.transaction(() => {
      store.saveLogPosition("j", "/log", "f00d", n);
      store.saveFailures("j", changed(failing("a", { attempts: n })));
      store.saveFailures("j", n % 2 === 0 ? changed(failing("b")) : gone("b"));
    });
  }
  expect(store.pendingWrites).toBe(3);
  // what is in the file alone may be outdated
  expect(store.failures("j", NOW - 600)).toEqual([failing("a", { attempts: 199 })]);
  store.saveBan("j", ban("after"), 600);
  stage.setReadOnly(false);
  stage.now += 5;
  store.tend();
  expect(stage.said.at(-1)).toContain("5 change(s) caught up");
  expect(store.failures("j", NOW - 600).map(({ id, attempts }) => [id, attempts])).toEqual([
    ["silent", 2],
    ["a", 199],
  ]);
  expect(store.logPosition("j", "/log")?.position).toBe(199);
});

test("all at once while the file takes no writes ends what the file had and what waited before", () => {
  const stage = new Stage();
  const store = stage.open();
  store.saveFailures("j", changed(failing("in the file")));
  stage.setReadOnly(true);
  store.saveFailures("j", changed(failing("waits")));
  store.saveFailures("j", { isAll: true, failing: [failing("a")], gone: [] });
  store.saveFailures("j", changed(failing("b")));
  stage.setReadOnly(false);
  store.close();
  expect(stage.rows("SELECT id FROM gaolerFailures ORDER BY id")).toEqual([{ id: "a" }, { id: "b" }]);
});

test("counts give way where too much waits, bans and positions do not", () => {
  const stage = new Stage();
  const store = stage.open();
  stage.setReadOnly(true);
  store.saveLogPosition("j", "/log", "f00d", 17);
  store.saveBan("j", ban("banned"), 600);
  store.transaction(() => {
    const ids = Array.from({ length: 100_001 }, (_, n) => `id ${n}`);
    store.saveFailures("j", gone(...ids));
  });
  expect(stage.said.at(-1)).toBe("ERROR Too many changes wait for the database, the oldest are lost");
  expect(store.pendingWrites).toBe(90_003);
  stage.setReadOnly(false);
  store.close();
  expect(stage.rows("SELECT ip FROM bips")).toEqual([{ ip: "banned" }]);
  expect(stage.rows("SELECT lastfilepos FROM logs")).toEqual([{ lastfilepos: 17 }]);
});

test("counts are saved from a damaged file with the positions that they belong to", () => {
  const stage = new Stage();
  const store = stage.open();
  store.transaction(() => {
    for (let n = 0; n < 200; n += 1)
      store.saveBan("j", ban(`192.0.2.${n}`, { matches: ["x".repeat(300)] }), 600);
  });
  store.saveLogPosition("j", "/log", "f00d", 17);
  store.saveFailures("j", changed(failing("a"), failing("b")));
  store.close();
  const bytes = readFileSync(stage.path);
  const damaged = 4096 * Math.floor(bytes.length / 4096 / 2);
  bytes.fill(0xff, damaged, damaged + 4096);
  writeFileSync(stage.path, bytes);
  const saved = stage.open();
  expect(stage.said.join("\n")).toContain("Repair seems to be successful");
  expect(saved.logPosition("j", "/log")?.position).toBe(17);
  expect(saved.failures("j", NOW - 600)).toEqual([failing("a"), failing("b")]);
});

test("a file that is another has another edition", () => {
  const stage = new Stage();
  const store = stage.open();
  const first = store.edition;
  store.saveBan("j", ban("a"), 600);
  expect(store.edition).toBe(first);
  rmSync(stage.path);
  store.saveBan("j", ban("b"), 600);
  expect(store.edition).toBeGreaterThan(first);
});

test("many counts that are written by themselves, as at a stop, take few transactions", () => {
  const stage = new Stage();
  const store = stage.open();
  const run = vi.spyOn(StatementSync.prototype, "run");
  onTestFinished(() => run.mockRestore());
  const ids = Array.from({ length: 2500 }, (_, n) => failing(`id ${n}`));
  store.saveFailures("j", { isAll: true, failing: ids, gone: [] });
  const commits = run.mock.contexts.filter((it) => it instanceof StatementSync && it.sourceSQL === "COMMIT");
  expect(commits).toHaveLength(4);
  expect(store.failures("j", 0)).toHaveLength(2500);
});
