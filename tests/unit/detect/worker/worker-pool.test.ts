/**
 * Where the lines of jails are taken, and what becomes of them where a thread hangs or dies.
 * @module
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WorkerPool } from "../../../../src/detect/worker/worker-pool.ts";
import { NOON } from "../../date/fixed-zones.ts";
import { type FakeThread, fakePool } from "./fake-threads.ts";
import { MovedLog, type Regexes } from "./moved-log.ts";

const FAILS: Regexes = { failregex: ["^ ?fail from <HOST>$"], datepattern: "{NONE}" };
const clock = { now: () => NOON };
/** A log that is worth a thread, and what its lines are. */
const LARGE = Buffer.from("nothing of interest\n".repeat(20_000));

// on a busy machine a jail would be looked at in the midst of a test, and come home
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** A jail that has gone to a thread. */
async function moved(pool: WorkerPool, path = "/log"): Promise<MovedLog> {
  const log = new MovedLog(FAILS, pool, { path, clock });
  await log.read(LARGE);
  expect(log.portions).toBeGreaterThan(0);
  return log;
}

const more = (...hosts: readonly number[]): Buffer =>
  Buffer.from(hosts.map((host) => `fail from 192.0.2.${host}\n`).join(""));
const ids = (log: MovedLog): readonly (string | undefined)[] => log.failures.map(({ id }) => id);

test("a jail goes to a thread when its log takes long, and comes back when it is caught up on; the thread ends", async () => {
  const { pool, threads } = fakePool();
  const log = await moved(pool);
  expect([pool.size, threads.length]).toEqual([1, 1]);
  for (const host of [1, 2, 3, 4, 5]) await log.take(more(host));
  expect(ids(log)).toEqual([1, 2, 3, 4, 5].map((host) => `192.0.2.${host}`));
  expect([pool.size, threads[0]?.hasEnded]).toEqual([0, true]);
  expect(log.detector.lines).toBe(20_005);
});

test("a jail comes back from where nothing more is to be done", async () => {
  const { pool } = fakePool();
  await moved(pool);
  vi.advanceTimersByTime(1500);
  expect(pool.size).toBe(1);
  vi.advanceTimersByTime(1500);
  expect(pool.size).toBe(0);
});

test("those who read the same log share a thread, others get threads of their own as long as there are any", async () => {
  const { pool, threads } = fakePool({ limit: 2 });
  await moved(pool, "/one");
  await moved(pool, "/two");
  await moved(pool, "/one");
  await moved(pool, "/three");
  expect(threads).toHaveLength(2);
});

test("what is told of a line is told between the failures before it and behind it, as in the main thread", async () => {
  const { pool } = fakePool();
  const log = await moved(pool);
  const main = new MovedLog(FAILS, undefined, { clock });
  const next = Buffer.concat([more(1, 2), Buffer.from("fail from 999.1.1.1\n"), more(3, 4)]);
  await log.read(Buffer.concat([LARGE, next, LARGE]));
  await main.read(Buffer.concat([LARGE, next, LARGE]));
  expect(log.course).toHaveLength(6);
  expect(log.course[2]).toContain("999.1.1.1");
  expect(log.course).toEqual(main.course);
});

test("where there is no processor for a thread a log is caught up on in the main one", async () => {
  const { pool, threads } = fakePool({ takesLoad: false });
  const log = new MovedLog(FAILS, pool, { clock });
  await log.read(LARGE);
  expect([log.portions, threads.length, log.detector.lines]).toEqual([0, 0, 20_000]);
});

test("threads that die by themselves are told of, three times; then all is done in the main thread, and no line is lost", async () => {
  const { pool, threads, said } = fakePool();
  const log = await moved(pool);
  const settle = log.detector.settle.bind(log.detector);
  log.detector.settle = (portion) => {
    settle(portion);
    threads.at(-1)?.die("out of memory");
  };
  const whole = Buffer.concat([LARGE, ...Array.from({ length: 9 }, (_, n) => [more(n), LARGE]).flat()]);
  await log.read(whole);
  expect(threads).toHaveLength(3);
  expect(ids(log)).toEqual(Array.from({ length: 9 }, (_, n) => `192.0.2.${n}`));
  expect(log.detector.lines).toBe(200_009);
  const ended = "WARNING A thread that takes log lines has ended (out of memory), no line is lost";
  expect(said).toEqual([ended, ended, `${ended}; from now on all lines are taken in the main thread`]);
});

/** Time passes for jails whose thread hangs, until that is ended. */
async function untilEnded(thread: FakeThread): Promise<void> {
  for (let seconds = 0; !thread.hasEnded; seconds++) {
    expect(seconds).toBeLessThan(10);
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(1000);
    thread.busyMs += 1000;
  }
}

