import { expect, test } from "vitest";
import { JailCore, type JailCoreOptions, type JailEffect } from "../../../src/ban/jail-core.ts";
import type { BanHistory } from "../../../src/ban/stored-ban.ts";
import type { Ticket } from "../../../src/ban/ticket.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";
const C = "198.51.100.3";
const NO_GROWTH = {
  enabled: false,
  factor: undefined,
  formula: undefined,
  multipliers: undefined,
  maxtime: undefined,
  rndtime: undefined,
  overalljails: false,
};
const GROWTH = { ...NO_GROWTH, enabled: true };

/** The last one that was made. */
let latest: JailCore | undefined;

function coreOf(options: Partial<JailCoreOptions> = {}): JailCore {
  latest = new JailCore({
    jail: "j1",
    maxretry: 3,
    findtime: 600,
    maxmatches: 5,
    bantime: 100,
    increment: NO_GROWTH,
    history: () => undefined,
    random: () => 0,
    ...options,
  });
  return latest;
}

const failure = (id: string, at: number) => ({
  id,
  ip: undefined,
  at,
  matches: [`line ${at}`],
  data: new Map(),
});

const ticket = (id: string, at: number, changes: Partial<Ticket> = {}): Ticket => ({
  id,
  ip: id,
  at,
  attempts: 3,
  matches: [],
  data: new Map(),
  bantime: undefined,
  bancount: 1,
  restored: true,
  ...changes,
});

/** Effects in short, in order: told things by their type, actions in capitals. */
function shortly(effects: readonly JailEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case "ban":
        return `BAN ${effect.ban.id} ${effect.bantime}`;
      case "prolong":
        return `PROLONG ${effect.id} ${latest?.bans.get(effect.id)?.bantime} after ${effect.after}`;
      case "unban":
        return `UNBAN ${effect.ban.id} ${effect.reason}`;
      case "tell":
        return effect.event.type;
      default:
        return effect satisfies never;
    }
  });
}

test("a failure is told before anything that follows from it, a ban before its actions", () => {
  const core = coreOf({ maxretry: 2 });
  expect(core.fail(failure(A, 1000), 1000)).toEqual([
    {
      type: "tell",
      event: { type: "failure-found", jail: "j1", id: A, at: 1000, attempts: 1, maxretry: 2 },
    },
  ]);
  const effects = core.fail(failure(A, 1001), 1001);
  expect(shortly(effects)).toEqual(["failure-found", "banned", `BAN ${A} 100`]);
  expect(effects[1]).toEqual({
    type: "tell",
    event: { type: "banned", jail: "j1", id: A, restored: false, bantime: 100, until: 1101 },
  });
  expect(effects[2]).toMatchObject({
    ban: { id: A, ip: A, at: 1001, attempts: 2, matches: ["line 1000", "line 1001"], bancount: 1 },
  });
});

test("a failure from the future counts as now", () => {
  const [found] = coreOf().fail(failure(A, 5000), 1000);
  expect(found).toMatchObject({ event: { at: 1000 } });
});

test("a banned ID that fails on is told of, with the time since the ban", () => {
  const core = coreOf({ maxretry: 1 });
  core.fail(failure(A, 1000), 1000);
  const effects = core.fail(failure(A, 1040), 1040);
  expect(shortly(effects)).toEqual(["failure-found", "already-banned", `PROLONG ${A} 140 after 10`]);
  expect(effects[1]).toMatchObject({ event: { sinceBan: 40 } });
  // it lasts longer now
  expect(core.nextExpiry()).toBe(1140);
});

test("a failure too many of a banned ID changes nothing of its ban but the end", () => {
  const core = coreOf({ maxretry: 1 });
  core.fail(failure(A, 1000), 1000);
  const first = core.bans.get(A);
  core.fail(failure(A, 1040), 1040);
  expect(core.bans.get(A)).toEqual({ ...first, bantime: 140 });
  expect(first?.matches).toEqual(["line 1000"]);
  core.unbanAll("command");
  core.fail({ ...failure(A, 1050), data: new Map([["user", "u"]]) }, 1050);
  expect(core.bans.get(A)).toMatchObject({ matches: ["line 1050"], data: new Map([["user", "u"]]) });
});

