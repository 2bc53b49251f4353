/**
 * Bans that a firewall refused, and their next tries.
 * @module
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RefusedBans } from "../../../src/jail/refused-bans.ts";

const MINUTE_MS = 60_000;
let isDead: boolean;
let tried: string[];
let refused: RefusedBans;

beforeEach(() => {
  vi.useFakeTimers();
  isDead = true;
  tried = [];
  refused = new RefusedBans((id) => {
    tried.push(id);
    return Promise.resolve(!isDead);
  });
});
afterEach(() => {
  refused.close();
  vi.useRealTimers();
});

test("a ban is tried again until it is taken, then no more", async () => {
  refused.add("192.0.2.1");
  await vi.advanceTimersByTimeAsync(11_000);
  expect(tried).toEqual(["192.0.2.1"]);
  isDead = false;
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(tried).toEqual(["192.0.2.1", "192.0.2.1"]);
  expect(refused.size).toBe(0);
});

test("a round ends at the first refusal; the next begins with another ban, and the others follow together", async () => {
  for (const id of ["a", "b", "c"]) refused.add(id);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(tried).toEqual(["a"]);
  isDead = false;
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(tried).toEqual(["a", "b", "c", "a"]);
});

test("one that is refused for a reason of its own holds up no other", async () => {
  refused.close();
  refused = new RefusedBans((id) => {
    tried.push(id);
    return Promise.resolve(id !== "bad");
  });
  for (const id of ["bad", "a", "b"]) refused.add(id);
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(tried.slice(0, 4)).toEqual(["bad", "a", "b", "bad"]);
  expect(refused.size).toBe(1);
});

test("tries grow rare while the tool stays dead", async () => {
  refused.add("a");
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
  expect(tried.length).toBeGreaterThan(10);
  expect(tried.length).toBeLessThan(20);
});

test("nothing is tried after the end", async () => {
  refused.add("a");
  refused.close();
  refused.add("b");
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
  expect(tried).toEqual([]);
});
