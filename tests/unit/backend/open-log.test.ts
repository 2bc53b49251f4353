/**
 * What an open log keeps.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { newlinesOf } from "../../../src/backend/newline.ts";
import { OpenLog, READ_BUFFER_BYTES } from "../../../src/backend/open-log.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

/** Whether anybody holds the object still. */
async function isHeld(object: WeakRef<object>): Promise<boolean> {
  if (typeof collectGarbage !== "function") throw new Error("no garbage collector");
  for (let round = 0; round < 10 && object.deref() !== undefined; round++) {
    await sleep(1);
    collectGarbage();
  }
  return object.deref() !== undefined;
}

/** Reads the log into a buffer of its own and takes so many bytes. */
async function readAndTake(log: OpenLog, count: number): Promise<WeakRef<object>> {
  const buffer = new Uint8Array(READ_BUFFER_BYTES);
  expect(await log.read(buffer)).toMatchObject({ kind: "lines" });
  log.take(count);
  return new WeakRef(buffer.buffer);
}

test("a log whose lines were all taken holds no buffer", async () => {
  const path = join(temporaryFolder(), "app.log");
  writeFileSync(path, "one\ntwo\n");
  const log = await OpenLog.open(path, newlinesOf("utf-8"));
  expect(await isHeld(await readAndTake(log, 4))).toBe(true);
  expect(await isHeld(await readAndTake(log, 4))).toBe(false);
  expect(log.position).toBe(8);
  await log.close();
});

test("nor does one whose line was too long", async () => {
  const path = join(temporaryFolder(), "app.log");
  writeFileSync(path, `${"x".repeat(100_000)}\nnext\n`);
  const log = await OpenLog.open(path, newlinesOf("utf-8"));
  expect(await log.read(new Uint8Array(READ_BUFFER_BYTES))).toEqual({ kind: "more" });
  expect(await isHeld(await readAndTake(log, 65_536))).toBe(false);
  expect(log.position).toBe(100_001);
  await log.close();
});