test("a ban whose time is over when it is decided is told and not carried out", () => {
  const core = coreOf({ maxretry: 1, bantime: 10 });
  expect(shortly(core.fail(failure(A, 1000), 1011))).toEqual(["failure-found", "ban-expired-already"]);
  expect(core.bans.size).toBe(0);
});

test("a tick lifts what has ended, strictly, the earliest first, as many as it may", () => {
  const core = coreOf({ maxretry: 1 });
  for (const [id, at] of [
    [B, 1001],
    [A, 1000],
    [C, 1002],
  ] as const)
    core.fail(failure(id, at), 1002);
  expect(core.nextExpiry()).toBe(1100);
  expect(core.tick(1100)).toEqual([]);
  expect(shortly(core.tick(1102.5, 2))).toEqual([
    "unbanned",
    `UNBAN ${A} expired`,
    "unbanned",
    `UNBAN ${B} expired`,
  ]);
  expect(shortly(core.tick(1102.5))).toEqual(["unbanned", `UNBAN ${C} expired`]);
  expect(core.nextExpiry()).toBeUndefined();
  expect(core.bans.total).toBe(3);
});

test("a tick tells where texts had to be forgotten, once", () => {
  const core = coreOf();
  const long = [`${"x".repeat(2 ** 20)}`];
  for (let n = 0; n < 13; n++) core.fail({ ...failure(`192.0.2.${n}`, 1000), matches: long }, 1000);
  const [effect, ...others] = core.tick(1010);
  expect(effect).toMatchObject({ type: "tell", event: { type: "message", level: "NOTICE" } });
  expect([others, core.tick(1020)]).toEqual([[], []]);
});

test("failures of whoever is banned have no texts under a flood, until his ban ends", () => {
  const core = coreOf({ maxretry: 2, bantime: 100 });
  const long = ["x".repeat(2 ** 20)];
  for (let n = 0; n < 8; n++) core.fail({ ...failure(`10.0.0.${n}`, 1000), matches: long }, 1000);
  const linesOfC = (): number | undefined =>
    [...core.failures.failing()].find(({ id }) => id === C)?.matches.length;
  for (const at of [1000, 1001, 1002]) core.fail(failure(C, at), at);
  expect([core.bans.has(C), linesOfC()]).toEqual([true, 0]);
  core.tick(1110);
  expect([core.bans.has(C), linesOfC()]).toEqual([false, 0]);
  const effects = core.fail(failure(C, 1110), 1110);
  expect(effects.find((effect) => effect.type === "ban")).toMatchObject({
    ban: { id: C, attempts: 2, matches: ["line 1110"] },
  });
});

test("a tick forgets failures that are too old, though nobody is banned", () => {
  const core = coreOf({ findtime: 60 });
  core.fail(failure(A, 1000), 1000);
  core.tick(1100);
  expect(core.failures.current).toBe(1);
  core.tick(1121);
  expect(core.failures.current).toBe(0);
});

test("a sweep comes at most every five seconds, and at once after the clock was set back", () => {
  const core = coreOf({ findtime: 0 });
  core.tick(1000);
  core.fail(failure(A, 900), 1000);
  core.tick(1004);
  expect(core.failures.current).toBe(1);
  core.tick(999);
  expect(core.failures.current).toBe(0);
});

test("a ban by hand forgets the failures counted so far and needs none", () => {
  const core = coreOf();
  core.fail(failure(A, 1000), 1000);
  expect(shortly(core.ban(A, 1000))).toEqual(["banned", `BAN ${A} 100`]);
  expect(core.failures.current).toBe(0);
  expect(core.bans.get(A)).toMatchObject({ attempts: 0, matches: [], bancount: 1 });
  expect(shortly(core.ban(A, 1050))).toEqual(["already-banned", `PROLONG ${A} 150 after 10`]);
  expect(core.nextExpiry()).toBe(1150);
});

