import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Enforcer } from "../../../src/enforce/enforcer.ts";
import type { Doubt } from "../../../src/enforce/firewall-doubts.ts";
import { FirewallWatch } from "../../../src/enforce/firewall-watch.ts";
import type { RulesetChange } from "../../../src/firewall/ruleset-change.ts";
import { sampleBan } from "../action/sample.ts";
import { ScriptedJail } from "./scripted.ts";

const TABLE: RulesetChange = { kind: "removed", what: "table", family: "inet", table: "t", name: "" };
const OTHER: RulesetChange = { kind: "removed", what: "rule", family: "ip", table: "nat", name: "DOCKER" };
const BANNED = { type: "carried-out", jail: "j1", id: "192.0.2.1", action: "a1", operation: "ban" } as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch over one jail with one nftables action. */
class Watched {
  readonly jail = new ScriptedJail();
  readonly runner = this.jail.runner({
    actionstart: "nft start",
    actionstop: "nft stop",
    actionban: "nft ban <ip>",
    actionunban: "nft unban <ip>",
    actioncheck: "nft check",
  });
  readonly enforcer: Enforcer;
  readonly watch: FirewallWatch;
  changed: (change: RulesetChange) => void = () => undefined;
  isMonitoring = false;
  hasMonitor = true;

  constructor() {
    const { observe } = this.jail;
    const clock = { now: () => Date.now() / 1000 };
    this.enforcer = new Enforcer({ jail: "j1", actions: [this.runner], observe, clock });
    this.watch = new FirewallWatch({
      enforcers: () => [this.enforcer],
      clock,
      observe,
      monitor: (changed) => {
        this.changed = changed;
        const isRunning = (): boolean => this.isMonitoring;
        return {
          get isRunning() {
            return isRunning();
          },
          start: () => {
            this.isMonitoring = this.hasMonitor;
          },
          stop: () => {
            this.isMonitoring = false;
          },
        };
      },
    });
  }

  async ban(id: string): Promise<void> {
    const ban = sampleBan(id);
    this.jail.enter(ban);
    await this.enforcer.ban(ban);
    this.watch.noticed(BANNED);
  }

  async unban(id: string): Promise<void> {
    const ban = this.jail.bans.get(id);
    this.jail.bans.delete(id);
    if (ban !== undefined) await this.enforcer.unban(ban);
  }

  /** Scripts run in so many seconds. */
  async ranIn(seconds: number): Promise<string[]> {
    this.jail.takeRan();
    await vi.advanceTimersByTimeAsync(seconds * 1000);
    return this.jail.takeRan();
  }
}

test("without bans nothing runs; with them a check at intervals, and none after the last", async () => {
  const watched = new Watched();
  expect(await watched.ranIn(600)).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  expect(watched.isMonitoring).toBe(false);
  await watched.ban("192.0.2.1");
  await watched.ranIn(1);
  expect(watched.isMonitoring).toBe(true);
  await watched.ranIn(20);
  expect(await watched.ranIn(600)).toEqual(Array(10).fill("nft check"));
  await watched.unban("192.0.2.1");
  expect(await watched.ranIn(600)).toEqual([]);
  expect(watched.isMonitoring).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
  await watched.ban("192.0.2.1");
  await watched.ranIn(1);
  expect(watched.isMonitoring).toBe(true);
});

test("while changes cannot be seen it looks more often", async () => {
  const watched = new Watched();
  watched.hasMonitor = false;
  await watched.ban("192.0.2.1");
  await watched.ranIn(20);
  const ran = await watched.ranIn(600);
  expect(ran.length).toBeGreaterThanOrEqual(50);
  expect(ran.length).toBeLessThanOrEqual(60);
});

test("a table that goes is noticed, and all bans are back within two seconds", async () => {
  const watched = new Watched();
  for (const id of ["192.0.2.1", "192.0.2.2"]) await watched.ban(id);
  await watched.ranIn(20);
  let isGone = true;
  watched.jail.answer = (script) => {
    if (script === "nft start") isGone = false;
    return script === "nft check" && isGone ? { code: 1 } : undefined;
  };
  watched.changed(TABLE);
  expect(await watched.ranIn(2)).toEqual([
    "nft check",
    "nft stop",
    "nft start",
    "nft check",
    "nft ban 192.0.2.1",
    "nft ban 192.0.2.2",
  ]);
  // confirmed once, then left alone
  expect(await watched.ranIn(30)).toEqual(["nft check"]);
});

