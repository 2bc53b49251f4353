/**
 * @module
 */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { ban, NOW, Stage } from "./store-fixture.ts";

const idsOf = (bans: readonly { readonly id: string }[]) => bans.map((each) => each.id);

/** Another program that has the file for itself until it lets go. */
function lockOf(stage: Stage): DatabaseSync {
  const other = new DatabaseSync(stage.path);
  other.exec("BEGIN EXCLUSIVE");
  onTestFinished(() => {
    if (other.isOpen) other.close();
  });
  return other;
}

test("while the file takes no writes bans are kept in memory, and written once it does", () => {
  const stage = new Stage();
  const store = stage.open();
  store.saveBan("j", ban("before"), 600);
  stage.setReadOnly(true);
  stage.said.length = 0;
  store.saveBan("j", ban("during"), 600);
  store.saveBan("j", ban("before", { bancount: 2 }), 1200);
  store.saveLogPosition("j", "/log", "f00d", 17);
  expect(stage.said).toEqual([
    `ERROR Error writing to fail2ban database '${stage.path}': attempt to write a readonly database; bans are kept in memory meanwhile`,
  ]);
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["before", "during"]);
  expect([...store.currentBanPortions("j", NOW, 1)].flat()).toEqual(store.currentBans("j", NOW));
  expect(store.history("before", "j")).toEqual({ count: 2, lastAt: NOW - 10, bantime: 1200 });
  expect(store.matchesOf("before", "j").failures).toBe(6);
  expect(store.logPosition("j", "/log")?.position).toBe(17);
  expect(stage.rows("SELECT ip FROM bips")).toHaveLength(1);
  stage.setReadOnly(false);
  stage.now += 5;
  store.saveBan("j", ban("after"), 600);
  expect(stage.said.at(-1)).toBe(
    `NOTICE Database '${stage.path}' can be written again, 3 change(s) caught up`,
  );
  expect(stage.rows("SELECT ip, bancount FROM bips ORDER BY ip")).toEqual([
    { ip: "after", bancount: 1 },
    { ip: "before", bancount: 2 },
    { ip: "during", bancount: 1 },
  ]);
  expect(store.pendingWrites).toBe(0);
});

test("a full disk stops no ban", () => {
  const stage = new Stage();
  const store = stage.open();
  stage.connections.at(-1)?.exec("PRAGMA max_page_count=1");
  for (let i = 0; i < 100; i++) store.saveBan("j", ban(`id ${i}`, { matches: ["x".repeat(1000)] }), 600);
  expect(stage.said.at(-1)).toContain("database or disk is full");
  expect(store.currentBans("j", NOW)).toHaveLength(100);
  stage.connections.at(-1)?.exec("PRAGMA max_page_count=100000");
  store.close();
  expect(stage.rows("SELECT ip FROM bips")).toHaveLength(100);
});

test("a locked file delays the writing, not the bans", () => {
  const stage = new Stage();
  const store = stage.open();
  const lock = lockOf(stage);
  store.saveBan("j", ban("a"), 600);
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["a"]);
  expect(store.pendingWrites).toBe(1);
  lock.exec("ROLLBACK");
  stage.now += 5;
  store.addJail("j");
  expect(stage.rows("SELECT ip FROM bips")).toEqual([{ ip: "a" }]);
});

test("a file that is locked at the start is taken up later", () => {
  const stage = new Stage();
  stage.open().close();
  const lock = lockOf(stage);
  const store = stage.open();
  store.saveBan("j", ban("a"), 600);
  expect(stage.said.some((line) => line.endsWith("database is locked"))).toBe(true);
  lock.exec("ROLLBACK");
  stage.now += 5;
  store.saveBan("j", ban("b"), 600);
  expect(stage.rows("SELECT ip FROM bips")).toHaveLength(2);
});

test("a file that another program keeps in its own journal mode is used as it is", () => {
  const stage = new Stage();
  stage.open().close();
  const other = new DatabaseSync(stage.path);
  other.exec("PRAGMA journal_mode=WAL; BEGIN; SELECT * FROM bips");
  const store = stage.open();
  store.saveBan("j", ban("a"), 600);
  expect(store.pendingWrites).toBe(0);
  other.close();
  expect(stage.rows("SELECT ip FROM bips")).toEqual([{ ip: "a" }]);
});

test("however long a file did not work, it is tried again every five minutes at least", () => {
  const stage = new Stage();
  const store = stage.open();
  const lock = lockOf(stage);
  for (let second = 0; second < 3600; second++) {
    stage.now += 1;
    store.saveBan("j", ban("a", { at: stage.now }), 600);
  }
  expect(store.pendingWrites).toBe(3600);
  lock.exec("ROLLBACK");
  let waited = 0;
  for (; store.pendingWrites > 0 && waited < 1000; waited++) {
    stage.now += 1;
    store.addJail("j");
  }
  expect(waited).toBeLessThanOrEqual(300);
  expect(stage.rows("SELECT count(*) AS n FROM bans")).toEqual([{ n: 3600 }]);
});