test("attempts by hand count by their texts, and as one without", () => {
  const core = coreOf({ maxretry: 3 });
  expect(core.attempt(A, ["one", "two"], 1000)).toEqual([]);
  expect(shortly(core.attempt(A, [], 1001))).toEqual(["banned", `BAN ${A} 100`]);
  expect(core.bans.get(A)?.matches).toEqual(["one", "two"]);
});

test("an unban lifts what the text means, tells each, and nothing twice", () => {
  const core = coreOf();
  for (const id of [A, B, C]) core.ban(id, 1000);
  expect(shortly(core.unban("203.0.113.1"))).toEqual([]);
  expect(shortly(core.unban("192.0.2.0/24"))).toEqual([
    "unbanned",
    `UNBAN ${A} command`,
    "unbanned",
    `UNBAN ${B} command`,
  ]);
  expect(shortly(core.unban("evil.example", [C, A, C]))).toEqual(["unbanned", `UNBAN ${C} command`]);
  expect(core.unban(C)).toEqual([]);
  expect(core.nextExpiry()).toBeUndefined();
});

test("unban of all lifts every ban in the order of banning, for the reason given", () => {
  const core = coreOf();
  for (const id of [B, A]) core.ban(id, 1000);
  const effects = core.unbanAll("removed");
  expect(shortly(effects)).toEqual(["unbanned", `UNBAN ${B} removed`, "unbanned", `UNBAN ${A} removed`]);
  expect(core.unbanAll("removed")).toEqual([]);
});

test("a restored ban keeps its own time, is told as restored, and asks no history", () => {
  const asked: string[] = [];
  const core = coreOf({
    increment: GROWTH,
    history: (id) => {
      asked.push(id);
      return undefined;
    },
  });
  const effects = core.restore(ticket(A, 950, { bantime: 70 }), 1000);
  expect(shortly(effects)).toEqual(["banned", `BAN ${A} 70`]);
  expect(effects[0]).toMatchObject({ event: { restored: true, until: 1020 } });
  expect(core.bans.get(A)).toMatchObject({ bancount: 2, restored: true });
  expect(shortly(core.restore(ticket(B, 900, { bantime: 50 }), 1000))).toEqual(["ban-expired-already"]);
  expect(asked).toEqual([]);
});

test("new terms move the ends of bans without a time of their own, and hold from the next failure on", () => {
  const core = coreOf({ maxretry: 5 });
  core.ban(A, 1000);
  core.restore(ticket(B, 1000, { bantime: 70 }), 1000);
  core.fail(failure(C, 1000), 1000);
  core.configure({ bantime: 500, maxretry: 2 });
  expect(core.nextExpiry()).toBe(1070);
  expect(core.bans.endOf({ at: 1000, bantime: undefined })).toBe(1500);
  expect(shortly(core.fail(failure(C, 1001), 1001))).toEqual(["failure-found", "banned", `BAN ${C} 500`]);
  core.configure({ bantime: -1 });
  expect(core.tick(1e9).filter(({ type }) => type === "unban")).toHaveLength(1);
  expect(core.nextExpiry()).toBeUndefined();
});

test("configuring the same ban time moves nothing", () => {
  const core = coreOf();
  core.ban(A, 1000);
  core.configure({ bantime: 100, findtime: 10 });
  expect(core.nextExpiry()).toBe(1100);
});

test("ban times grow with the bans before, told after the ban", () => {
  const past: BanHistory = { count: 2, lastAt: 500, bantime: 200 };
  const core = coreOf({ increment: GROWTH, history: () => past });
  const effects = core.ban(A, 1000);
  const prolong = `PROLONG ${A} 400 after 10`;
  expect(shortly(effects)).toEqual(["banned", `BAN ${A} 400`, "ban-grown", "ban-increased", prolong]);
  expect(effects[2]).toEqual({
    type: "tell",
    event: { type: "ban-grown", jail: "j1", id: A, bans: 2, lastAt: 500, from: 100, to: 400 },
  });
  expect(effects[3]).toEqual({
    type: "tell",
    event: { type: "ban-increased", jail: "j1", id: A, bancount: 3, bantime: 400, until: 1400 },
  });
  expect(core.bans.get(A)).toMatchObject({ bantime: 400, bancount: 3 });
});

