/** How far logs were read, over kills of the daemon and troubles of the database. */
import { expect, onTestFinished, test, vi } from "vitest";
import type { Jail } from "../../../src/jail/jail.ts";
import { Connection } from "../../../src/store/connection.ts";
import { openStore } from "../../../src/store/sqlite-store.ts";
import { gate, JailStage, LOG } from "./stage.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";
const OTHER = "/var/log/other.log";

/** Ends a jail as `kill -9` does: nothing is saved, stopped or lifted any more. */
async function kill(stage: JailStage, jail: Jail): Promise<void> {
  await stage.settled();
  const { store } = stage;
  // what the dying jail still writes does not arrive
  stage.store = undefined;
  for (const source of stage.sources) await source.stop();
  await jail.stop();
  stage.store = store;
  stage.takeRan();
  stage.takeTold();
}

test("a ban and the position of its line are kept together: a killed jail neither loses nor repeats them", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  stage.fail(A, 2);
  await kill(stage, jail);
  stage.fail(B, 2);
  const again = stage.jail();
  await again.start();
  expect(stage.takeTold()).toEqual([`restored ${A}`, `found ${B} 1/2`, `found ${B} 2/2`, `banned ${B}`]);
});

test("a kill between somebody's lines takes nothing along that was counted of him", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 3 });
  stage.fail(A, 2);
  await stage.pass(1);
  stage.fail(A);
  // these are in the log and not stored when the kill comes: read again, and counted once
  stage.fail(B, 2);
  await kill(stage, jail);
  await stage.jail({ maxretry: 3 }).start();
  expect(stage.takeTold()).toEqual([`restored ${A}`, `found ${B} 1/3`, `found ${B} 2/3`]);
  stage.fail(B);
  expect(stage.takeTold()).toEqual([`found ${B} 3/3`, `banned ${B}`]);
});

test("a stop stores all counts in one go with how far the logs were read, however many there are", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 3 });
  stage.write(Array.from({ length: 5000 }, (_, at) => `fail from 198.18.${at >> 8}.${at & 255}`));
  const begin = vi.spyOn(Connection.prototype, "begin");
  onTestFinished(() => begin.mockRestore());
  await jail.stop();
  // when the reading ends, when all is settled, and that the jail runs no more
  expect(begin).toHaveBeenCalledTimes(3);
  stage.takeTold();
  await stage.jail({ maxretry: 3 }).start();
  stage.fail("198.18.19.135");
  expect(stage.takeTold()).toEqual(["found 198.18.19.135 2/3"]);
});

test("what was stored a second ago and what came since add up to a ban after a kill", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 3 });
  stage.fail(A, 2);
  await stage.pass(1);
  stage.fail(B);
  await kill(stage, jail);
  stage.fail(A);
  await stage.jail({ maxretry: 3 }).start();
  expect(stage.takeTold()).toEqual([`found ${B} 1/3`, `found ${A} 3/3`, `banned ${A}`]);
});

test("who was banned, or banned by hand, or silent for findtime starts anew after a kill", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 3, findtime: 60, bantime: 1 });
  stage.fail(A, 2);
  stage.fail(B, 2);
  await stage.pass(1);
  stage.fail(A);
  void jail.ban([B]);
  await stage.pass(3);
  await jail.unban([B]);
  stage.fail("192.0.2.3", 2);
  await stage.pass(2);
  await kill(stage, jail);
  await stage.pass(60);
  const again = stage.jail({ maxretry: 3, findtime: 60 });
  await again.start();
  for (const id of [A, B, "192.0.2.3"]) stage.fail(id);
  expect(stage.takeTold()).toEqual([`found ${A} 1/3`, `found ${B} 1/3`, "found 192.0.2.3 1/3"]);
});

test("many counts are stored at once, so that no save takes long", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 3 });
  const ids = Array.from({ length: 500 }, (_, n) => `198.51.${n >> 8}.${n & 255}`);
  for (const id of ids) stage.fail(id, 2);
  await kill(stage, jail);
  await stage.jail({ maxretry: 3 }).start();
  expect(stage.takeTold()).toEqual([]);
  for (const id of ids) stage.fail(id);
  expect(stage.takeTold().filter((text) => text.startsWith("banned"))).toHaveLength(500);
});

