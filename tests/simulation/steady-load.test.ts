/**
 * Thirteen days of the same load, with the whole of a jail between log and firewall, its log and its database: nothing grows, and no day
 * takes more work than the one before.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test, vi } from "vitest";
import { Jail } from "../../src/jail/jail.ts";
import { buildParts } from "../../src/jail/jail-parts.ts";
import type { JailPorts, JailSink } from "../../src/jail/jail-ports.ts";
import { Log } from "../../src/log/target.ts";
import { JailStage, LOG, settingsOf } from "../unit/jail/stage.ts";

const DAYS = 13;
/** Lines come every ten minutes. */
const STEPS_A_DAY = 144;
const STEP_SECONDS = 600;
/** In each step so many fail once, and so many until they are banned, which they are for half a day. */
const VISITORS = 20;
const ATTACKERS = 8;
const MAXRETRY = 5;
/** By then the memory is what it stays. */
const SETTLED_DAY = 3;

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Bytes that are in use. */
function used(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? 0;
}

test("in thirteen days of steady load neither memory nor the work of a day grows", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gaoler-steady-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const stage = new JailStage({ database: join(directory, "gaoler.sqlite3") });
  const quiet = { write: () => undefined };
  const { clock } = stage;
  const ticks: (() => void)[] = [];
  const log = new Log({
    clock,
    zone: stage.ports.zone,
    pid: 1,
    stdout: quiet,
    stderr: quiet,
    soon: (work) => void ticks.push(work),
  });
  log.setTarget(join(directory, "gaoler.log"));
  let sink: JailSink | undefined;
  let position = 0;
  const ports: JailPorts = {
    ...stage.ports,
    observe: log.write,
    makeSource: (request) => {
      sink = request.sink;
      return {
        start: () => Promise.resolve(),
        stop: () => Promise.resolve(),
        setIdle: () => undefined,
        paths: () => [LOG],
        positions: () => [{ path: LOG, hash: "h", position }],
      };
    },
  };
  const settings = settingsOf({ maxretry: MAXRETRY, maxmatches: MAXRETRY, bantime: 43_200 });
  const { parts } = buildParts(settings, ports);
  if (parts === undefined) throw new Error("no parts");
  const jail = new Jail(parts, ports);
  await jail.start();

  let next = 0;
  const newcomer = (): string => {
    next += 1;
    const address = `${11 + (next >> 16)}.${(next >> 8) & 255}.${next & 255}.9`;
    return next % 7 === 0 ? `2001:db8::${next.toString(16)}` : address;
  };
  const step = async (number: number): Promise<void> => {
    const visitors = Array.from({ length: VISITORS }, newcomer);
    const attackers = Array.from({ length: ATTACKERS }, newcomer);
    const failing = [...visitors, ...Array.from({ length: MAXRETRY }, () => attackers).flat()];
    const bytes = Buffer.from(failing.map((id) => `fail from ${id}\n`).join(""));
    const offset = position;
    position += bytes.length;
    const chunk = {
      path: LOG,
      bytes,
      offset,
      position,
      isRotated: false,
      firstLineHash: "h",
      inOperation: true,
    };
    void sink?.chunk(chunk, () => {});
    for (const work of ticks.splice(0)) work();
    await vi.advanceTimersByTimeAsync(STEP_SECONDS * 1000);
    stage.takeRan();
    stage.store?.tend();
    if (number % 6 === 0) stage.store?.purge(clock.now());
    if (number % STEPS_A_DAY === 0) log.flush();
  };

  const memory: number[] = [];
  const work: number[] = [];
  const sizes: string[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const begun = process.cpuUsage();
    for (let number = 0; number < STEPS_A_DAY; number += 1) await step(number);
    const { user, system } = process.cpuUsage(begun);
    work.push(user + system);
    memory.push(used());
    sizes.push(`${jail.bans.size} ${jail.failures.current}`);
  }
  // half a day's bans, and the visitors of a quarter of an hour at most
  expect(new Set(sizes.slice(1)).size).toBe(1);
  expect(jail.bans.total).toBe(DAYS * STEPS_A_DAY * ATTACKERS);
  // fifty bytes a failure that stayed for ever would be three megabytes
  const settled = memory.slice(SETTLED_DAY);
  expect(median(settled.slice(-4)) - median(settled.slice(0, 4))).toBeLessThan(500_000);
  // a processor that is shared takes up to twice as long for the same, for seconds; what grew with the days would take four times
  expect(Math.min(...work.slice(-4))).toBeLessThan(2.5 * Math.min(...work.slice(1, 5)));
  await jail.stop();
  log.close();
}, 180_000);
