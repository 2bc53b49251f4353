/**
 * Logs that are caught up on in real threads: the same failures and places as in the main thread, whatever becomes of the thread.
 * @module
 */
import { expect, onTestFinished, test } from "vitest";
import { startWorker } from "../../../../src/detect/worker/start-worker.ts";
import type { WorkerLink } from "../../../../src/detect/worker/watched-worker.ts";
import { WorkerPool } from "../../../../src/detect/worker/worker-pool.ts";
import { Dice } from "../../../dice.ts";
import { difference, MovedLog, type Regexes } from "./moved-log.ts";

/** Threads make ready and lines are searched without end: seconds of work, which a busy machine takes minutes for. */
const TEST_MS = 240_000;

const SESSIONS: Regexes = {
  prefregex: "^\\s*s\\[<F-MLFID>\\d+</F-MLFID>\\]: <F-CONTENT>.+</F-CONTENT>$",
  failregex: [
    "^fail of <F-USER>\\S*</F-USER> from <HOST>$",
    "^<F-NOFAIL>wrong</F-NOFAIL> for <F-USER>\\S*</F-USER>$",
    "^<F-NOFAIL>connect</F-NOFAIL> from <HOST>$",
    "^pending of <F-USER>\\S*</F-USER>$",
    "^<F-MLFFORGET>end</F-MLFFORGET> by <ADDR>$",
  ],
};

function logOf(lines: number, seed: number, at = new Date()): Buffer {
  const dice = new Dice(seed);
  const stamp = at.toISOString().slice(0, 19).replace("T", " ");
  const texts: string[] = [];
  for (let n = 0; n < lines; n++) {
    const session = `${stamp} s[${dice.below(40)}]:`;
    const ip = `192.0.2.${dice.below(250)}`;
    texts.push(
      dice.pick([
        `${session} fail of bob${n} from ${ip}`,
        `${session} wrong for eve${n}`,
        `${session} connect from ${ip}`,
        `${session} pending of mallory${n}`,
        `${session} end by ${ip}`,
        `${session} nothing of interest ${"x".repeat(dice.below(200))}`,
        `${stamp} other[${n}]: nothing at all, grüße`,
      ]),
    );
  }
  return Buffer.from(`${texts.join("\n")}\n`);
}

/** A pool of real threads, and those threads. */
function realPool({ entry, ...options }: { limit?: number; patienceMs?: number; entry?: URL } = {}) {
  const links: WorkerLink[] = [];
  const said: string[] = [];
  const pool = new WorkerPool({
    limit: 2,
    takesLoad: true,
    ...options,
    start: (control, heard) => {
      const link = startWorker(control, heard, entry);
      links.push(link);
      return link;
    },
    observe: (event) => {
      if (event.type === "message") said.push(event.text);
    },
  });
  onTestFinished(() => pool.close());
  return { pool, links, said };
}

/** What the main thread makes of the log. */
async function inMainThread(regexes: Regexes, log: Buffer): Promise<MovedLog> {
  const main = new MovedLog(regexes, undefined);
  await main.read(log);
  expect(main.portions).toBe(0);
  return main;
}

test(
  "a log that is caught up on comes to the same in a thread as in the main one, sessions and all",
  async () => {
    const log = logOf(15_000, 1);
    const main = await inMainThread(SESSIONS, log);
    const { pool } = realPool();
    const moved = new MovedLog(SESSIONS, pool);
    await moved.read(log);
    expect(moved.portions).toBeGreaterThan(10);
    expect(moved.hereBytes).toBeGreaterThan(0);
    expect(moved.hereBytes).toBeLessThan(log.length / 2);
    expect(moved.failures.length).toBeGreaterThan(2000);
    expect(difference(moved, main)).toBeUndefined();
    expect(moved.said).toEqual(main.said);
    expect([moved.position, moved.detector.lines]).toEqual([log.length, 15_000]);
    expect(pool.size).toBe(1);
    await moved.detector.home();
    expect(pool.size).toBe(0);
  },
  TEST_MS,
);

