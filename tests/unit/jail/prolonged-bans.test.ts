/**
 * Bans that last longer than their actions know.
 * @module
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProlongedBans } from "../../../src/jail/prolonged-bans.ts";
import { gate } from "./stage.ts";

let told: string[];
let prolonged: ProlongedBans;
let answer: Promise<void>;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  answer = Promise.resolve();
  prolonged = new ProlongedBans((id) => {
    told.push(id);
    return answer;
  });
});
afterEach(() => {
  prolonged.close();
  vi.useRealTimers();
});

test("a ban is told of when its time has come", async () => {
  prolonged.add("a", 9);
  prolonged.add("b", 0);
  expect(told).toEqual(["b"]);
  await vi.advanceTimersByTimeAsync(8_900);
  expect(told).toEqual(["b"]);
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toEqual(["b", "a"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(2);
});

test("however often it grows meanwhile, a ban is told of once", async () => {
  for (let turn = 0; turn < 100; turn += 1) prolonged.add("a", 10);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual(["a"]);
  prolonged.add("a", 10);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual(["a", "a"]);
});

test("while a slow command runs, what grows waits for its end, and is one", async () => {
  const slow = gate();
  answer = slow.passed;
  for (let turn = 0; turn < 100; turn += 1) prolonged.add("a", 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(["a"]);
  slow.open();
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(["a", "a"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(2);
});

test("more than may wait are told of at once, none is forgotten", () => {
  for (let each = 0; each < 10_000; each += 1) prolonged.add(String(each), 10);
  expect(told).toEqual([]);
  prolonged.add("one more", 10);
  expect(told).toEqual(["one more"]);
});

test("a jail that stops tells nothing more", async () => {
  prolonged.add("a", 5);
  prolonged.close();
  prolonged.add("b", 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
});
