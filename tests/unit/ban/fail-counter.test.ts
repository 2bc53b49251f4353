/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { FailCounter, type FailCounterOptions } from "../../../src/ban/fail-counter.ts";
import type { FailingId, FailureChanges } from "../../../src/ban/failing-id.ts";
import type { DataValue, MatchLine } from "../../../src/filter/failure.ts";
import { PlainFailCounter } from "./plain-fail-counter.ts";

const FINDTIME = 600;
const data = (entries: Record<string, DataValue> = {}) => new Map(Object.entries(entries));
const failure = (id: string, at: number, matches: readonly MatchLine[] = [`line at ${at}`]) => ({
  id,
  ip: undefined,
  at,
  matches,
  data: data(),
});
const counter = (
  options: { maxretry?: number; maxmatches?: number; maxKeys?: number; findtime?: number } = {},
) => new FailCounter({ maxretry: 3, findtime: FINDTIME, maxmatches: 5, ...options });

const cases: readonly { name: string; at: readonly number[]; retry: readonly number[]; bans: boolean }[] = [
  { name: "bans at maxretry", at: [0, 1, 2], retry: [1, 2, 3], bans: true },
  { name: "forgets an ID that was silent for findtime", at: [0, 1, 700], retry: [1, 2, 1], bans: false },
  { name: "forgets at exactly findtime", at: [0, 600, 601], retry: [1, 1, 2], bans: false },
  { name: "estimates a rate, so three in 800 s ban", at: [0, 400, 800], retry: [1, 2, 3], bans: true },
  {
    name: "never bans one failure in 500 s",
    at: [0, 500, 1000, 1500, 2000],
    retry: [1, 2, 2, 2, 2],
    bans: false,
  },
  { name: "never bans one failure in 590 s", at: [0, 590, 1180, 1770], retry: [1, 2, 2, 2], bans: false },
  { name: "starts anew after a pause", at: [0, 601, 602], retry: [1, 1, 2], bans: false },
  { name: "bans whatever the order of times", at: [100, 50, 0], retry: [1, 2, 3], bans: true },
];
for (const { name, at, retry, bans } of cases) {
  test(name, () => {
    const counts = counter();
    const outcomes = at.map((each) => counts.add(failure("192.0.2.1", each), 10_000));
    expect(outcomes.map((outcome) => outcome.retry)).toEqual(retry);
    expect(outcomes.at(-1)?.ticket !== undefined).toBe(bans);
  });
}

test("the ticket of whoever is banned already has no texts, that of others has", () => {
  const counts = new FailCounter({
    maxretry: 1,
    findtime: FINDTIME,
    maxmatches: 5,
    isBanned: (id) => id === "a",
  });
  const texts = (id: string) => {
    const { ticket } = counts.add({ ...failure(id, 10), data: data({ user: "u" }) }, 100);
    return [ticket?.at, ticket?.matches.length, ticket?.data.size];
  };
  expect([texts("a"), texts("b")]).toEqual([
    [10, 0, 0],
    [10, 1, 1],
  ]);
});

/** IDs a and b are banned; what the counter keeps of each. */
function countingBanned(bounds: Pick<FailCounterOptions, "maxLineBytes">) {
  const banned = new Set(["a", "b"]);
  const counts = new FailCounter({
    ...bounds,
    maxretry: 4,
    findtime: FINDTIME,
    maxmatches: 5,
    isBanned: (id) => banned.has(id),
  });
  return {
    banned,
    counts,
    kept: () =>
      [...counts.failing()]
        .filter(({ id }) => id !== "swarm")
        .map((each) => [each.id, each.data.get("user"), each.matches.length]),
    add: (id: string, user: string) => counts.add({ ...failure(id, 10), data: data({ user }) }, 10),
  };
}

test("who is banned already and goes on has all texts in the ticket that comes after the ban", () => {
  const { banned, add } = countingBanned({});
  for (const user of ["first", "second"]) add("a", user);
  banned.delete("a");
  add("a", "third");
  expect(add("a", "fourth").ticket).toMatchObject({
    attempts: 4,
    data: data({ user: "first" }),
    matches: { length: 4 },
  });
});