/** A jail whose thread hangs in what comes next, until it is ended, and the jail when all was taken. */
async function hanging(hangsAt: NonNullable<FakeThread["hangsAt"]>, next: Buffer) {
  const { pool, threads, said } = fakePool();
  const log = await moved(pool);
  const [thread] = threads;
  if (thread === undefined) throw new Error("no thread");
  thread.hangsAt = hangsAt;
  const reading = log.read(Buffer.concat([LARGE, next]));
  await untilEnded(thread);
  await reading;
  return { pool, threads, said, log, thread };
}

test("a thread that hangs in a line is ended after three seconds of work; a line with no regex to blame is left out with a warning", async () => {
  const { threads, said, log, thread } = await hanging({ line: 1, regex: -1 }, more(1, 2, 3));
  expect(thread.busyMs).toBeGreaterThanOrEqual(3000);
  expect(threads).toHaveLength(2);
  expect(ids(log)).toEqual(["192.0.2.1", "192.0.2.3"]);
  expect(log.detector.lines).toBe(20_003);
  expect(log.said).toEqual([
    `WARNING [j1] A line takes too long and is left out; it is at byte ${LARGE.length + more(1).length} of '/log'`,
  ]);
  expect(said).toEqual([]);
});

test("a regex that held up a thread is not searched for in that line, and the line goes through the others", async () => {
  const { log } = await hanging({ line: 1, regex: 0 }, more(1, 2, 3));
  expect(ids(log)).toEqual(["192.0.2.1", "192.0.2.3"]);
  expect(log.detector.lines).toBe(20_003);
  expect(log.said[0]).toMatch(/^WARNING \[j1\] Regex takes too many steps and counts as not matching/);
  expect(log.said[1]).toBe("WARNING [j1] Line: fail from 192.0.2.2");
});

test("of two jails in a thread that hangs only the one whose line it was leaves that out", async () => {
  const { pool, threads } = fakePool();
  const [one, other] = [await moved(pool), await moved(pool)];
  const [thread] = threads;
  if (thread === undefined || threads.length > 1) throw new Error("not one thread");
  thread.hangsAt = { line: 1, regex: -1 };
  const readings = [one, other].map((log) => log.read(Buffer.concat([LARGE, more(1, 2, 3)])));
  await untilEnded(thread);
  await Promise.all(readings);
  expect(ids(one)).toEqual(["192.0.2.1", "192.0.2.3"]);
  expect(ids(other)).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  expect([one, other].map(({ detector }) => detector.lines)).toEqual([20_003, 20_003]);
  expect([one, other].map(({ said }) => said.length)).toEqual([1, 0]);
});

test("a thread that hangs before its first line makes the jail stay in the main one", async () => {
  const next = Buffer.concat([more(1, 2, 3), LARGE]);
  const { pool, threads, log } = await hanging({ line: -1, regex: -1 }, next);
  expect([threads.length, pool.size]).toEqual([1, 0]);
  expect([ids(log).length, log.detector.lines]).toEqual([3, 40_003]);
});

test("a chunk stops soon for who hurries, and its filter comes home as its last line has left it", async () => {
  const { pool, threads } = fakePool();
  const log = await moved(pool);
  const slow = Buffer.concat([LARGE, more(1), LARGE]);
  const reading = log.take(slow.subarray(LARGE.length, LARGE.length + 200_000));
  // the thread has it, and has not looked at it yet
  for (let turn = 0; turn < 9; turn++) await Promise.resolve();
  const home = log.detector.home();
  await Promise.all([reading, home]);
  expect(log.position).toBeGreaterThan(LARGE.length);
  expect(log.position).toBeLessThan(LARGE.length + 200_000);
  expect([pool.size, threads[0]?.hasEnded]).toEqual([0, true]);
  await log.read(slow);
  expect(ids(log)).toEqual(["192.0.2.1"]);
  expect(log.detector.lines).toBe(40_001);
  expect(threads).toHaveLength(1);
});

test("who hurries stops no chunk but his own", async () => {
  const { pool } = fakePool();
  const [one, other] = [await moved(pool), await moved(pool)];
  const chunk = LARGE.subarray(0, 200_000);
  const readings = [one.take(chunk), other.take(chunk)];
  for (let turn = 0; turn < 9; turn++) await Promise.resolve();
  await Promise.all([...readings, one.detector.home()]);
  expect(one.position).toBeLessThan(LARGE.length + chunk.length);
  expect(other.position).toBe(LARGE.length + chunk.length);
});
