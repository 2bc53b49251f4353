/**
 * A jail whose lines are taken in another thread, because they are hard: what counts, where its log stands, and what changes meanwhile.
 * @module
 */
import { expect, test } from "vitest";
import type { Jail } from "../../../src/jail/jail.ts";
import { type FakeThread, fakePool } from "../detect/worker/fake-threads.ts";
import { JailStage, LOG } from "./stage.ts";

const half = "a".repeat(400);
/** A line that uses a search's budget up. */
const EVIL = `${half}b${half}ac from 192.0.2.99\n`;
const failregex = ["^(a+)(a*)(a*)b\\1\\2\\3c from <HOST>$", "^fail from <HOST>$"].map((value) => ({ value }));

interface Scene {
  readonly stage: JailStage;
  readonly jail: Jail;
  readonly threads: readonly FakeThread[];
  /** Brings lines; resolves to the bytes taken of them. */
  bring(text: string): Promise<number>;
}

async function scene(): Promise<Scene> {
  const { pool, threads } = fakePool();
  const stage = new JailStage();
  Object.assign(stage.ports, { workers: pool });
  const jail = await stage.running({ maxretry: 1, failregex });
  let offset = 0;
  const bring = async (text: string): Promise<number> => {
    const bytes = Buffer.from(text);
    const chunk = { path: LOG, bytes, offset, position: offset + bytes.length, isRotated: false };
    let taken = 0;
    const took = (count: number): void => {
      taken += count;
    };
    const result = stage.source.request.sink.chunk({ ...chunk, firstLineHash: "h", inOperation: true }, took);
    if (typeof result === "number") took(result);
    else await result;
    offset += taken;
    return taken;
  };
  await bring(EVIL);
  stage.takeTold();
  return { stage, jail, threads, bring };
}

test("what is found elsewhere counts in its order, and a ban is stored with where the log stands", async () => {
  const { stage, jail, threads, bring } = await scene();
  expect(await bring("fail from 192.0.2.1\nx\nfail from 192.0.2.2\n")).toBe(42);
  expect(threads).toHaveLength(1);
  const told = [1, 2].flatMap((n) => [`found 192.0.2.${n} 1/1`, `banned 192.0.2.${n}`]);
  expect(stage.takeTold()).toEqual(told);
  expect(stage.store?.logPosition("j1", LOG)).toEqual({ hash: "h", position: EVIL.length + 42 });
  expect(jail.lines).toBe(4);
});

test("new terms of a jail wait for the lines that are out, and hold for those that follow", async () => {
  const { stage, jail, threads, bring } = await scene();
  await bring("x\n");
  const out = bring("fail from 192.0.2.1\n");
  const changed = jail.reconfigure(stage.parts({ maxretry: 9, failregex: [{ value: "^bad: <HOST>$" }] }));
  const taken = await out;
  await changed;
  expect(threads[0]?.hasEnded).toBe(true);
  if (taken === 0) await bring("fail from 192.0.2.1\n");
  expect(await bring("fail from 192.0.2.2\nbad: 192.0.2.3\n")).toBe(35);
  expect(stage.takeTold().filter((text) => text.startsWith("found"))).toEqual(
    taken === 0 ? ["found 192.0.2.3 1/9"] : ["found 192.0.2.1 1/1", "found 192.0.2.3 1/9"],
  );
});

test("a jail that stops waits for no more than the line under way, and what was found before it counts", async () => {
  const { stage, jail, bring } = await scene();
  await bring("x\n");
  const out = bring(`fail from 192.0.2.1\n${"nothing of interest\n".repeat(5000)}fail from 192.0.2.2\n`);
  for (let turn = 0; turn < 9; turn++) await Promise.resolve();
  const stop = jail.stop();
  const taken = await out;
  await stop;
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(100_000);
  expect(stage.takeTold()).toContain("banned 192.0.2.1");
});
