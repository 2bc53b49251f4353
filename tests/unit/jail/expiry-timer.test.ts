/**
 * The timer for the ban that ends first.
 * @module
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ExpiryTimer } from "../../../src/jail/expiry-timer.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A timer for ends that a test sets; a look takes away what has ended. */
function timerOf(ends: number[]): { readonly timer: ExpiryTimer; readonly looks: number[] } {
  const looks: number[] = [];
  const now = (): number => Date.now() / 1000;
  const timer = new ExpiryTimer({
    clock: { now },
    due: () => (ends.length === 0 ? undefined : Math.min(...ends)),
    look: () => {
      looks.push(Date.now());
      ends.splice(0, ends.length, ...ends.filter((end) => end > now()));
    },
  });
  return { timer, looks };
}

test("asked again for the same end it stays as it is; an earlier end comes first, and each is looked at once", () => {
  const ends = [1030];
  const { timer, looks } = timerOf(ends);
  timer.arm();
  vi.advanceTimersByTime(1000);
  const set = vi.spyOn(globalThis, "setTimeout");
  timer.arm();
  expect(set).not.toHaveBeenCalled();
  ends.push(1010);
  timer.arm();
  expect(set).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(59_000);
  expect(looks).toEqual([1_010_005, 1_030_005]);
  expect(timer.isArmed).toBe(false);
});

test("the end that it waits for may go away, and come again", () => {
  const ends = [1010];
  const { timer, looks } = timerOf(ends);
  timer.arm();
  ends.length = 0;
  timer.arm();
  expect(timer.isArmed).toBe(false);
  ends.push(1010);
  timer.arm();
  vi.advanceTimersByTime(20_000);
  expect(looks).toEqual([1_010_005]);
});

test("what is due in a long time is looked at once a minute, for the clock may be set", () => {
  const { timer, looks } = timerOf([Number.POSITIVE_INFINITY]);
  timer.arm();
  timer.arm();
  vi.advanceTimersByTime(120_000);
  expect(looks).toEqual([1_060_000, 1_120_000]);
});