test("a ban does not grow by failures while it is in force", () => {
  let past: BanHistory | undefined;
  const core = coreOf({ maxretry: 1, increment: GROWTH, history: () => past });
  core.fail(failure(A, 1000), 1000);
  past = { count: 1, lastAt: 1000, bantime: 100 };
  const again = shortly(core.fail(failure(A, 1010), 1010));
  expect(again).toEqual(["failure-found", "already-banned", `PROLONG ${A} 110 after 10`]);
  expect(core.nextExpiry()).toBe(1110);
  expect(shortly(core.ban(A, 1020))).toEqual(["already-banned", `PROLONG ${A} 120 after 10`]);
  expect(core.nextExpiry()).toBe(1120);
});

test("dice make a grown ban longer", () => {
  const past: BanHistory = { count: 1, lastAt: 500, bantime: 100 };
  const core = coreOf({ increment: { ...GROWTH, rndtime: 60 }, history: () => past, random: () => 0.5 });
  expect(shortly(core.ban(A, 1000))[1]).toBe(`BAN ${A} 230`);
});

test("a failure of a known bad ID counts as several, unless it is older than its last ban", () => {
  const past: BanHistory = { count: 2, lastAt: 900, bantime: 100 };
  const core = coreOf({ maxretry: 4, increment: GROWTH, history: (id) => (id === A ? past : undefined) });
  const effects = core.fail(failure(A, 1000), 1000);
  expect(shortly(effects)).toEqual(["failure-found", "failure-weighed"]);
  expect(effects[1]).toEqual({
    type: "tell",
    event: {
      type: "failure-weighed",
      jail: "j1",
      id: A,
      at: 1000,
      bans: 2,
      weight: 3,
      isCut: false,
      isEnough: false,
    },
  });
  // the line was counted twice
  expect(core.failures.total).toBe(2);
  expect(shortly(core.fail(failure(A, 1001), 1001))).toContain(`BAN ${A} 400`);
  expect(core.bans.get(A)).toMatchObject({ attempts: 3, matches: ["line 1000", "line 1001"] });
  for (const at of [890, 891]) expect(shortly(core.fail(failure(C, at), 1001))).toEqual(["failure-found"]);
  for (const at of [1000, 1001, 1002]) core.fail(failure(B, at), at);
  expect(core.bans.get(B)).toBeUndefined();
});

test("a failure from before the last ban weighs nothing more, and a ban for such failures tells of no growth", () => {
  const past: BanHistory = { count: 2, lastAt: 900, bantime: 10 };
  const core = coreOf({ maxretry: 2, bantime: 300, increment: GROWTH, history: () => past });
  expect(shortly(core.fail(failure(A, 890), 1000))).toEqual(["failure-found"]);
  expect(shortly(core.fail(failure(A, 891), 1000))).toEqual([
    "failure-found",
    "banned",
    `BAN ${A} 1200`,
    "ban-increased",
    `PROLONG ${A} 1200 after 10`,
  ]);
});

test.each([
  { bantime: 100, count: 1, grown: 200, after: 10 },
  { bantime: 2, count: 1, grown: 4, after: 0 },
  { bantime: 2, count: 2, grown: 8, after: 1 },
  { bantime: 2, count: 3, grown: 16, after: 9 },
  { bantime: 4, count: 1, grown: 2, after: 0, multipliers: "1 1", factor: "0.5" },
])("actions hear of $grown s in place of $bantime s after $after s, as from fail2ban", (row) => {
  const { bantime, count, grown, after, multipliers, factor } = row;
  const core = coreOf({
    bantime,
    increment: { ...GROWTH, multipliers, factor },
    history: () => ({ count, lastAt: 500, bantime }),
  });
  const prolong = `PROLONG ${A} ${grown} after ${after}`;
  expect(shortly(core.ban(A, 1000)).slice(-2)).toEqual(["ban-increased", prolong]);
});

