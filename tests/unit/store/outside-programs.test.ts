/**
 * The file shared with other programs: Python scripts that read it, write to it, lock it, and people who take it away.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { connectSqlite } from "../../../src/store/open-database.ts";
import { openStore } from "../../../src/store/sqlite-store.ts";
import type { BanStore } from "../../../src/store/store.ts";
import { ban, NOW, Stage } from "./store-fixture.ts";

const hasPython = spawnSync("python3", ["-c", "import sqlite3"]).status === 0;
const skipped = hasPython ? "" : " (skipped: no python3 with sqlite3)";

/** Runs a script with `db`, a connection as scripts make it, and waits for its first word. */
async function python(stage: Stage, script: string): Promise<ChildProcess> {
  const head = "import sqlite3, sys, time\ndb = sqlite3.connect(sys.argv[1], isolation_level=None)\n";
  const child = spawn("python3", ["-c", head + script, stage.path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout, "data");
  return child;
}

async function run(stage: Stage, sql: string): Promise<void> {
  const child = await python(stage, `db.execute(${JSON.stringify(sql)}); print("done")`);
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(0);
}

/** As the daemon opens it: with the real patience, on the real clock. */
function realStore(stage: Stage, patience = 0): BanStore {
  const clock = { now: () => Date.now() / 1000 };
  const store = openStore(stage.path, { observe: stage.observe, clock, connect: connectSqlite, patience });
  onTestFinished(() => store.close());
  return store;
}

const idsOf = (bans: readonly { readonly id: string }[]) => bans.map((each) => each.id);
const liveBan = (id: string) => ban(id, { at: Date.now() / 1000 });

test.skipIf(!hasPython)(
  `what a script deletes counts no more, neither for increments nor at a restart${skipped}`,
  async () => {
    const stage = new Stage();
    const store = stage.open();
    for (const id of ["192.0.2.1", "192.0.2.2"]) store.saveBan("j", ban(id, { bancount: 3 }), 600);
    store.tend();
    expect(stage.said.filter((line) => line.includes("another program"))).toEqual([]);
    await run(stage, "DELETE FROM bips WHERE ip = '192.0.2.1'");
    expect(store.history("192.0.2.1", "j")).toBeUndefined();
    expect(store.history("192.0.2.2", "j")?.count).toBe(3);
    await run(stage, "DELETE FROM bans");
    expect(store.matchesOf("192.0.2.2", "j").failures).toBe(0);
    for (let second = 0; second < 5; second++) store.tend();
    expect(stage.said.filter((line) => line.includes("another program"))).toEqual([
      `INFO Database '${stage.path}' was changed by another program; bans in force stay, later ones and the next start go by what it holds now`,
    ]);
    store.close();
    expect(idsOf(stage.open().currentBans("j", NOW))).toEqual(["192.0.2.2"]);
  },
);

test.skipIf(!hasPython)(
  `a script that reads and writes all the time loses nothing and costs no ban${skipped}`,
  async () => {
    const stage = new Stage();
    const store = realStore(stage);
    store.addJail("j");
    const script = `
print("go", flush=True)
for i in range(100):
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO bans(jail, ip, timeofban, bantime) VALUES ('j', 'theirs ' || ?, 1, 1)", (i,))
    time.sleep(0.001)
    db.execute("COMMIT")
    db.execute("SELECT count(*) FROM bans").fetchall()
    time.sleep(0.002)
`;
    const child = await python(stage, script);
    const ended = once(child, "exit");
    let n = 0;
    for (; child.exitCode === null && n < 5000; n++) {
      store.saveBan("j", liveBan(`ours ${n}`), 600);
      await sleep(2);
    }
    await ended;
    expect(child.exitCode).toBe(0);
    store.close();
    const count = (like: string) =>
      stage.rows(`SELECT count(DISTINCT ip) AS ids, count(*) AS n FROM bans WHERE ip LIKE '${like}%'`);
    expect(count("ours")).toEqual([{ ids: n, n }]);
    expect(count("theirs")).toEqual([{ ids: 100, n: 100 }]);
    expect(stage.rows("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  },
  30_000,
);

test.skipIf(!hasPython)(
  `a script that keeps the file for seconds holds bans up for a moment once, and what waited is written without a further ban${skipped}`,
  async () => {
    const stage = new Stage();
    const store = realStore(stage);
    const child = await python(
      stage,
      'db.execute("BEGIN EXCLUSIVE")\nprint("locked", flush=True)\nsys.stdin.readline()\ndb.execute("COMMIT")',
    );
    stage.said.length = 0;
    // if each of them waited, it would take longer than a test may
    for (let n = 0; n < 200; n++) store.saveBan("j", liveBan(`id ${n}`), 600);
    for (let n = 0; n < 20; n++) store.tend();
    expect(store.pendingWrites).toBe(200);
    expect(stage.said).toEqual([
      `ERROR Error writing to fail2ban database '${stage.path}': database is locked; bans are kept in memory meanwhile`,
    ]);
    child.stdin?.end("\n");
    await once(child, "exit");
    for (let wait = 0; store.pendingWrites > 0 && wait < 100; wait++) {
      await sleep(100);
      store.tend();
    }
    expect(stage.said.at(-1)).toBe(
      `NOTICE Database '${stage.path}' can be written again, 200 change(s) caught up`,
    );
    expect(stage.rows("SELECT count(*) AS n FROM bips")).toEqual([{ n: 200 }]);
  },
);

test.skipIf(!hasPython)(
  `at the start the file is waited for, and what it holds is known${skipped}`,
  async () => {
    const stage = new Stage();
    const before = stage.open();
    before.saveBan("j", liveBan("a"), 6000);
    before.close();
    await python(stage, 'db.execute("BEGIN EXCLUSIVE")\nprint("locked", flush=True)\ntime.sleep(0.5)');
    stage.said.length = 0;
    const store = realStore(stage, 5000);
    expect(store.isReadable).toBe(true);
    expect(idsOf(store.currentBans("j", Date.now() / 1000))).toEqual(["a"]);
    expect(stage.said[1]).toBe(
      `WARNING Database '${stage.path}' is locked by another program, waiting up to 5000 ms`,
    );
  },
);

test("a file that is locked for longer than the start waits is read as soon as it is let go, and that is told", () => {
  const stage = new Stage();
  const before = stage.open();
  before.saveBan("j", ban("a"), 6000);
  before.close();
  const lock = connectSqlite(stage.path);
  lock.exec("BEGIN EXCLUSIVE");
  const store = stage.open();
  let told = 0;
  store.onReadable(() => {
    told += 1;
    expect(idsOf(store.currentBans("j", NOW))).toEqual(["a"]);
  });
  expect([store.isReadable, store.currentBans("j", NOW)]).toEqual([false, []]);
  for (let second = 0; second < 5; second++) {
    stage.now += 1;
    store.tend();
  }
  expect(told).toBe(0);
  lock.exec("ROLLBACK");
  lock.close();
  for (let second = 0; second < 20; second++) {
    stage.now += 1;
    store.tend();
  }
  expect([told, store.isReadable]).toEqual([1, true]);
});

test.each(["removed", "replaced"])("a file that is %s is left for the one that is there now", (what) => {
  const stage = new Stage();
  const store = stage.open();
  store.addJail("j");
  store.saveBan("j", ban("old"), 600);
  if (what === "removed") rmSync(stage.path);
  else {
    const other = new Stage(`${stage.path}-new`);
    const restored = other.open();
    restored.saveBan("k", ban("theirs"), 600);
    restored.disableJail("k");
    restored.close();
    renameSync(other.path, stage.path);
  }
  store.saveBan("k", ban("new"), 600);
  expect(stage.said).toContain(
    `WARNING Database '${stage.path}' was removed or replaced by another program, opening it anew`,
  );
  const expected = what === "removed" ? ["new"] : ["new", "theirs"];
  expect(stage.rows("SELECT ip FROM bips ORDER BY ip").map(({ ip }) => ip)).toEqual(expected);
  // a kill from here on is found out by the next start
  expect(stage.rows("SELECT name FROM jails WHERE name = 'j' AND enabled = 1")).toHaveLength(1);
  expect(store.pendingWrites).toBe(0);
});
