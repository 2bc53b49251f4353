/**
 * Lines that wait together as bytes are those that would have been written one by one.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { Log } from "../../../src/log/target.ts";
import { WaitingLines } from "../../../src/log/waiting-lines.ts";
import { utc } from "../date/fixed-zones.ts";

const directory = mkdtempSync(join(tmpdir(), "gaoler-waiting-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ids = ["192.0.2.1", "2001:db8::1", "ü\u202e", "a\nb\u001b[2J", "\ud800", "\t ~", "😀".repeat(3), ""];
const jails = ["sshd", "j\u0085ö"];
const id = fc.oneof(fc.constantFrom(...ids), fc.string({ unit: "binary" }));
const at = fc.integer({ min: 0, max: 9000 }).map((tick) => 1_795_346_730 + tick / 1000);

const event: fc.Arbitrary<GaolerEvent> = fc.oneof(
  fc.record({
    type: fc.constant("failure-found" as const),
    jail: fc.constantFrom(...jails),
    id,
    at,
    attempts: fc.constant(1),
    maxretry: fc.constant(5),
  }),
  fc.record({
    type: fc.constant("banned" as const),
    jail: fc.constantFrom(...jails),
    id,
    restored: fc.boolean(),
    bantime: fc.constant(600),
    until: fc.constant(undefined),
  }),
  fc.record({
    type: fc.constant("message" as const),
    level: fc.constantFrom("INFO" as const, "DEBUG" as const, "ERROR" as const),
    logger: fc.constant("filter" as const),
    text: fc.oneof(id, fc.constant("two\r\nlines é"), fc.constant("x".repeat(200_000))),
  }),
);

/** What a log writes to a file; `isTogether`: at the end of each tick, else line by line. */
function written(moments: readonly Moment[], style: string, isTogether: boolean): string {
  const path = join(directory, isTogether ? "together" : "alone");
  rmSync(path, { force: true });
  let now = 0;
  const ticks: (() => void)[] = [];
  const deps = {
    clock: { now: () => now },
    zone: utc,
    pid: 4711,
    stdout: process.stdout,
    stderr: process.stderr,
  };
  const log = new Log(isTogether ? { ...deps, soon: (work) => void ticks.push(work) } : deps);
  log.setTarget(`${path}${style}`);
  for (const { time, events, endsTick } of moments) {
    now = time;
    for (const one of events) log.write(one);
    if (endsTick) for (const work of ticks.splice(0)) work();
  }
  log.close();
  return readFileSync(path, "latin1");
}

interface Moment {
  readonly time: number;
  readonly events: readonly GaolerEvent[];
  readonly endsTick: boolean;
}

const moments = fc.array(fc.record({ time: at, events: fc.array(event), endsTick: fc.boolean() }));
const styles = ["", "[padding=off]", "[datetime=off]", '[format="%(message)s %(asctime)s"]', "[format=json]"];

test.each(styles)("a file gets the same bytes together and one by one: style '%s'", (style) => {
  fc.assert(
    fc.property(moments, (all) => {
      expect(written(all, style, true)).toBe(written(all, style, false));
    }),
    { numRuns: 40 },
  );
});

test("failures in a row have their own time, jail and ID, whichever of them changes", () => {
  const base = { type: "failure-found", attempts: 1, maxretry: 5 } as const;
  const found = (jail: string, who: string, when: number): GaolerEvent => ({
    ...base,
    jail,
    id: who,
    at: when,
  });
  const text = written(
    [
      { time: 1_795_346_730.25, events: [found("a", "x", 0), found("b", "x", 0)], endsTick: false },
      { time: 1_795_346_730.5, events: [found("b", "y", 0), found("b", "y", 1.5)], endsTick: true },
      { time: 1_795_346_731.5, events: [found("b", "y", 1.9)], endsTick: true },
    ],
    "",
    true,
  );
  const head = "fail2ban.filter         [4711]: INFO   ";
  expect(text.split("\n")).toEqual([
    `2026-11-22 11:25:30,250 ${head} [a] Found x - 1970-01-01 00:00:00`,
    `2026-11-22 11:25:30,250 ${head} [b] Found x - 1970-01-01 00:00:00`,
    `2026-11-22 11:25:30,500 ${head} [b] Found y - 1970-01-01 00:00:00`,
    `2026-11-22 11:25:30,500 ${head} [b] Found y - 1970-01-01 00:00:01`,
    `2026-11-22 11:25:31,500 ${head} [b] Found y - 1970-01-01 00:00:01`,
    "",
  ]);
});

test("what is added while lines are written waits for the next time and does not touch them", () => {
  const lines = new WaitingLines();
  const taken: string[] = [];
  const add = (text: string): void => {
    lines.put(text);
    lines.end();
  };
  add("a");
  lines.take(({ bytes, ends }) => {
    add("b");
    taken.push(`${Buffer.from(bytes).toString()} ${ends.join()}`);
  });
  expect(lines.count).toBe(1);
  lines.take(({ bytes, ends }) => taken.push(`${Buffer.from(bytes).toString()} ${ends.join()}`));
  expect([taken, lines.count]).toEqual([["a\n 2", "b\n 2"], 0]);
});