test(
  "a thread that is killed in the middle loses no line and counts none twice; it is told",
  async () => {
    const log = logOf(15_000, 2);
    const main = await inMainThread(SESSIONS, log);
    const { pool, links, said } = realPool();
    const moved = new MovedLog(SESSIONS, pool);
    const { detector } = moved;
    let seen = 0;
    const settle = detector.settle.bind(detector);
    detector.settle = (portion) => {
      seen += 1;
      // in the midst of one chunk, and before the next one
      if (seen === 5 || seen === 12) links.at(-1)?.end();
      settle(portion);
    };
    await moved.read(log);
    expect(links).toHaveLength(3);
    expect(difference(moved, main)).toBeUndefined();
    expect(moved.detector.lines).toBe(15_000);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^A thread that takes log lines has ended \(exit code 1\), no line is lost$/);
  },
  TEST_MS,
);

/** Three references back: every such line costs the whole budget of a search. */
const HARD: Regexes = {
  failregex: ["^ ?(a+)(a*)(a*)b\\1\\2\\3c from <HOST>$", "^ ?fail from <HOST>$"],
  datepattern: "{NONE}",
};
const half = "a".repeat(400);
const EVIL = `${half}b${half}ac from 192.0.2.99`;

const LOOPING = new URL("./looping-entry.ts", import.meta.url);
/** With references back, which no other engine takes for the first texts. */
const NAMED: Regexes = {
  failregex: [
    "^ ?FAIL of (?P<user>\\S+) from <HOST>(?: as (?P=user))?$",
    "^ ?FAIL of <HOST> from (?P<user>\\S+)(?: as (?P=user))?$",
    "^ ?fail from <HOST>$",
  ],
  datepattern: "{NONE}",
};

test(
  "a search without end ends with its thread, and is left out as one over its budget; what is behind it is found",
  async () => {
    // more than a thread takes to make ready on a busy machine: that is no line's fault
    const { pool, links, said } = realPool({ patienceMs: 1000, entry: LOOPING });
    const moved = new MovedLog(NAMED, pool);
    // enough of a log to go elsewhere
    const before = Buffer.from("nothing\n".repeat(20_000));
    await moved.read(before);
    expect(links).toHaveLength(1);
    const line = "FAIL of work without end from here to nowhere";
    await moved.read(Buffer.concat([before, Buffer.from(`x\n${line}\nfail from 192.0.2.1\n`)]));
    // one thread ended for each of two regexes
    expect(links).toHaveLength(3);
    expect(moved.failures.map(({ id }) => id)).toEqual(["192.0.2.1"]);
    expect(moved.detector.lines).toBe(20_003);
    expect(moved.said).toEqual([
      expect.stringMatching(
        /^WARNING \[j1\] Regex takes too many steps and counts as not matching: \^ \?FAIL of/,
      ),
      `WARNING [j1] Line: ${line}`,
      `WARNING [j1] The line is at byte ${before.length + 2} of '/log'`,
      expect.stringMatching(
        /^WARNING \[j1\] Regex takes too many steps and counts as not matching: \^ \?FAIL of <HOST>/,
      ),
      `WARNING [j1] Line: ${line}`,
      `WARNING [j1] The line is at byte ${before.length + 2} of '/log'`,
    ]);
    expect(said).toEqual([]);
    await moved.detector.home();
    expect(pool.size).toBe(0);
  },
  TEST_MS,
);

test(
  "who has hard lines gets a thread for himself: another jail that was there goes on elsewhere, and misses nothing",
  async () => {
    const { pool, links } = realPool({ limit: 1 });
    const log = logOf(15_000, 3);
    const main = await inMainThread(SESSIONS, log);
    const other = new MovedLog(SESSIONS, pool, { path: "/other" });
    await other.read(log.subarray(0, log.indexOf("\n", 800_000) + 1));
    expect(other.portions).toBeGreaterThan(0);
    const hereBefore = other.hereBytes;
    const hard = new MovedLog(HARD, pool);
    await hard.read(Buffer.from(`${EVIL}\n`));
    await Promise.all([other.read(log), hard.read(Buffer.from(`${EVIL}\n`.repeat(4)))]);
    expect(hard.portions).toBeGreaterThan(0);
    expect(other.hereBytes).toBeGreaterThan(hereBefore);
    expect(difference(other, main)).toBeUndefined();
    expect([other.detector.lines, hard.detector.lines]).toEqual([15_000, 4]);
    expect([links.length, pool.size]).toEqual([1, 1]);
  },
  TEST_MS,
);