test.each([
  { bantime: 100, since: 40, after: 10 },
  { bantime: 100, since: 90, after: 5 },
  { bantime: 100, since: 97, after: 0 },
  { bantime: 3, since: 1, after: 0 },
])("actions hear of a longer ban before its old end: $bantime s, failure after $since s", (row) => {
  const core = coreOf({ bantime: row.bantime });
  core.ban(A, 1000);
  const told = shortly(core.ban(A, 1000 + row.since));
  expect(told).toEqual(["already-banned", `PROLONG ${A} ${row.bantime + row.since} after ${row.after}`]);
});

test("a ban that ends no later than before is no news, nor is one for ever", () => {
  const core = coreOf();
  core.ban(A, 1000);
  expect(shortly(core.ban(A, 1000))).toEqual(["already-banned"]);
  expect(shortly(core.restore(ticket(A, 990), 1001))).toEqual(["already-banned"]);
  expect(shortly(core.restore(ticket(A, 1001, { bantime: -1 }), 1001))).toEqual([
    "already-banned",
    `PROLONG ${A} -1 after 10`,
  ]);
  expect(shortly(core.ban(A, 1002))).toEqual(["already-banned"]);
});

test("one failure is enough where an ID was banned often enough, and its second life counts nothing", () => {
  const past: BanHistory = { count: 3, lastAt: 500, bantime: 100 };
  const core = coreOf({ maxretry: 3, increment: GROWTH, history: () => past });
  const effects = core.fail(failure(A, 1000), 1000);
  expect(shortly(effects).slice(0, 4)).toEqual([
    "failure-found",
    "failure-weighed",
    "banned",
    `BAN ${A} 800`,
  ]);
  expect(effects[1]).toMatchObject({ event: { weight: 3, isCut: true, isEnough: true } });
  expect(core.bans.get(A)).toMatchObject({ attempts: 2, matches: ["line 1000"] });
});

test("attempts by hand weigh as failures of the log do", () => {
  const past: BanHistory = { count: 1, lastAt: 500, bantime: 100 };
  const core = coreOf({ maxretry: 4, increment: GROWTH, history: () => past });
  expect(shortly(core.attempt(A, [], 1000))).toEqual(["failure-weighed"]);
  expect(shortly(core.attempt(A, [], 1001))).toContain(`BAN ${A} 200`);
});

test("how bad an ID is, its own jail says; how long a ban gets, all jails with overalljails", () => {
  const core = coreOf({
    maxretry: 9,
    increment: { ...GROWTH, overalljails: true },
    history: (_, scope) => ({ count: scope === "jail" ? 1 : 3, lastAt: 500, bantime: 100 }),
  });
  expect(core.fail(failure(A, 1000), 1000)[1]).toMatchObject({ event: { bans: 1, weight: 2 } });
  expect(shortly(core.ban(A, 1000))[1]).toBe(`BAN ${A} 800`);
  expect(core.bans.get(A)?.bancount).toBe(4);
});

test("a formula that cannot be computed costs no ban: the default one holds", () => {
  const past: BanHistory = { count: 1, lastAt: 500, bantime: 100 };
  const core = coreOf({ increment: { ...GROWTH, formula: "ban.Time * (" }, history: () => past });
  expect(shortly(core.ban(A, 1000))[1]).toBe(`BAN ${A} 200`);
  core.configure({ increment: { ...GROWTH, factor: "three" } });
  expect(shortly(core.ban(B, 1000))[1]).toBe(`BAN ${B} 200`);
});

test("history is asked only while ban times grow", () => {
  const core = coreOf({
    maxretry: 1,
    history: () => {
      throw new Error("asked");
    },
  });
  core.fail(failure(A, 1000), 1000);
  core.ban(B, 1000);
  expect(core.bans.size).toBe(2);
  core.configure({ increment: GROWTH });
  expect(() => core.ban(C, 1000)).toThrow("asked");
});

test("a ban that did not grow follows the jail's ban time when that is changed", () => {
  const past: BanHistory = { count: 1, lastAt: 500, bantime: 100 };
  const core = coreOf({ increment: { ...GROWTH, multipliers: "1 1 9" }, history: () => past });
  expect(shortly(core.ban(A, 1000))).toEqual(["banned", `BAN ${A} 100`, "ban-grown"]);
  core.configure({ bantime: 300 });
  expect(core.nextExpiry()).toBe(1300);
});
