import { expect, onTestFinished, test, vi } from "vitest";
import { Burden } from "../../../../src/detect/worker/burden.ts";

const LARGE = 100_000;
const SMALL = 1000;

/** Uses the processor's time up; milliseconds. */
function spin(milliseconds: number): number {
  const now = (): number => process.threadCpuUsage().user / 1000;
  for (const end = now() + milliseconds; now() < end; );
  return 1;
}

test("a log in large chunks is a load once its lines have taken long, until some small chunks came", () => {
  const burden = new Burden({ afterMs: 5, perFailureMs: 0 });
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
  const burden = new Burden({ afterMs: 5, perFailureMs: 1 });
  burden.slice(LARGE, () => {
    for (let n = 0; n < 100; n++) burden.counting(() => undefined);
    return spin(10);
  });
  expect(burden.isLoad).toBe(false);
  burden.slice(LARGE, () => spin(150));
  expect(burden.isLoad).toBe(true);
});

test("what the counting takes is no part of it", () => {
  const burden = new Burden({ afterMs: 20, perFailureMs: 0 });
  burden.slice(LARGE, () => {
    burden.counting(() => void spin(25));
    return 1;
  });
  expect(burden.isLoad).toBe(false);
});

test("lines are hard for a minute after a search was given up, or after several slow slices", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const burden = new Burden();
  burden.noteGivenUp(0);
  expect(burden.isHard).toBe(false);
  burden.noteGivenUp(1);
  expect(burden.isHard).toBe(true);
  vi.advanceTimersByTime(59_000);
  burden.noteGivenUp(1);
  expect(burden.isHard).toBe(true);
  vi.advanceTimersByTime(2000);
  expect(burden.isHard).toBe(false);
  burden.noteGivenUp();
  expect(burden.isHard).toBe(true);
  vi.advanceTimersByTime(61_000);
  for (let n = 0; n < 7; n++) burden.slice(SMALL, () => spin(27));
  expect(burden.isHard).toBe(false);
  burden.slice(SMALL, () => spin(27));
  expect(burden.isHard).toBe(true);
});
