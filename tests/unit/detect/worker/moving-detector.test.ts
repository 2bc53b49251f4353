/** What a jail's detection remembers of where its lines have held up a thread. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Portions } from "../../../../src/detect/worker/portions.ts";
import { Seat } from "../../../../src/detect/worker/watched-worker.ts";
import type { WorkerPool } from "../../../../src/detect/worker/worker-pool.ts";
import { MovedLog } from "./moved-log.ts";

type Taken = Parameters<Seat["take"]>[0];

/** A thread that every chunk holds up, each at the next line. */
function heldUp() {
  const chunks: Taken[] = [];
  const pool: Pick<WorkerPool, "seat"> = {
    seat: (terms, state) =>
      new Seat(terms, state(), {
        take: (chunk) => {
          const portions = new Portions();
          portions.end({ behind: 0, line: chunks.length, regex: 0 });
          chunks.push(chunk);
          return portions;
        },
        hurry: () => undefined,
        leave: () => undefined,
      }),
  };
  return { pool, chunks };
}

// on a busy machine the jail would be looked at in the midst of the test, and come home
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

test("of the places where a thread was held up the latest 64 are remembered", async () => {
  const { pool, chunks } = heldUp();
  const log = new MovedLog({ failregex: ["fail from <HOST>"] }, pool);
  const line = "2026-11-22 11:59:00 fail from 192.0.2.1\n";
  const chunk = Buffer.from(line.repeat(2000));
  // those before it here: what they take shows a log that is worth a thread, mostly the first one
  for (let tries = 0; tries < 50 && chunks.length === 0; tries++) await log.take(chunk);
  expect(chunks).toHaveLength(1);
  const known = (): readonly number[] =>
    (chunks.at(-1)?.avoided ?? []).map(({ offset }) => offset / line.length);
  expect(known()).toEqual([]);
  for (let more = 0; more < 64; more++) await log.take(chunk);
  const first64 = Array.from({ length: 64 }, (_, index) => index);
  expect(known()).toEqual(first64);
  await log.take(chunk);
  await log.take(chunk);
  expect(known()).toEqual(first64.map((index) => index + 2));
  log.detector.close();
});