test("of a flood of IDs as many counts are stored as there is time for; a stop stores the rest", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 3 });
  const ids = Array.from({ length: 10_000 }, (_, n) => `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`);
  stage.write(ids.map((id) => `fail from ${id}`));
  const stored = (): number => stage.store?.failures("j1", 0).length ?? 0;
  await stage.pass(1);
  const first = stored();
  expect(first).toBeGreaterThanOrEqual(500);
  expect(first).toBeLessThanOrEqual(5000);
  stage.fail("192.0.2.1", 3);
  await stage.pass(1);
  expect(stored()).toBeLessThanOrEqual(first + 1500);
  await jail.stop();
  expect(stored()).toBe(10_000);
});

test("attempts by hand outlive a kill, and so do lines of a log while another one leads to a ban", async () => {
  const stage = new JailStage();
  const logpaths = [LOG, OTHER].map((pattern) => ({ pattern, tail: false }));
  const jail = await stage.running({ maxretry: 3, logpaths });
  await jail.attempt(A, []);
  await stage.pass(1);
  stage.fail(A, 1, OTHER);
  // stores both logs with what was counted in both
  stage.fail(B, 3);
  await kill(stage, jail);
  await stage.jail({ maxretry: 3, logpaths }).start();
  stage.fail(A);
  expect(stage.takeTold()).toEqual([`restored ${B}`, `found ${A} 3/3`, `banned ${A}`]);
});

test("a jail that takes another's place counts on, with a database and without", async () => {
  for (const database of [":memory:", undefined]) {
    const stage = new JailStage({ database });
    const jail = await stage.running({ maxretry: 3 });
    stage.fail(A, 2);
    await jail.stop();
    stage.takeTold();
    await stage.jail({ maxretry: 3 }).start(jail);
    stage.fail(A);
    expect(stage.takeTold()).toEqual([`found ${A} 3/3`, `banned ${A}`]);
  }
});

test("all that is counted is written to a database that takes another's place", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 3 });
  stage.fail(A, 2);
  await stage.pass(1);
  stage.store?.close();
  stage.store = openStore(":memory:", { clock: stage.clock, observe: stage.observe });
  stage.fail(B);
  await stage.pass(1);
  await kill(stage, jail);
  await stage.jail({ maxretry: 3 }).start();
  stage.fail(A);
  expect(stage.takeTold()).toEqual([`found ${A} 3/3`, `banned ${A}`]);
});

test("who is let go while a name is looked up is not banned again by a kill", async () => {
  const stage = new JailStage();
  const answered = gate();
  stage.lookUp = () => answered.passed;
  const jail = await stage.running({ maxretry: 1 });
  stage.fail("slow.example");
  stage.fail(A);
  await jail.unban([A]);
  stage.takeTold();
  const { store } = stage;
  stage.store = undefined;
  for (const source of stage.sources) await source.stop();
  const stop = jail.stop();
  await stage.pass(30);
  await stop;
  stage.store = store;
  stage.takeTold();
  await stage.jail({ maxretry: 1 }).start();
  expect(stage.takeTold()).toEqual([]);
  answered.open();
});

test("lines without a ban are at most a second old when they are read again after a kill", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 9 });
  stage.fail(A);
  await stage.pass(1);
  stage.fail(B);
  await stage.pass(0.5);
  await kill(stage, jail);
  await stage.jail({ maxretry: 9 }).start();
  expect(stage.takeTold()).toEqual([`found ${B} 1/9`]);
});

test("what somebody did before he was let go does not count again after a kill", async () => {
  for (const letGo of [(jail: Jail) => jail.unban([A]), (jail: Jail) => jail.unbanAll()]) {
    const stage = new JailStage();
    const jail = await stage.running();
    stage.fail(A, 2);
    stage.fail(A, 5);
    await letGo(jail);
    await kill(stage, jail);
    await stage.jail().start();
    expect(stage.takeTold()).toEqual([]);
  }
});

test("a line whose name is being looked up during a kill is read again", async () => {
  const stage = new JailStage();
  stage.names.set("slow.example", [A]);
  const answered = gate();
  stage.lookUp = () => answered.passed;
  const jail = await stage.running({ maxretry: 1 });
  stage.fail("slow.example");
  // a ban meanwhile does not store the position behind the waiting line
  stage.fail(B);
  await stage.pass(5);
  const { store } = stage;
  stage.store = undefined;
  for (const source of stage.sources) await source.stop();
  stage.store = store;
  const stop = jail.stop();
  await stage.pass(30);
  await stop;
  stage.takeTold();
  answered.open();
  await stage.settled();
  await stage.jail({ maxretry: 1 }).start();
  await stage.settled();
  const told = stage.takeTold();
  expect(told).toContain(`restored ${B}`);
  expect(told).toContain(`banned ${A}`);
});

