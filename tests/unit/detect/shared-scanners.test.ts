/**
 * Jails that read the same log and share a scanner find what each finds alone, and nothing is kept once they have read it.
 * @module
 */
import { afterEach, expect, test, vi } from "vitest";
import { LineDecoder } from "../../../src/backend/decode.ts";
import { LogDetector } from "../../../src/detect/log-detector.ts";
import { SharedScanners } from "../../../src/detect/shared-scanners.ts";
import { compileFilter } from "../../../src/filter/line-filter.ts";
import { NOON, utc } from "../date/fixed-zones.ts";

const CHUNK_BYTES = 100_000;

const observe = (): void => undefined;

interface JailTerms {
  readonly failregex: string;
  readonly maxlines?: number;
  readonly logs?: readonly string[];
  /** seconds that pass with each failure: slices end in the middle of chunks */
  readonly slow?: number;
}

function jailOf(
  { failregex, maxlines = 1, logs = ["/log"], slow = 0 }: JailTerms,
  scanners?: SharedScanners,
) {
  const definition = {
    name: "j1",
    usedns: "no" as const,
    prefregex: undefined,
    failregex: [{ value: failregex }],
    ignoreregex: [],
    maxlines,
    datepattern: undefined,
    logtimezone: undefined,
    findtime: 600,
  };
  const { filter } = compileFilter(definition, { zone: utc, startYear: 2026 });
  if (filter === undefined) throw new Error("no filter");
  let passed = 0;
  const clock = { now: () => NOON + passed };
  const found: string[] = [];
  const detector = new LogDetector({
    jail: "j1",
    filter,
    decoder: new LineDecoder("utf-8", { observe, clock }),
    clock,
    observe,
    share: scanners && ((patterns) => scanners.join(logs, patterns)),
    found: ({ id, at }) => {
      found.push(`${id} ${at}`);
      passed += slow;
    },
  });
  let at = 0;
  /** Takes what one slice takes of a log; whether more is there. */
  const slice = (log: Buffer): boolean => {
    const end = log.lastIndexOf(10, Math.min(at + CHUNK_BYTES, log.length) - 1) + 1;
    at += detector.takeChunk({ path: "/log", bytes: log.subarray(at, end), offset: at, inOperation: true });
    return at < log.length;
  };
  return { detector, found, slice };
}

function readTogether(jails: readonly ReturnType<typeof jailOf>[], log: Buffer): void {
  let reading = jails;
  while (reading.length > 0) reading = reading.filter(({ slice }) => slice(log));
}

/** Lines of which few interest anybody; now and then one without a stamp, or with another. */
function logOf(lines: number): Buffer {
  const texts = ["fail from 192.0.2.", "bad user at 198.51.100.", "nothing of 203.0.113.", "so what "];
  const line = (number: number): string => {
    const stamp =
      number % 997 === 0
        ? ""
        : `2026-11-22 11:5${number % 10}:${10 + (number % 50)}${number % 701 === 0 ? ",5" : ""}`;
    return `${stamp} ${texts[(number * 7) % 13] ?? "ordinary "}${number % 251}\n`;
  };
  return Buffer.from(Array.from({ length: lines }, (_, number) => line(number)).join(""));
}

const FILTERS: readonly JailTerms[] = [
  { failregex: "^ fail from <HOST>$" },
  { failregex: "bad user at <HOST>$", slow: 0.02 },
  { failregex: "^ (?:fail|bad user) \\w+ <HOST>", slow: 0.004 },
  { failregex: "never <HOST>" },
  { failregex: "^ fail from <HOST>$", maxlines: 2 },
  { failregex: "at <HOST>", logs: ["/other"] },
];

test("jails with different filters, fast ones and slow ones, find in a log what each finds alone", () => {
  const log = logOf(20_000);
  const scanners = new SharedScanners();
  const together = FILTERS.map((terms) => jailOf(terms, scanners));
  readTogether(together, log);
  for (const [index, terms] of FILTERS.entries()) {
    const alone = jailOf(terms);
    readTogether([alone], log);
    expect(together[index]?.found).toEqual(alone.found);
    expect(together[index]?.detector.lines).toBe(20_000);
  }
  expect(together.map(({ found }) => found.length > 0)).toEqual([true, true, true, false, true, true]);
});

test("of a log whose bytes never change nothing is kept twice, and each finds what it finds alone", () => {
  const log = logOf(20_000);
  const asked = new Set<ArrayBufferLike>();
  const scanners = new SharedScanners(({ buffer }) => {
    asked.add(buffer);
    return true;
  });
  const together = FILTERS.map((terms) => jailOf(terms, scanners));
  readTogether(together, log);
  expect(asked).toEqual(new Set([log.buffer]));
  for (const [index, terms] of FILTERS.entries()) {
    const alone = jailOf(terms);
    readTogether([alone], log);
    expect(together[index]?.found).toEqual(alone.found);
  }
});

test("a jail may come and go while others read", () => {
  const log = logOf(20_000);
  const scanners = new SharedScanners();
  const [first, ...others] = FILTERS.slice(0, 4).map((terms) => jailOf(terms, scanners));
  first?.slice(log);
  for (const other of others) other.slice(log);
  first?.detector.close();
  const late = jailOf({ failregex: "^ fail from <HOST>$" }, scanners);
  readTogether([late, ...others], log);
  const alone = jailOf({ failregex: "^ fail from <HOST>$" });
  readTogether([alone], log);
  expect(late.found).toEqual(alone.found);
});

afterEach(() => {
  vi.useRealTimers();
});

test("pieces of logs are kept for a moment only", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const scanners = new SharedScanners();
  const jails = FILTERS.slice(0, 3).map((terms) => jailOf(terms, scanners));
  readTogether(jails, logOf(20_000));
  expect(scanners.kept).toBeGreaterThan(0);
  vi.advanceTimersByTime(100);
  expect(scanners.kept).toBeGreaterThan(0);
  vi.advanceTimersByTime(1500);
  expect(scanners.kept).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
