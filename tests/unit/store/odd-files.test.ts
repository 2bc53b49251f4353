/**
 * Database files as they should not be: read-only, cut off, on a full disk. Bans go on, the log says what is wrong, and nothing is
 * claimed to be stored that is not.
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connectSqlite } from "../../../src/store/open-database.ts";
import { openStore } from "../../../src/store/sqlite-store.ts";
import { ban, NOW, Stage, temporaryFolder } from "./store-fixture.ts";

const isRoot = process.getuid?.() === 0;
const WRITER = join(import.meta.dirname, "write-as-somebody.ts");
const NOBODY = 65_534;

const idsOf = (bans: readonly { readonly id: string }[]) => bans.map((each) => each.id);

/** A database with the bans 0 to `count`, closed again. */
function filled(count: number, path?: string): Stage {
  const stage = new Stage(path);
  const store = stage.open();
  store.transaction(() => {
    for (let n = 0; n < count; n++)
      store.saveBan("j", ban(`192.0.2.${n}`, { matches: ["x".repeat(300)] }), 600);
  });
  store.close();
  stage.said.length = 0;
  return stage;
}

/** What a program that may not do everything makes of the file: it stores `during`, then once told `after`. */
async function asNobody(stage: Stage, whenDone: () => void): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, stage.path, String(NOW)], {
    stdio: ["pipe", "pipe", "inherit"],
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  let said = "";
  child.stdout.on("data", (data: Buffer) => {
    said += data.toString();
    if (!said.endsWith("-- during\n")) return;
    whenDone();
    child.stdin.end("go on\n");
  });
  await once(child, "close");
  return said.trim().split("\n");
}

function openToNobody(folder: string): void {
  for (const name of ["", ...readdirSync(folder)]) {
    if (isRoot) chownSync(join(folder, name), NOBODY, NOBODY);
  }
}

test("a file that may only be read gives its bans back, takes no new ones, and does so once it may be written", async () => {
  const stage = filled(1);
  openToNobody(dirname(stage.path));
  chmodSync(stage.path, 0o400);
  const said = await asNobody(stage, () => {
    expect(idsOf(stage.rows("SELECT ip AS id FROM bips") as { id: string }[])).toEqual(["192.0.2.0"]);
    chmodSync(stage.path, 0o600);
  });
  expect(said).toContain(
    `ERROR Error writing to fail2ban database '${stage.path}': attempt to write a readonly database; bans are kept in memory meanwhile`,
  );
  expect(said).toContain("bans 192.0.2.0 during, 2 waiting");
  expect(said).toContain(`NOTICE Database '${stage.path}' can be written again, 2 change(s) caught up`);
  expect(said.at(-1)).toBe("bans 192.0.2.0 after during, 0 waiting");
});

test("a directory that may only be read gives its bans back, and its file is written once it may be", async () => {
  const stage = filled(1);
  const folder = dirname(stage.path);
  openToNobody(folder);
  chmodSync(folder, 0o500);
  const said = await asNobody(stage, () => chmodSync(folder, 0o700));
  expect(said).toContain(
    `ERROR Error writing to fail2ban database '${stage.path}': attempt to write a readonly database; bans are kept in memory meanwhile`,
  );
  expect(said).toContain("bans 192.0.2.0 during, 1 waiting");
  expect(said.at(-1)).toBe("bans 192.0.2.0 after during, 0 waiting");
});

test("a directory that is not there is told of, and its file made as soon as it is there", () => {
  const stage = new Stage(join(temporaryFolder(), "no", "such", "bans.sqlite3"));
  const store = stage.open();
  expect(stage.said[0]).toBe(
    `ERROR Error connecting to fail2ban persistent database '${stage.path}': unable to open database file`,
  );
  store.saveBan("j", ban("a"), 600);
  expect(idsOf(store.currentBans("j", NOW))).toEqual(["a"]);
  mkdirSync(dirname(stage.path), { recursive: true });
  stage.now += 5;
  store.tend();
  expect(stage.said.at(-1)).toBe(
    `NOTICE Database '${stage.path}' can be written again, 1 change(s) caught up`,
  );
  expect(stage.rows("SELECT ip FROM bips")).toEqual([{ ip: "a" }]);
});

