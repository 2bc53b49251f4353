import { expect, test } from "vitest";
import { LookTimes } from "../../../src/enforce/look-times.ts";

type Question = { hasReason?: boolean; isSeen?: boolean };

function due(times: LookTimes, now: number, { hasReason = false, isSeen = true }: Question = {}): string {
  return times.due("j/a", { now, hasReason, isSeen }) ?? "-";
}

/** The first moment at which an action is due without a reason. */
function firstDue(times: LookTimes, from: number, question: Question = {}): number {
  for (let now = from; now < from + 1000; now += 1)
    if (due(times, now, question) === "all") return now - from;
  throw new Error("never due");
}

test("the first look comes soon, the others at intervals: longer ones where changes are seen", () => {
  const times = new LookTimes();
  expect(due(times, 1000)).toBe("-");
  expect(firstDue(times, 1000)).toBeLessThanOrEqual(10);
  times.looked("j/a", { now: 2000, outcome: "fine", isAll: true, took: 0 });
  expect(firstDue(times, 2000)).toBe(60);
  times.looked("j/a", { now: 3000, outcome: "fine", isAll: true, took: 0 });
  expect(firstDue(times, 3000, { isSeen: false })).toBe(10);
});

test("first looks of many actions come at different times", () => {
  const times = new LookTimes();
  const at = (key: string): number => {
    for (let now = 0; now < 100; now += 0.25) {
      if (times.due(key, { now, hasReason: false, isSeen: true }) !== undefined) return now;
    }
    return -1;
  };
  const moments = new Set(Array.from({ length: 20 }, (_, index) => at(`jail${index}/a`)));
  expect(moments.size).toBeGreaterThan(4);
});

test("a reason is looked at once, and puts off no look at intervals", () => {
  const times = new LookTimes();
  times.looked("j/a", { now: 0, outcome: "fine", isAll: true, took: 0 });
  for (let now = 1; now < 60; now += 1) {
    expect(due(times, now, { hasReason: true })).toBe("reason");
    times.looked("j/a", { now: now, outcome: "fine", isAll: false, took: 0 });
  }
  expect(due(times, 60, { hasReason: true })).toBe("all");
});

test("a repair is confirmed soon after", () => {
  const times = new LookTimes();
  times.looked("j/a", { now: 0, outcome: "repaired", isAll: true, took: 0 });
  expect(firstDue(times, 0)).toBe(5);
  times.looked("j/a", { now: 5, outcome: "fine", isAll: true, took: 0 });
  expect(firstDue(times, 5)).toBe(60);
});

test("a check that never succeeds is made ever more rarely, reasons or not", () => {
  const times = new LookTimes();
  let looks = 0;
  for (let now = 0; now < 36_000; now += 1) {
    if (due(times, now, { hasReason: true }) === "-") continue;
    looks += 1;
    times.looked("j/a", { now: now, outcome: "failed", isAll: true, took: 0 });
  }
  expect(looks).toBeGreaterThan(50);
  expect(looks).toBeLessThan(100);
});

test("a clock that was set back does not end the looks; what is gone is forgotten", () => {
  const times = new LookTimes();
  times.looked("j/a", { now: 1_000_000, outcome: "fine", isAll: true, took: 0 });
  expect(firstDue(times, 1000)).toBeLessThanOrEqual(10);
  times.looked("j/a", { now: 2000, outcome: "failed", isAll: true, took: 0 });
  times.keep(new Set());
  expect(due(times, 2000, { hasReason: true })).toBe("reason");
});

test("a look that takes long is not made again at once", () => {
  const times = new LookTimes();
  times.looked("j/a", { now: 1000, outcome: "fine", isAll: true, took: 0.5 });
  expect(due(times, 1001.9, { hasReason: true })).toBe("-");
  expect(due(times, 1002.1, { hasReason: true })).toBe("reason");
  times.looked("j/a", { now: 2000, outcome: "fine", isAll: true, took: 60 });
  expect(due(times, 2003, { hasReason: true })).toBe("reason");
});