test("where texts are many, those of whoever is banned already are left out; once he is not, they are kept from his next failure on", () => {
  const { banned, counts, kept, add } = countingBanned({ maxLineBytes: 1024 });
  counts.add(failure("swarm", 10, ["x".repeat(140)]), 10);
  for (const id of ["a", "b", "c"]) add(id, "first");
  expect(kept()).toEqual([
    ["a", undefined, 0],
    ["b", undefined, 0],
    ["c", "first", 1],
  ]);
  banned.delete("a");
  counts.released("a");
  for (const user of ["second", "third"]) for (const id of ["a", "b", "c"]) add(id, user);
  expect(kept()).toEqual([
    ["a", "second", 2],
    ["b", undefined, 0],
    ["c", "first", 3],
  ]);
  expect(add("a", "fourth").ticket).toMatchObject({
    attempts: 4,
    data: data({ user: "second" }),
    matches: { length: 3 },
  });
});

test("the ticket has the last failure's time, the first one's data and the last lines", () => {
  const counts = counter({ maxmatches: 2 });
  counts.add({ ...failure("joe", 10, ["a", "b", "c"]), ip: "192.0.2.1", data: data({ user: "joe" }) }, 100);
  counts.add({ ...failure("joe", 30, ["d"]), data: data({ user: "ann" }) }, 100);
  const { ticket } = counts.add(failure("joe", 20, [["", "date", "e"]]), 100);
  expect(ticket).toEqual({
    id: "joe",
    ip: "192.0.2.1",
    at: 30,
    attempts: 3,
    matches: ["d", ["", "date", "e"]],
    data: data({ user: "joe" }),
    bantime: undefined,
    bancount: 0,
    restored: false,
  });
});

test("the first failure's lines are not cut", () => {
  const { ticket } = counter({ maxretry: 1, maxmatches: 1 }).add(failure("a", 0, ["1", "2"]), 0);
  expect(ticket?.matches).toEqual(["1", "2"]);
});

test("maxmatches 0 keeps no line", () => {
  const counts = counter({ maxmatches: 0, maxretry: 2 });
  counts.add(failure("a", 0), 0);
  expect(counts.add(failure("a", 0), 0).ticket?.matches).toEqual([]);
});

test("a banned ID starts from nothing", () => {
  const counts = counter({ maxretry: 2 });
  counts.add(failure("a", 0), 0);
  counts.add(failure("a", 1), 1);
  expect(counts.current).toBe(0);
  expect(counts.add(failure("a", 2), 2).retry).toBe(1);
  expect(counts.total).toBe(3);
});

test("a time in the future counts as now", () => {
  expect(counter({ maxretry: 1 }).add(failure("a", 500), 100).ticket?.at).toBe(100);
});

test("a negative maxretry bans at once", () => {
  expect(counter({ maxretry: -1 }).add(failure("a", 0), 0).ticket).toBeDefined();
});

test("findtime 0 counts what happens in the same moment", () => {
  const counts = counter({ findtime: 0 });
  expect([1, 1, 1].map((at) => counts.add(failure("a", at), 9).retry)).toEqual([1, 2, 3]);
});

test("weight adds to the retry count and not to the attempts", () => {
  const counts = counter({ maxretry: 5 });
  counts.add(failure("a", 0), 0);
  expect(counts.add({ ...failure("a", 0), weight: 2 }, 0)).toEqual({ attempts: 2, retry: 3 });
});

test("an attempt by command counts its texts but is one failure", () => {
  const counts = counter();
  expect(counts.attempt("a", [], 0)).toEqual({ attempts: 1, retry: 1 });
  const { ticket } = counts.attempt("a", ["x", "y"], 0);
  expect([ticket?.attempts, ticket?.matches, counts.total]).toEqual([2, ["x", "y"], 2]);
});

test("new limits meet what is counted already at its next failure", () => {
  const counts = counter();
  counts.add(failure("a", 0), 0);
  counts.configure({ maxretry: 2 });
  expect(counts.add(failure("a", 1), 1).ticket).toBeDefined();
});