test("what others change is not looked at, and a burst is one look", async () => {
  const watched = new Watched();
  await watched.ban("192.0.2.1");
  await watched.ranIn(20);
  await watched.ranIn(60);
  for (let times = 0; times < 100; times += 1) watched.changed(OTHER);
  for (let times = 0; times < 100; times += 1) watched.changed(TABLE);
  expect(await watched.ranIn(5)).toEqual(["nft check"]);
  for (let times = 0; times < 100; times += 1) watched.changed(OTHER);
  expect(await watched.ranIn(5)).toEqual([]);
});

test("a look waits for the commands of its action, and one that hangs is not made twice", async () => {
  const watched = new Watched();
  await watched.ban("192.0.2.1");
  await watched.ranIn(20);
  let release: () => void = () => undefined;
  watched.jail.answer = (script) =>
    script === "nft ban 192.0.2.2"
      ? new Promise((resolve) => (release = () => resolve(undefined)))
      : undefined;
  const banned = watched.ban("192.0.2.2");
  for (let round = 0; round < 5; round += 1) {
    watched.changed(TABLE);
    await vi.advanceTimersByTimeAsync(5000);
  }
  expect(watched.jail.ran.filter((script) => script === "nft check")).toEqual([]);
  release();
  await banned;
  await vi.advanceTimersByTimeAsync(100);
  expect(watched.jail.ran.filter((script) => script === "nft check")).toEqual(["nft check"]);
});

test("after its end it looks no more", async () => {
  const watched = new Watched();
  await watched.ban("192.0.2.1");
  await watched.ranIn(5);
  watched.watch.close();
  watched.changed(TABLE);
  watched.watch.noticed(BANNED);
  expect(await watched.ranIn(600)).toEqual([]);
  expect(watched.isMonitoring).toBe(false);
});

test("an action without a check is left alone", async () => {
  const watched = new Watched();
  const jail = new ScriptedJail();
  const looks: Doubt[] = [];
  const runner = jail.runner({ actionban: "mail <ip>" });
  const look = runner.look.bind(runner);
  runner.look = (doubt) => {
    looks.push(doubt);
    return look(doubt);
  };
  await watched.enforcer.add(runner, [sampleBan("192.0.2.1")]);
  watched.watch.noticed(BANNED);
  await watched.ranIn(5);
  expect(watched.isMonitoring).toBe(false);
  jail.takeRan();
  watched.changed(TABLE);
  await watched.ranIn(120);
  expect(looks.length).toBeGreaterThan(0);
  expect(jail.takeRan()).toEqual([]);
});

const repeated = (id: string, sinceBan: number) =>
  ({ type: "already-banned", jail: "j1", id, sinceBan }) as const;

test("a banned address that still gets through past a firewall in order is named, once for its ban", async () => {
  const watched = new Watched();
  await watched.ban("192.0.2.1");
  await watched.ranIn(20);
  watched.watch.noticed(repeated("192.0.2.1", 4));
  expect(await watched.ranIn(1)).toEqual([]);
  watched.watch.noticed(repeated("192.0.2.1", 20));
  expect(await watched.ranIn(1)).toEqual(["nft check"]);
  const told = watched.jail.told();
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(
    "WARNING actions [j1] 192.0.2.1 still gets through 20 seconds after its ban, though the firewall has what 'a1' put there",
  );
  await watched.ranIn(30);
  watched.watch.noticed(repeated("192.0.2.1", 51));
  await watched.ranIn(1);
  expect(watched.jail.told()).toHaveLength(1);
  // a ban of its own later
  await watched.ranIn(600);
  watched.watch.noticed(repeated("192.0.2.1", 30));
  await watched.ranIn(1);
  expect(watched.jail.told()).toHaveLength(2);
});

test("where something is missing it is repaired, and nobody is blamed", async () => {
  const watched = new Watched();
  await watched.ban("192.0.2.1");
  await watched.ranIn(20);
  let isGone = true;
  watched.jail.answer = (script) => {
    if (script === "nft start") isGone = false;
    return script === "nft check" && isGone ? { code: 1 } : undefined;
  };
  watched.watch.noticed(repeated("192.0.2.1", 20));
  expect(await watched.ranIn(1)).toContain("nft ban 192.0.2.1");
  expect(watched.jail.told().join()).not.toContain("gets through");
});
