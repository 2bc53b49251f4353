/** How often many bans go to a firewall: one that is slow with each transaction gets fewer and larger ones. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ActionQueue, type Piece } from "../../../src/enforce/action-queue.ts";
import type { BanOperation } from "../../../src/enforce/ban-work.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Bans that take a transaction so long; what it notes is how many came together, and when. */
function slowQueue(tookMs: number): {
  put(count: number): void;
  readonly noted: [at: number, bans: number][];
} {
  const begun = performance.now();
  const noted: [number, number][] = [];
  let id = 0;
  const queue = new ActionQueue({
    takesMany: () => true,
    runMany: (pieces) => {
      noted.push([performance.now() - begun, pieces.length]);
      return new Promise((resolve) => setTimeout(resolve, tookMs));
    },
  });
  const piece = (): Piece => {
    const ban = { id: String(++id), ip: "", at: 0, attempts: 1, matches: [], data: new Map() };
    const operation: BanOperation = "ban";
    const work = { operation, ban: { ...ban, bantime: undefined, bancount: 1, restored: false } };
    return { work, isHeld: false, run: () => Promise.resolve() };
  };
  return {
    noted,
    put: (count) => {
      for (let left = count; left > 0; left -= 1) queue.put(piece());
    },
  };
}

test.each([
  ["as long as a transaction took", 40, 80],
  ["a tenth of a second at most", 5000, 5100],
  ["not at all where it was quick", 4, 4],
])("between two lots there is a rest: %s", async (_, tookMs, nextAt) => {
  const { put, noted } = slowQueue(tookMs);
  put(1);
  await vi.advanceTimersByTimeAsync(1);
  put(2);
  await vi.advanceTimersByTimeAsync(tookMs);
  put(3);
  await vi.advanceTimersByTimeAsync(6000);
  const [first, second, ...others] = noted;
  expect(first).toEqual([0, 1]);
  expect(second?.[0]).toBeCloseTo(nextAt, -0.5);
  expect(noted.reduce((sum, [, bans]) => sum + bans, 0)).toBe(6);
  expect(others).toHaveLength(tookMs === 4 ? 1 : 0);
});

test("many bans may take their time without a rest", async () => {
  const { put, noted } = slowQueue(40);
  put(2000);
  await vi.advanceTimersByTimeAsync(1);
  put(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(noted.map(([, bans]) => bans)).toEqual([2000, 1]);
  expect(noted[1]?.[0]).toBeCloseTo(40, 0);
});

test.each([
  ["one by one", false, 100_000],
  ["together", true, 1_000_000],
])("a queue whose pieces are done %s is full at a bound of its own", (_, takesMany, most) => {
  const queue = new ActionQueue({ takesMany: () => takesMany });
  const held: Piece = { work: undefined, isHeld: true, run: () => Promise.resolve() };
  for (let left = most - 1; left > 0; left -= 1) queue.put(held);
  expect(queue.isFull).toBe(false);
  queue.put(held);
  expect(queue.isFull).toBe(true);
});