test("a sweep forgets silent IDs, but not before a late line could still come", () => {
  const counts = counter();
  counts.add(failure("a", 0), 0);
  counts.add(failure("b", 100), 100);
  expect([counts.cleanup(600), counts.cleanup(659), counts.cleanup(660)]).toEqual([0, 0, 1]);
  expect(counts.current).toBe(1);
  expect(counts.forget("b")).toBe(true);
});

test("a flood of new IDs washes out one-time visitors and keeps those that try again", () => {
  const counts = counter({ maxKeys: 50, maxretry: 100 });
  for (let i = 0; i < 5; i++) counts.add(failure("attacker", i), i);
  for (let i = 0; i < 5000; i++) counts.add(failure(`visitor ${i}`, 10), 10);
  expect([counts.current, counts.evicted]).toEqual([50, 4951]);
  expect(counts.add(failure("attacker", 20), 20).retry).toBe(6);
});

test("where all keep trying, the longest silent goes and the newcomer stays", () => {
  const counts = counter({ maxKeys: 3, maxretry: 100 });
  for (const id of ["a", "b", "c", "a", "b", "c"]) counts.add(failure(id, 1), 1);
  counts.add(failure("d", 2), 2);
  expect(["b", "c", "d"].map((id) => counts.add(failure(id, 3), 3).retry)).toEqual([3, 3, 2]);
});

/** The table of A§3.1, written down without any thought of speed. */
function model(times: readonly number[], maxretry: number, findtime: number): readonly (number | "ban")[] {
  let state: { first: number; last: number; retry: number } | undefined;
  return times.map((at) => {
    if (state !== undefined && at - state.last >= findtime && at > state.last) state = undefined;
    if (state === undefined) state = { first: at, last: at, retry: 0 };
    else if (at > state.last) {
      if (state.first < at - findtime) {
        const exact = (state.retry / (at - state.first)) * findtime;
        const [low, high] = [Math.floor(exact), Math.ceil(exact)];
        const isHalf = exact - low === 0.5;
        state.retry = isHalf ? (low % 2 === 0 ? low : high) : Math.round(exact);
        state.first = at - findtime;
      }
      state.last = at;
    }
    state.retry += 1;
    if (state.retry < maxretry) return state.retry;
    state = undefined;
    return "ban";
  });
}

test("counts as the plain model does, each ID for itself, whenever sweeps happen", () => {
  const step = fc.record({
    id: fc.constantFrom("a", "b", "c"),
    wait: fc.integer({ min: 0, max: 300 }),
    delay: fc.integer({ min: 0, max: 60 }),
    sweep: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 60, max: 900 }),
      (steps, maxretry, findtime) => {
        const counts = counter({ maxretry, findtime });
        const times = new Map<string, number[]>();
        const seen = new Map<string, (number | "ban")[]>();
        let now = 1000;
        for (const { id, wait, delay, sweep } of steps) {
          now += wait;
          if (sweep) counts.cleanup(now);
          const at = now - delay;
          const { ticket, retry } = counts.add(failure(id, at), now);
          times.set(id, [...(times.get(id) ?? []), at]);
          seen.set(id, [...(seen.get(id) ?? []), ticket === undefined ? retry : "ban"]);
        }
        for (const [id, outcomes] of seen)
          expect(outcomes).toEqual(model(times.get(id) ?? [], maxretry, findtime));
      },
    ),
  );
});

