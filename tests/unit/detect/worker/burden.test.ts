import { expect, test } from "vitest";
import { Burden, type Load } from "../../../../src/detect/worker/burden.ts";

const LARGE = 100_000;
const SMALL = 1000;

/** A thread whose clocks a test sets, milliseconds. */
function thread(load?: Load) {
  const clock = { busy: 0, now: 1_000_000 };
  const burden = new Burden(load, { busyMs: () => clock.busy, nowMs: () => clock.now });
  /** Works for so long. */
  const spin = (milliseconds: number): number => {
    clock.busy += milliseconds;
    clock.now += milliseconds;
    return 1;
  };
  const wait = (milliseconds: number): void => {
    clock.now += milliseconds;
  };
  return { burden, spin, wait };
}

test("a log in large chunks is a load once its lines have taken long, until some small chunks came", () => {
  const { burden, spin } = thread({ afterMs: 5, perFailureMs: 0 });
  burden.slice(SMALL, () => spin(8));
  expect(burden.isLoad).toBe(false);
  burden.slice(LARGE, () => spin(8));
  expect(burden.isLoad).toBe(true);
  for (const size of [SMALL, SMALL, SMALL, LARGE, SMALL, SMALL, SMALL]) burden.comes(size);
  expect(burden.isLoad).toBe(true);
  burden.comes(SMALL);
  expect(burden.isLoad).toBe(false);
});

test("where much is found it is none: each failure has to come back", () => {
  const { burden, spin } = thread({ afterMs: 5, perFailureMs: 1 });
  burden.slice(LARGE, () => {
    for (let n = 0; n < 100; n++) burden.counting(() => undefined, n);
    return spin(10);
  });
  expect(burden.isLoad).toBe(false);
  burden.slice(LARGE, () => spin(150));
  expect(burden.isLoad).toBe(true);
});

test("what the counting takes is no part of it", () => {
  const { burden, spin } = thread({ afterMs: 20, perFailureMs: 0 });
  burden.slice(LARGE, () => {
    burden.counting(() => void spin(25), 1);
    return 1;
  });
  expect(burden.isLoad).toBe(false);
});

test("of many failures some stand for all, each of which counts once, in order", () => {
  const { burden, spin } = thread({ afterMs: 20, perFailureMs: 0 });
  const counted: number[] = [];
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  const count = (n: number): void => {
    counted.push(n);
    spin(1);
  };
  const slice = (milliseconds: number): number =>
    burden.slice(LARGE, () => {
      for (const n of numbers) burden.counting(count, n);
      return spin(milliseconds);
    });
  slice(15);
  expect(counted).toEqual(numbers);
  expect(burden.isLoad).toBe(false);
  slice(6);
  expect(burden.isLoad).toBe(true);
});

test("lines are hard for a minute after a search was given up, or after several slow slices", () => {
  const { burden, spin, wait } = thread();
  burden.noteGivenUp(0);
  expect(burden.isHard).toBe(false);
  burden.noteGivenUp(1);
  expect(burden.isHard).toBe(true);
  wait(59_000);
  burden.noteGivenUp(1);
  expect(burden.isHard).toBe(true);
  wait(2000);
  expect(burden.isHard).toBe(false);
  burden.noteGivenUp();
  expect(burden.isHard).toBe(true);
  wait(61_000);
  for (let n = 0; n < 7; n++) burden.slice(SMALL, () => spin(27));
  expect(burden.isHard).toBe(false);
  burden.slice(SMALL, () => spin(27));
  expect(burden.isHard).toBe(true);
});