test("a file that is cut off in the middle gives back what is left of it", () => {
  const stage = filled(200);
  const bytes = readFileSync(stage.path);
  writeFileSync(stage.path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
  const store = stage.open();
  const text = stage.said.join("\n");
  expect(text).toContain(`ERROR Error opening fail2ban persistent database '${stage.path}': `);
  expect(text).toContain(`INFO Trying to repair database ${stage.path}`);
  expect(text).toMatch(/INFO {3}Repair seems to be successful, restored \d+ byte\(s\)\./);
  expect(store.currentBans("j", NOW).length).toBeGreaterThan(50);
  store.saveBan("j", ban("new"), 600);
  expect(stage.rows("SELECT ip FROM bips WHERE ip = 'new'")).toHaveLength(1);
  expect(stage.rows("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
});

test("a file that is cut off while it is open is repaired with what is left of it", () => {
  const stage = filled(200);
  const store = stage.open();
  const bytes = readFileSync(stage.path);
  bytes.writeUInt32BE(bytes.readUInt32BE(24) + 1, 24);
  writeFileSync(stage.path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
  for (let n = 0; n < 3; n++) store.saveBan("j", ban(`new ${n}`), 600);
  expect(idsOf(store.currentBans("j", NOW)).filter((id) => id.startsWith("new"))).toHaveLength(3);
  store.close();
  expect(stage.rows("SELECT ip FROM bips WHERE ip LIKE 'new%'")).toHaveLength(3);
  expect(stage.said.join("\n")).not.toContain("are lost");
});

/** A small disk of its own; `undefined` where it cannot be had. */
function smallDisk(): string | undefined {
  if (!isRoot) return undefined;
  const folder = temporaryFolder();
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", folder]).status !== 0) return undefined;
  return folder;
}

const probe = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
test.skipIf(!probe)(
  `a disk that is full stops no ban, and all are stored once there is space${probe ? "" : " (skipped: may not mount)"}`,
  () => {
    const disk = smallDisk() ?? "";
    onTestFinished(() => {
      spawnSync("umount", ["-l", disk]);
    });
    const stage = new Stage(join(disk, "bans.sqlite3"));
    const store = stage.open();
    store.saveBan("j", ban("before"), 600);
    const filler = join(disk, "filler");
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: "a" });
    } catch {
      // that is what it was for
    }
    for (let n = 0; n < 50; n++) store.saveBan("j", ban(`id ${n}`, { matches: ["x".repeat(400)] }), 600);
    expect(stage.said.at(-1)).toMatch(
      /ERROR Error writing to fail2ban database '.*': (database or disk is full|disk I\/O error); bans are kept in memory meanwhile/,
    );
    expect(store.currentBans("j", NOW)).toHaveLength(51);
    const waiting = store.pendingWrites;
    expect(waiting).toBeGreaterThan(0);
    expect(stage.rows("SELECT ip FROM bips")).toHaveLength(51 - waiting);
    stage.now += 5;
    store.tend();
    expect(store.pendingWrites).toBe(waiting);
    writeFileSync(filler, "");
    stage.now += 60;
    store.tend();
    expect(stage.said.at(-1)).toBe(
      `NOTICE Database '${stage.path}' can be written again, ${waiting} change(s) caught up`,
    );
    expect(stage.rows("SELECT ip FROM bips")).toHaveLength(51);
    expect(stage.rows("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  },
);

test.skipIf(!probe)(
  `a disk that is full at the start is used once there is space${probe ? "" : " (skipped: may not mount)"}`,
  () => {
    const disk = smallDisk() ?? "";
    onTestFinished(() => {
      spawnSync("umount", ["-l", disk]);
    });
    const filler = join(disk, "filler");
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: "a" });
    } catch {
      // that is what it was for
    }
    const stage = new Stage(join(disk, "bans.sqlite3"));
    const store = openStore(stage.path, { ...stage, connect: connectSqlite });
    store.saveBan("j", ban("a"), 600);
    expect(idsOf(store.currentBans("j", NOW))).toEqual(["a"]);
    writeFileSync(filler, "");
    stage.now += 60;
    store.tend();
    expect(stage.rows("SELECT ip FROM bips")).toEqual([{ ip: "a" }]);
    store.close();
  },
);

test.skipIf(!probe)(
  `a damaged file on a full disk is repaired once there is space, and nothing of it is lost before${probe ? "" : " (skipped: may not mount)"}`,
  () => {
    const disk = smallDisk() ?? "";
    onTestFinished(() => {
      spawnSync("umount", ["-l", disk]);
    });
    const stage = filled(200, join(disk, "bans.sqlite3"));
    const bytes = readFileSync(stage.path);
    const page = Math.floor(bytes.length / 4096 / 2);
    bytes.fill(0xff, page * 4096, (page + 1) * 4096);
    writeFileSync(stage.path, bytes);
    const filler = join(disk, "filler");
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: "a" });
    } catch {
      // that is what it was for
    }
    const store = stage.open();
    expect(stage.said.join("\n")).toContain(
      `Database '${stage.path}' is left as it was until there is space`,
    );
    expect(readFileSync(stage.path).equals(bytes)).toBe(true);
    expect(readdirSync(disk).sort()).toEqual(["bans.sqlite3", "filler"]);
    store.saveBan("j", ban("new"), 600);
    stage.now += 5;
    store.tend();
    expect(store.pendingWrites).toBe(1);
    writeFileSync(filler, "");
    stage.said.length = 0;
    stage.now += 60;
    store.tend();
    expect(stage.said.some((line) => line.startsWith("INFO   Repair seems to be successful"))).toBe(true);
    const ids = idsOf(store.currentBans("j", NOW));
    expect(ids.length).toBeGreaterThan(150);
    expect(ids).toContain("new");
    expect(store.pendingWrites).toBe(0);
  },
);