test("in any flood of newcomers the counter keeps its bound, and who keeps trying is banned at his last try", () => {
  const MAX_KEYS = 64;
  const flood = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 2, max: 6 }),
      // until the second try he is a newcomer like any other
      fc.nat({ max: MAX_KEYS - 8 }),
      fc.array(flood, { minLength: 5, maxLength: 5 }),
      (attackers, maxretry, first, later) => {
        const counts = counter({ maxKeys: MAX_KEYS, maxretry });
        let visitors = 0;
        const banned: string[] = [];
        for (let round = 0; round < maxretry; round += 1) {
          for (let who = 0; who < attackers; who += 1) {
            if (counts.add(failure(`attacker ${who}`, 10 + round), 100).ticket)
              banned.push(`${round} ${who}`);
          }
          const newcomers = round === 0 ? first : (later[round - 1] ?? 0);
          for (let n = 0; n < newcomers; n += 1) {
            visitors += 1;
            counts.add(failure(`visitor ${visitors}`, 10 + round), 100);
            expect(counts.current).toBeLessThanOrEqual(MAX_KEYS);
          }
        }
        expect(banned).toEqual(Array.from({ length: attackers }, (_, who) => `${maxretry - 1} ${who}`));
      },
    ),
  );
});

test("changes are given once: who is counted, and who is counted no more", () => {
  const counts = counter();
  counts.add(failure("a", 10), 100);
  counts.add(failure("b", 20), 100);
  expect(counts.takeChanges().failing.map(({ id, retry }) => [id, retry])).toEqual([
    ["a", 1],
    ["b", 1],
  ]);
  expect(counts.takeChanges()).toEqual({ isAll: false, failing: [], gone: [] });
  counts.add(failure("b", 30), 100);
  counts.add(failure("b", 40), 100);
  counts.forget("a");
  expect(counts.takeChanges()).toEqual({ isAll: false, failing: [], gone: ["b", "a"] });
  counts.add(failure("c", 50), 100);
  counts.takeChanges();
  counts.cleanup(10_000);
  expect(counts.takeChanges().gone).toEqual(["c"]);
  // nobody was ever told of him
  counts.add(failure("d", 50), 100);
  counts.forget("d");
  expect(counts.takeChanges()).toEqual({ isAll: false, failing: [], gone: [] });
});

test("whoever asks for all gets all, and who asks late no more than there is", () => {
  const counts = counter({ maxKeys: 3 });
  for (const id of ["a", "b"]) counts.add(failure(id, 10), 100);
  counts.takeChanges();
  const all = counts.takeChanges(true);
  expect([all.isAll, all.failing.map(({ id }) => id), all.gone]).toEqual([true, ["a", "b"], []]);
  for (let i = 0; i < 2000; i += 1) {
    counts.add(failure(`n${i}`, 10), 100);
    expect(counts.untaken).toBeLessThanOrEqual(3 + 2);
  }
  const late = counts.takeChanges();
  expect([late.isAll, late.failing.length, late.gone]).toEqual([false, 3, ["a", "b"]]);
  expect(counts.takeChanges()).toEqual({ isAll: false, failing: [], gone: [] });
});

test("counting goes on from changes that were kept as if it had never ended", () => {
  const steps = fc.array(
    fc.record({
      id: fc.constantFrom("a", "b", "c"),
      after: fc.constantFrom(0, 1, 200, 700),
      isCut: fc.boolean(),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const whole = counter();
      let cut = counter();
      const kept = new Map<string, FailingId>();
      let now = 1000;
      for (const { id, after, isCut } of all) {
        now += after;
        expect(cut.add(failure(id, now), now)).toEqual(whole.add(failure(id, now), now));
        const { failing, gone } = cut.takeChanges();
        for (const one of failing) kept.set(one.id, one);
        for (const each of gone) kept.delete(each);
        if (!isCut) continue;
        cut = counter();
        cut.recall(kept.values());
        expect(cut.current).toBe(whole.current);
        expect(cut.takeChanges().failing).toEqual([]);
      }
    }),
  );
});

test("who is recalled meets the present limits, and takes nobody's place", () => {
  const counts = counter({ maxmatches: 1, maxKeys: 2 });
  counts.add(failure("a", 10), 100);
  const before = counter();
  for (const id of ["a", "b", "c"]) for (const at of [20, 30]) before.add(failure(id, at), 100);
  counts.recall(before.failing());
  expect([...counts.failing()].map(({ id, attempts, matches }) => [id, attempts, matches])).toEqual([
    ["a", 1, ["line at 10"]],
    ["b", 2, ["line at 30"]],
  ]);
});