test("positions of several logs are stored each second at most, together", async () => {
  const stage = new JailStage();
  const logpaths = [LOG, OTHER].map((pattern) => ({ pattern, tail: false }));
  await stage.running({ maxretry: 9, logpaths });
  stage.fail(A);
  stage.fail(A, 1, OTHER);
  const size = (stage.logs.get(LOG) ?? "").length;
  expect(stage.store?.logPosition("j1", LOG)).toBeUndefined();
  await stage.pass(1);
  for (const path of [LOG, OTHER]) {
    expect(stage.store?.logPosition("j1", path)).toEqual({ hash: "h", position: size });
  }
});

test("the position of one jail is not that of another on the same log", async () => {
  const stage = new JailStage();
  const one = await stage.running({ name: "one", maxretry: 9 });
  stage.fail(A, 2);
  await one.stop();
  stage.takeTold();
  await stage.jail({ name: "two", maxretry: 9 }).start();
  expect(stage.takeTold()).toHaveLength(2);
});

test("lines of the journal are counted, and their position is stored with a ban", async () => {
  const stage = new JailStage();
  await stage.running({ maxretry: 1 });
  const now = stage.clock.now();
  const { sink } = stage.source.request;
  const line = { text: `fail from ${A}`, at: now - 1, atText: "then ", receivedAt: now, cursor: "c" };
  const standsAfter = () => [{ path: LOG, hash: "then ", position: now }];
  expect(sink.timed({ lines: [line], inOperation: true, standsAfter })).toBe(1);
  expect(stage.takeTold()).toEqual([`found ${A} 1/1`, `banned ${A}`]);
  expect(stage.store?.logPosition("j1", LOG)).toEqual({ hash: "then ", position: now });
});

test("a source asks for times by the date pattern as it is now", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ datepattern: { value: "^%%Y" } });
  const { request } = stage.source;
  const line = Buffer.from("1795348000 x\n");
  expect(request.timeOfLine(LOG, line)).toBeUndefined();
  await jail.reconfigure(stage.parts({ datepattern: { value: "^{EPOCH}" } }));
  expect(request.timeOfLine(LOG, line)).toBe(1_795_348_000);
});

test("a line that is too hard for the date pattern has no time for whoever looks for the place to begin", async () => {
  const stage = new JailStage();
  await stage.running({ datepattern: { value: "(?:(?P<x>a+)+)b(?P=x) %Y-%m-%d" } });
  const hard = `${"a".repeat(2000)}bc 2026-11-20\n`;
  expect(stage.source.request.timeOfLine(LOG, Buffer.from(hard))).toBeUndefined();
  const easy = "aba 2026-11-20\n";
  expect(stage.source.request.timeOfLine(LOG, Buffer.from(easy))).toBeDefined();
}, 20_000);

test("a database that refuses everything stops no ban and no reading", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  stage.store?.close();
  stage.fail(A, 2);
  await stage.pass(2);
  expect(jail.bans.size).toBe(1);
  expect(stage.takeRan()).toEqual([`fw ban ${A}`]);
});

test("a ban in the middle of a chunk is stored with the position of the last line that was taken", async () => {
  const stage = new JailStage();
  await stage.running({ maxretry: 1 });
  const { sink } = stage.source.request;
  const line = Buffer.from(`fail from ${A}\n`);
  const bytes = Buffer.concat([line, ...Array(50).fill(Buffer.from("nothing of interest\n"))]);
  // the filter is slow: the clock goes on with each look at it
  let passed = 0;
  Object.defineProperty(stage, "clockShift", {
    get: () => {
      passed += 0.002;
      return passed;
    },
  });
  const chunk = { path: LOG, bytes, offset: 1000, position: 1000 + bytes.length, isRotated: false };
  const taken = Number(sink.chunk({ ...chunk, firstLineHash: "h", inOperation: true }, () => {}));
  expect(taken).toBeGreaterThanOrEqual(line.length);
  expect(taken).toBeLessThan(bytes.length);
  expect(bytes[taken - 1]).toBe(10);
  expect(stage.store?.logPosition("j1", LOG)).toEqual({ hash: "h", position: 1000 + taken });
  // of a rotated file the position is that of its successor, whatever was taken
  const late = { ...chunk, position: 7, isRotated: true, firstLineHash: "n", inOperation: true };
  const other = Buffer.concat([Buffer.from(`fail from ${B}\n`), ...Array(50).fill(Buffer.from("nothing\n"))]);
  expect(sink.chunk({ ...late, bytes: other }, () => {})).toBeLessThan(other.length);
  expect(stage.store?.logPosition("j1", LOG)).toEqual({ hash: "n", position: 7 });
});