test("what was unbanned meanwhile is not read from the file", () => {
  const stage = new Stage();
  const store = stage.open();
  for (const id of ["a", "b"]) store.saveBan("j", ban(id), 600);
  store.saveBan("k", ban("a"), 600);
  stage.setReadOnly(true);
  store.deleteBan("j", "a");
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["b"]);
  expect([store.history("a", undefined)?.count, store.matchesOf("a", "j").failures]).toEqual([1, 0]);
  store.deleteBans("k");
  expect(store.currentBans("k", NOW)).toEqual([]);
  store.saveBan("j", ban("a"), 600);
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["a", "b"]);
  stage.setReadOnly(false);
  stage.now += 5;
  store.addJail("j");
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["a", "b"]);
});

test("a transaction that the file gives up in the middle is kept whole", () => {
  const stage = new Stage();
  const store = stage.open();
  store.transaction(() => {
    store.saveBan("j", ban("a"), 600);
    stage.setReadOnly(true);
    store.saveBan("j", ban("b"), 600);
    store.saveBan("j", ban("c"), 600);
  });
  expect(stage.rows("SELECT ip FROM bips")).toEqual([]);
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["a", "b", "c"]);
  stage.setReadOnly(false);
  stage.now += 5;
  store.addJail("j");
  expect(stage.rows("SELECT ip FROM bans ORDER BY ip").map(({ ip }) => ip)).toEqual(["a", "b", "c"]);
});

test("a row that the database refuses is told and holds up no other", () => {
  const stage = new Stage();
  const store = stage.open();
  store.saveBan("j", ban("a", { at: Number.NaN }), 600);
  expect(stage.said.at(-1)).toContain("NOT NULL constraint failed");
  store.saveBan("j", ban("b"), 600);
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["b"]);
  expect(store.pendingWrites).toBe(0);
});

test("the same complaint is made once a minute", () => {
  const stage = new Stage();
  const store = stage.open();
  stage.said.length = 0;
  for (let i = 0; i < 120; i++) {
    store.saveBan("j", ban("a", { at: Number.NaN }), 600);
    stage.now += 1;
  }
  expect(stage.said).toHaveLength(2);
});

test("a closed store takes everything and does nothing", () => {
  const stage = new Stage();
  const store = stage.open();
  store.close();
  store.close();
  store.saveBan("j", ban("a"), 600);
  expect([store.transaction(() => 5), store.currentBans("j", NOW), store.pendingWrites]).toEqual([5, [], 0]);
  expect(stage.said.filter((line) => line === "INFO Connection to database closed.")).toHaveLength(1);
  expect(existsSync(stage.path)).toBe(true);
});

/** How changes are made. */
const WAYS = ["single", "grouped", "gathered"] as const;

type Step = { readonly act: "ban" | "unban" | "fault" | "wait" | "forget"; readonly id: string };

test("whatever fails when, the store answers as one that never fails, and the file has it all in the end", () => {
  const step = fc.record({
    act: fc.constantFrom<Step["act"][]>("ban", "ban", "unban", "fault", "wait", "forget"),
    id: fc.constantFrom("a", "b", "c"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(...WAYS), (steps, way) => {
      const faulty = new Stage();
      const due: (() => void)[] = [];
      const store = faulty.open(way === "gathered" ? { later: (work) => due.push(work) } : {});
      const sound = new Stage(":memory:").open();
      let isReadOnly = false;
      let count = 0;
      for (const { act, id } of steps) {
        count += 1;
        if (act === "fault") {
          isReadOnly = !isReadOnly;
          faulty.setReadOnly(isReadOnly);
        } else if (act === "wait") {
          faulty.now += 400;
          for (const look of due.splice(0)) look();
        }
        for (const each of [store, sound]) {
          const write = () => {
            if (act === "ban") each.saveBan("j", ban(id, { at: NOW, bancount: count }), -1);
            else if (act === "unban") each.deleteBan("j", id);
            else if (act === "forget") each.deleteBans("j");
          };
          if (way === "single") write();
          else each.transaction(write);
        }
        expect(store.currentBans("j", NOW)).toEqual(sound.currentBans("j", NOW));
        for (const each of ["a", "b", "c"]) {
          expect(store.history(each, undefined)).toEqual(sound.history(each, undefined));
          expect(store.matchesOf(each, "j")).toEqual(sound.matchesOf(each, "j"));
        }
      }
      faulty.setReadOnly(false);
      store.close();
      const stored = faulty.rows("SELECT ip, bancount FROM bips ORDER BY ip");
      expect(stored).toEqual(sound.currentBans("j", NOW).map(({ id, bancount }) => ({ ip: id, bancount })));
    }),
    { numRuns: 40 },
  );
});