test("whoever takes only so many changes at once has all in the end, and never more of somebody than there was", () => {
  const who = fc.nat({ max: 9 });
  const steps = fc.array(fc.tuple(who, fc.nat({ max: 4 }), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 3 }), (all, limit) => {
      const counts = counter();
      let has: ReadonlyMap<string, FailingId> = new Map();
      for (const [n, isTaken, wantsAll] of all) {
        counts.add(failure(`192.0.2.${n}`, 10), 10);
        if (isTaken > 0) continue;
        const changes = counts.takeChanges(wantsAll && n === 0, limit);
        expect(changes.failing.length).toBeLessThanOrEqual(limit);
        has = kept(has, changes);
        const now = new Map([...counts.failing()].map((one) => [one.id, one]));
        for (const [id, { attempts }] of has)
          expect(attempts).toBeLessThanOrEqual(now.get(id)?.attempts ?? 0);
      }
      has = kept(has, counts.takeChanges());
      expect(counts.untaken).toBe(0);
      expect([...has.values()].sort(byId)).toEqual([...counts.failing()].sort(byId));
    }),
  );
});

const byId = (a: FailingId, b: FailingId): number => (a.id < b.id ? -1 : 1);

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      who: fc.nat({ max: 30 }),
      wait: fc.constantFrom(0, 1, 30, 300),
      late: fc.constantFrom(-5, 0, 0, 40),
      lines: fc.nat({ max: 3 }),
      weight: fc.constantFrom(undefined, undefined, 1, 2, 0.5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const), wait: fc.constantFrom(0, 700) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forget" as const), who: fc.nat({ max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("take" as const), isAll: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("configure" as const),
      maxretry: fc.integer({ min: 0, max: 9 }),
      maxmatches: fc.nat({ max: 4 }),
    }),
  },
);

/** Addresses of both families, names, and what only looks like an address. */
function idOf(who: number): string {
  const ids = [
    `192.0.2.${who}`,
    `2001:db8::${who.toString(16)}`,
    `name ${who}`,
    `192.0.2.0${who}`,
    `u\ud800${who}`,
  ];
  return ids[who % ids.length] ?? "";
}

/** What a keeper has who is told of each change. */
function kept(
  before: ReadonlyMap<string, FailingId>,
  changes: FailureChanges,
): ReadonlyMap<string, FailingId> {
  const after = new Map(changes.isAll ? [] : before);
  for (const id of changes.gone) after.delete(id);
  for (const one of changes.failing) after.set(one.id, one);
  return after;
}

test("whatever happens it says what a plain counter says, evictions and what is kept elsewhere included", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.constantFrom(1, 4, 20, 1000),
      fc.integer(),
      (steps, maxKeys, seed) => {
        const options = { maxretry: 4, findtime: FINDTIME, maxmatches: 3, maxKeys };
        let fast = new FailCounter({ ...options, seed });
        const plain = new PlainFailCounter(options);
        let [keptOfFast, keptOfPlain]: ReadonlyMap<string, FailingId>[] = [new Map(), new Map()];
        let now = 10_000;
        for (const each of steps) {
          if ("wait" in each) now += each.wait;
          switch (each.kind) {
            case "fail": {
              const lines = Array.from(
                { length: each.lines },
                (_, n): MatchLine => (n === 1 ? ["a", `${now}`, "ü"] : `l ${now}`),
              );
              const ip = each.who % 7 === 0 ? "198.51.100.7" : undefined;
              const groups = data({ user: `u${now}`, users: ["a", ["b", 1, true]] });
              const { weight } = each;
              const one = { id: idOf(each.who), ip, at: now - each.late, matches: lines, data: groups };
              const counted = weight === undefined ? one : { ...one, weight };
              expect(fast.add(counted, now)).toEqual(plain.add(counted, now));
              break;
            }
            case "sweep":
              expect(fast.cleanup(now)).toBe(plain.cleanup(now));
              break;
            case "forget":
              expect(fast.forget(idOf(each.who))).toBe(plain.forget(idOf(each.who)));
              break;
            case "take":
              keptOfFast = kept(keptOfFast ?? new Map(), fast.takeChanges(each.isAll));
              keptOfPlain = kept(keptOfPlain ?? new Map(), plain.takeChanges(each.isAll));
              expect(keptOfFast).toEqual(keptOfPlain);
              break;
            case "configure":
              fast.configure(each);
              plain.configure(each);
              break;
          }
          expect([...fast.failing()]).toEqual([...plain.failing()]);
          expect([fast.current, fast.total, fast.evicted]).toEqual([
            plain.current,
            plain.total,
            plain.evicted,
          ]);
        }
        const all = [...fast.failing()];
        fast = new FailCounter({ ...options, seed });
        fast.recall(all);
        expect([...fast.failing()].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      },
    ),
  );
});

