/**
 * Transactions in quick succession become one.
 * @module
 */
import { rmSync } from "node:fs";
import { StatementSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { ban, NOW, Stage } from "./store-fixture.ts";

const COUNT = "SELECT count(*) AS logs FROM logs";

/** SQLite finds this wrong with the next statement. */
function failOnce(text: string, errcode: number): void {
  const run = vi.spyOn(StatementSync.prototype, "run").mockImplementationOnce(() => {
    run.mockRestore();
    throw Object.assign(new Error(text), { errcode });
  });
}

function gatheringStage() {
  const stage = new Stage();
  const due: (() => void)[] = [];
  const pauses: number[] = [];
  const store = stage.open({
    later: (work, after) => {
      due.push(work);
      pauses.push(Math.round(after * 1000) / 1000);
    },
  });
  store.addJail("sshd");
  let logs = 0;
  /** stores the place of one more log */
  const add = (): void =>
    store.transaction(() => store.saveLogPosition("sshd", `/var/log/${logs++}`, "hash", 1));
  const stored = (): unknown => stage.rows(COUNT)[0]?.["logs"];
  /** more than a few in quick succession, after one that is committed at once */
  const flood = (count: number): void => {
    stage.now += 60;
    for (let n = 0; n <= count; n += 1) add();
  };
  return { stage, store, due, pauses, add, flood, stored };
}

test("a transaction after a pause is committed at once, those that follow it closely a moment later", () => {
  const { stage, due, add, stored } = gatheringStage();
  stage.now += 60;
  add();
  expect([stored(), due.length]).toEqual([1, 0]);
  stage.now += 0.01;
  add();
  add();
  expect([stored(), due.length]).toEqual([1, 1]);
  due[0]?.();
  expect(stored()).toBe(3);
  stage.now += 1;
  add();
  expect([stored(), due.length]).toEqual([4, 1]);
});

test("what is gathered is read, joined by single writes, and kept when the store is closed or looked after", () => {
  const { stage, store, add, stored } = gatheringStage();
  stage.now += 60;
  add();
  add();
  store.saveLogPosition("sshd", "/var/log/single", "hash", 7);
  expect(store.logPosition("sshd", "/var/log/single")).toEqual({ hash: "hash", position: 7 });
  expect(stored()).toBe(1);
  store.tend();
  expect(stored()).toBe(3);
  add();
  expect(stored()).toBe(3);
  store.close();
  expect(stored()).toBe(4);
});

test("what was gathered when the file failed waits in memory, and is written once it can be", () => {
  const { stage, store, due, add, stored } = gatheringStage();
  stage.now += 60;
  add();
  add();
  stage.setReadOnly(true);
  add();
  due[0]?.();
  expect(store.logPosition("sshd", "/var/log/1")).toEqual({ hash: "hash", position: 1 });
  stage.setReadOnly(false);
  stage.now += 600;
  store.tend();
  expect(stored()).toBe(3);
});

test("in a flood they are gathered for a second, then brought to the file in portions, and seen there all at once", () => {
  const { stage, due, pauses, flood, stored } = gatheringStage();
  flood(1200);
  expect([stored(), pauses]).toEqual([1, [0.1]]);
  stage.now += 0.1;
  due.shift()?.();
  expect([stored(), pauses]).toEqual([1, [0.1, 0.9]]);
  stage.now += 0.9;
  for (const portion of [1, 2]) {
    due.shift()?.();
    expect([stored(), pauses.slice(2)]).toEqual([1, Array(portion).fill(0)]);
  }
  due.shift()?.();
  expect([stored(), due]).toEqual([1201, []]);
});

test("what comes while portions are brought to the file is committed with them", () => {
  const { stage, store, due, add, flood, stored } = gatheringStage();
  flood(600);
  stage.now += 1;
  due.shift()?.();
  add();
  expect(store.logPosition("sshd", "/var/log/601")).toEqual({ hash: "hash", position: 1 });
  expect(stored()).toBe(1);
  due.shift()?.();
  expect(stored()).toBe(602);
});

test("somebody who changes something in a flood waits for no more than a moment", () => {
  const { stage, store, due, pauses, flood, stored } = gatheringStage();
  flood(300);
  stage.now += 0.1;
  due.shift()?.();
  store.deleteBan("sshd", "192.0.2.1");
  expect([stored(), pauses]).toEqual([1, [0.1, 0.9, 0.1]]);
  stage.now += 0.1;
  const [outdated, look] = due;
  outdated?.();
  expect(stored()).toBe(1);
  look?.();
  expect(stored()).toBe(301);
});

test("what follows a change by hand in a flood, and may belong to it, is committed a moment later", () => {
  const { stage, store, due, flood, add, stored } = gatheringStage();
  flood(300);
  due.shift()?.();
  stage.now += 1;
  due.shift()?.();
  expect(stored()).toBe(301);
  store.deleteBan("sshd", "192.0.2.1");
  for (let n = 0; n < 300; n += 1) add();
  stage.now += 0.1;
  due.shift()?.();
  expect(stored()).toBe(601);
});

test("what grows too much is brought to the file at once, and committed before it is twice as much", () => {
  const { stage, store, pauses, add, stored } = gatheringStage();
  const matches = ["x".repeat(1024 * 1024)];
  const banOne = (id: string): void =>
    store.transaction(() => store.saveBan("sshd", ban(id, { matches }), 600));
  stage.now += 60;
  add();
  banOne("192.0.2.1");
  expect([stage.rows("SELECT ip FROM bips"), pauses]).toEqual([[], [0.1]]);
  banOne("192.0.2.2");
  expect([stage.rows("SELECT ip FROM bips"), pauses]).toEqual([[], [0.1, 0]]);
  for (const id of ["192.0.2.3", "192.0.2.4"]) banOne(id);
  expect(stage.rows("SELECT ip FROM bips")).toHaveLength(4);
  for (let n = 0; n < 16_384; n += 1) add();
  expect(stored()).toBe(16_385);
});

test("what is changed again before the commit is written once", () => {
  const { stage, store, due, add } = gatheringStage();
  stage.now += 60;
  add();
  const written = (): unknown => stage.connections[0]?.prepare("SELECT total_changes() AS n").get()?.["n"];
  const before = Number(written());
  for (const position of [1, 2, 3]) {
    store.transaction(() => {
      store.saveLogPosition("sshd", "/var/log/a", "hash", position);
      store.saveBan("sshd", ban("192.0.2.1", { bancount: position }), 600);
    });
  }
  due[0]?.();
  expect(Number(written()) - before).toBe(1 + 3 + 3);
  expect(stage.rows("SELECT lastfilepos AS n FROM logs WHERE path = '/var/log/a'")).toEqual([{ n: 3 }]);
  expect(stage.rows("SELECT bancount FROM bans ORDER BY rowid").map(({ bancount }) => bancount)).toEqual([
    1, 2, 3,
  ]);
  expect(store.history("192.0.2.1", "sshd")?.count).toBe(3);
});

test.each(["is read-only", "was taken away", "is damaged"])(
  "what was brought to a file in part that %s then is written whole once it can be, and once only",
  (fault) => {
    const { stage, store, due, flood } = gatheringStage();
    flood(600);
    store.transaction(() => {
      for (let n = 0; n < 600; n += 1) store.saveBan("sshd", ban(`192.0.2.${n}`), 600);
    });
    stage.now += 1;
    due.shift()?.();
    if (fault === "is read-only") stage.setReadOnly(true);
    else if (fault === "was taken away") rmSync(stage.path);
    else failOnce("database disk image is malformed", 11);
    while (due.length > 0) due.shift()?.();
    expect(store.currentBans("sshd", NOW)).toHaveLength(600);
    stage.setReadOnly(false);
    stage.now += 600;
    store.tend();
    expect(stage.rows("SELECT count(*) AS n FROM bans")).toEqual([{ n: 600 }]);
    expect(stage.rows("SELECT name FROM jails WHERE enabled = 1")).toEqual([{ name: "sshd" }]);
  },
);

test("a row that the database refuses is told, and takes no other with it", () => {
  const { stage, store, due, flood } = gatheringStage();
  flood(2);
  store.transaction(() => {
    store.saveBan("sshd", ban("192.0.2.1", { at: Number.NaN }), 600);
    store.saveBan("sshd", ban("192.0.2.2"), 600);
  });
  due[0]?.();
  expect(stage.said.at(-1)).toContain("NOT NULL constraint failed: bans.timeofban");
  expect(stage.rows("SELECT ip FROM bips")).toEqual([{ ip: "192.0.2.2" }]);
});
