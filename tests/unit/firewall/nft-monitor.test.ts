import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import type { FollowSink } from "../../../src/exec/follow.ts";
import { NftMonitor } from "../../../src/firewall/nft-monitor.ts";
import type { RulesetChange } from "../../../src/firewall/ruleset-change.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function scripted(): {
  readonly monitor: NftMonitor;
  readonly runs: { readonly sink: FollowSink; isStopped: boolean }[];
  readonly events: GaolerEvent[];
  readonly changes: RulesetChange[];
} {
  const runs: { readonly sink: FollowSink; isStopped: boolean }[] = [];
  const events: GaolerEvent[] = [];
  const changes: RulesetChange[] = [];
  const monitor = new NftMonitor({
    follow: (_command, _args, sink) => {
      const run = { sink, isStopped: false };
      runs.push(run);
      return { stop: () => (run.isStopped = true) };
    },
    observe: (event) => events.push(event),
    changed: (change) => changes.push(change),
  });
  return { monitor, runs, events, changes };
}

test("what it sees is handed on, until it is stopped", () => {
  const { monitor, runs, changes } = scripted();
  monitor.start();
  monitor.start();
  expect(runs).toHaveLength(1);
  runs[0]?.sink.line("delete table inet f2b-table");
  runs[0]?.sink.line("add table inet f2b-table");
  expect(changes).toHaveLength(1);
  monitor.stop();
  expect(runs[0]?.isStopped).toBe(true);
  runs[0]?.sink.line("delete table inet f2b-table");
  runs[0]?.sink.ended({ isAbsent: false, complaint: "" });
  vi.advanceTimersByTime(3_600_000);
  expect(changes).toHaveLength(1);
  expect(runs).toHaveLength(1);
});

test("one that ends is started again, ever more rarely, and told of once; what it missed is doubted", () => {
  const { monitor, runs, events, changes } = scripted();
  monitor.start();
  for (let round = 0; round < 4; round += 1) {
    runs.at(-1)?.sink.ended({ isAbsent: false, complaint: "Operation not permitted" });
    expect(monitor.isRunning).toBe(false);
    vi.advanceTimersByTime(1000 * 2 ** round - 1);
    expect(runs).toHaveLength(round + 1);
    vi.advanceTimersByTime(1);
    expect(runs).toHaveLength(round + 2);
  }
  expect(events).toHaveLength(1);
  expect(changes).toEqual(Array(4).fill({ kind: "unseen" }));
  monitor.stop();
});

test("a machine without nft is told of once and left alone", () => {
  const { monitor, runs, events } = scripted();
  monitor.start();
  runs[0]?.sink.ended({ isAbsent: true, complaint: "spawn nft ENOENT" });
  monitor.stop();
  monitor.start();
  vi.advanceTimersByTime(3_600_000);
  expect(runs).toHaveLength(1);
  expect(events).toHaveLength(1);
});