test("a counter that was full of IDs begins small again, and goes on as before", () => {
  const counts = counter({ maxretry: 9 });
  for (let i = 0; i < 5000; i += 1) counts.add(failure(`10.0.${i >> 8}.${i & 255}`, 10), 10);
  expect(counts.cleanup(10_000)).toBe(5000);
  for (const at of [10_001, 10_002]) counts.add(failure("10.0.0.1", at), at);
  expect([...counts.failing()].map(({ id, attempts }) => [id, attempts])).toEqual([["10.0.0.1", 2]]);
});

test("lines are bounded as a whole: those of the longest silent IDs go, the counts stay", () => {
  const counts = new FailCounter({ maxretry: 9, findtime: FINDTIME, maxmatches: 5, maxLineBytes: 512 });
  const line = "x".repeat(98);
  for (const id of ["a", "b", "a", "c", "d", "a"]) counts.add(failure(id, 10, [line]), 10);
  expect([...counts.failing()].map(({ id, attempts, matches }) => [id, attempts, matches.length])).toEqual([
    ["b", 1, 0],
    ["c", 1, 0],
    ["d", 1, 1],
    ["a", 3, 3],
  ]);
  expect(counts.textsForgotten).toBe(2);
  counts.add(failure("b", 20, [line]), 20);
  expect([...counts.failing()].at(-1)?.matches).toEqual([line]);
});

test("a line that is kept does not keep the chunk that it was cut from", () => {
  const counts = counter({ maxretry: 9 });
  const bytes = Buffer.alloc(1_000_000, "y");
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 300; i += 1) {
    // as a decoder makes them; three hundred of them would be three hundred megabytes
    bytes.write(`${i} fail from 192.0.2.1, port 1`.padEnd(40), 999_960, "latin1");
    const line = bytes.toString("latin1").slice(999_960);
    const matches: readonly MatchLine[] = [line, ["", line.slice(0, 14), line.slice(14)]];
    counts.add({ ...failure(`user ${line}`, 10, matches), data: data({ user: line.slice(3, 20) }) }, 10);
  }
  expect(counts.current).toBe(300);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150e6);
});

test("whoever is banned for his first failure leaves nothing to count or to keep, with his address and his lines as they are", () => {
  const counts = counter({ maxretry: 2, maxmatches: 1 });
  const lines = [["", "12:00", " one"] as const, "two"];
  const { attempts, retry, ticket } = counts.add(
    { ...failure("x", 10, lines), ip: "192.0.2.1", data: data({ user: "u" }), weight: 2 },
    100,
  );
  expect({ attempts, retry, ticket }).toMatchObject({
    attempts: 1,
    retry: 2,
    ticket: { id: "x", ip: "192.0.2.1", at: 10, attempts: 1, matches: lines, data: data({ user: "u" }) },
  });
  expect(counts).toMatchObject({ current: 0, total: 1, untaken: 0 });
  expect(counts.takeChanges()).toMatchObject({ failing: [], gone: [] });
  expect(counts.add(failure("x", 11), 100)).toMatchObject({ attempts: 1, retry: 1 });
  const none = counter({ maxretry: 1, maxmatches: 0 });
  expect(none.add(failure("x", 10), 100).ticket?.matches).toEqual([]);
});
