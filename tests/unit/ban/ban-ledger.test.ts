/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BanLedger } from "../../../src/ban/ban-ledger.ts";
import type { Ticket } from "../../../src/ban/ticket.ts";

const ticket = (id: string, at: number, rest: Partial<Ticket> = {}): Ticket => ({
  id,
  ip: id,
  at,
  attempts: 3,
  matches: [],
  data: new Map(),
  bantime: undefined,
  bancount: 0,
  restored: false,
  ...rest,
});
const ids = (bans: Iterable<{ readonly id: string }>) => [...bans].map((ban) => ban.id);

test("a ban ends its ban time after the last failure, strictly after", () => {
  const ledger = new BanLedger({ bantime: 600 });
  expect(ledger.ban(ticket("a", 100), 150).kind).toBe("banned");
  expect(ledger.nextExpiry()).toBe(700);
  expect(ledger.expire(700)).toEqual([]);
  expect(ids(ledger.expire(700.001))).toEqual(["a"]);
  expect([ledger.size, ledger.total, ledger.nextExpiry()]).toEqual([0, 1, undefined]);
});

test("a ban counts itself", () => {
  const outcome = new BanLedger({ bantime: 600 }).ban(ticket("a", 0, { bancount: 4 }), 0);
  expect(outcome.kind === "banned" && outcome.ban.bancount).toBe(5);
});

test("a ticket whose end has passed is no ban", () => {
  const ledger = new BanLedger({ bantime: 600 });
  expect(ledger.ban(ticket("a", 0), 601)).toEqual({ kind: "expired" });
  expect(ledger.total).toBe(0);
});

test.each([-1, -5])("a ban time of %s never ends", (bantime) => {
  const ledger = new BanLedger({ bantime });
  ledger.ban(ticket("a", 0), 0);
  expect(ledger.expire(1e12)).toEqual([]);
  expect(ledger.nextExpiry()).toBeUndefined();
});

const again: readonly {
  name: string;
  first: Partial<Ticket>;
  second: Partial<Ticket> & { at: number };
  end: number | undefined;
  bantime: number | undefined;
}[] = [
  { name: "is lengthened to the later end", first: {}, second: { at: 50 }, end: 650, bantime: 650 },
  {
    name: "stays where its end is the later one",
    first: { bantime: 900 },
    second: { at: 50 },
    end: 900,
    bantime: 900,
  },
  {
    name: "becomes permanent by a permanent ticket",
    first: {},
    second: { at: 50, bantime: -1 },
    end: undefined,
    bantime: -1,
  },
  { name: "stays permanent", first: { bantime: -1 }, second: { at: 50 }, end: undefined, bantime: -1 },
];
for (const { name, first, second, end, bantime } of again) {
  test(`a ban asked for again ${name}`, () => {
    const ledger = new BanLedger({ bantime: 600 });
    ledger.ban(ticket("a", 0, first), 0);
    const outcome = ledger.ban(ticket("a", second.at, second), 50);
    expect(outcome).toMatchObject({
      kind: "already",
      sinceBan: 50,
      prolonged: (first.bantime ?? 600) !== bantime,
    });
    const ban = ledger.get("a");
    expect([ban?.at, ban?.bantime, ban?.bancount]).toEqual([0, bantime, 1]);
    expect(ban && ledger.endOf(ban)).toBe(end);
    expect(ledger.nextExpiry()).toBe(end);
    expect(ledger.total).toBe(1);
  });
}

test("a new ban time moves the ends of bans without their own, and at once", () => {
  const ledger = new BanLedger({ bantime: 600 });
  ledger.ban(ticket("follows", 0), 0);
  ledger.ban(ticket("own", 0, { bantime: 600 }), 0);
  ledger.setBantime(5);
  expect(ledger.nextExpiry()).toBe(5);
  expect(ids(ledger.expire(6))).toEqual(["follows"]);
  ledger.setBantime(-1);
  expect(ids(ledger.expire(601))).toEqual(["own"]);
});

test("prolong gives a ban its own time and count", () => {
  const ledger = new BanLedger({ bantime: 10 });
  ledger.ban(ticket("a", 0), 0);
  expect(ledger.prolong("a", { bantime: 40, bancount: 3 })).toMatchObject({ bantime: 40, bancount: 3 });
  expect(ledger.prolong("b", { bantime: 40, bancount: 3 })).toBeUndefined();
  expect([ledger.expire(40).length, ledger.expire(41).length]).toEqual([0, 1]);
});

test("what was removed does not expire, nor does its successor early", () => {
  const ledger = new BanLedger({ bantime: 10 });
  ledger.ban(ticket("a", 0), 0);
  expect(ledger.remove("a")?.id).toBe("a");
  expect(ledger.remove("a")).toBeUndefined();
  ledger.ban(ticket("a", 5), 5);
  expect(ledger.expire(11)).toEqual([]);
  expect(ids(ledger.expire(16))).toEqual(["a"]);
});

test("expire takes the earliest ends first and no more than it may", () => {
  const ledger = new BanLedger({ bantime: 10 });
  for (const [id, at] of [
    ["late", 9],
    ["early", 1],
    ["middle", 5],
  ] as const)
    ledger.ban(ticket(id, at), at);
  expect(ids(ledger.expire(100, 2))).toEqual(["early", "middle"]);
  expect(ids(ledger.bans())).toEqual(["late"]);
});

test("the order of ends is stable and permanent bans come last", () => {
  const ledger = new BanLedger({ bantime: 10 });
  ledger.ban(ticket("permanent", 0, { bantime: -1 }), 0);
  for (const id of ["b", "a"]) ledger.ban(ticket(id, 1), 1);
  ledger.ban(ticket("first", 0), 0);
  expect(ids(ledger.byEnd())).toEqual(["first", "b", "a", "permanent"]);
  expect(ids(ledger.bans())).toEqual(["permanent", "b", "a", "first"]);
});

const BANNED = ["198.51.100.1", "198.51.7.0/24", "198.0.0.0/8", "2001:db8::5", "joe smith", ""];
test.each([
  ["198.51.100.1", ["198.51.100.1"]],
  ["198.51.0.0/16", ["198.51.100.1", "198.51.7.0/24"]],
  ["198.51.0.0/255.255.0.0", ["198.51.100.1", "198.51.7.0/24"]],
  ["198.51.7.9", []],
  ["198.51.7.0/24", ["198.51.7.0/24"]],
  ["2001:DB8::5", []],
  ["2001:db8::/32", ["2001:db8::5"]],
  ["0.0.0.0/0", ["198.51.100.1", "198.51.7.0/24", "198.0.0.0/8"]],
  ["joe smith", ["joe smith"]],
  ["", [""]],
  ["nobody", []],
])("unban '%s' means %j", (text, expected) => {
  const ledger = new BanLedger({ bantime: 600 });
  for (const id of BANNED) ledger.ban(ticket(id, 0), 0);
  expect(ids(ledger.find(text))).toEqual(expected);
});

test("unban of a name means its addresses", () => {
  const ledger = new BanLedger({ bantime: 600 });
  ledger.ban(ticket("192.0.2.1", 0), 0);
  expect(ids(ledger.find("host.example", ["192.0.2.9", "192.0.2.1"]))).toEqual(["192.0.2.1"]);
});

type Step =
  | { readonly kind: "ban"; readonly id: string; readonly age: number; readonly bantime: number | undefined }
  | { readonly kind: "remove"; readonly id: string }
  | { readonly kind: "prolong"; readonly id: string; readonly bantime: number }
  | { readonly kind: "bantime"; readonly bantime: number }
  | { readonly kind: "wait"; readonly seconds: number; readonly limit: number };

test("no ban is lost and none outlives its end", () => {
  const id = fc.constantFrom("a", "b", "c", "d", "e");
  const bantime = fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 50 }));
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant("ban" as const),
      id,
      age: fc.integer({ min: 0, max: 20 }),
      bantime: fc.option(bantime, { nil: undefined }),
    }),
    fc.record({ kind: fc.constant("remove" as const), id }),
    fc.record({ kind: fc.constant("prolong" as const), id, bantime }),
    fc.record({ kind: fc.constant("bantime" as const), bantime }),
    fc.record({
      kind: fc.constant("wait" as const),
      seconds: fc.integer({ min: 0, max: 30 }),
      limit: fc.constantFrom(1, 2, Infinity),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let jailBantime = 10;
      let now = 1000;
      const ledger = new BanLedger({ bantime: jailBantime });
      const model = new Map<string, { at: number; bantime: number | undefined }>();
      const endOf = (ban: { at: number; bantime: number | undefined }) => {
        const time = ban.bantime ?? jailBantime;
        return time < 0 ? Infinity : ban.at + time;
      };
      for (const each of steps) {
        if (each.kind === "ban") {
          const fresh = { at: now - each.age, bantime: each.bantime };
          const known = model.get(each.id);
          const outcome = ledger.ban(ticket(each.id, fresh.at, { bantime: each.bantime }), now);
          if (endOf(fresh) < now) expect(outcome.kind).toBe("expired");
          else if (known === undefined) {
            expect(outcome.kind).toBe("banned");
            model.set(each.id, fresh);
          } else {
            expect(outcome.kind).toBe("already");
            const end = endOf(fresh);
            if (end > endOf(known)) known.bantime = end === Infinity ? -1 : end - known.at;
          }
        } else if (each.kind === "remove") {
          expect(ledger.remove(each.id) !== undefined).toBe(model.delete(each.id));
        } else if (each.kind === "prolong") {
          const known = model.get(each.id);
          if (known !== undefined) known.bantime = each.bantime;
          ledger.prolong(each.id, { bantime: each.bantime, bancount: 2 });
        } else if (each.kind === "bantime") {
          jailBantime = each.bantime;
          ledger.setBantime(jailBantime);
        } else {
          now += each.seconds;
          const due = [...model].filter(([, ban]) => endOf(ban) < now);
          const expired = ledger.expire(now, each.limit);
          expect(expired).toHaveLength(Math.min(due.length, each.limit));
          for (const ban of expired) {
            expect(due.some(([dueId]) => dueId === ban.id)).toBe(true);
            model.delete(ban.id);
          }
        }
        expect(ids(ledger.bans()).sort()).toEqual([...model.keys()].sort());
        const next = Math.min(...[...model.values()].map(endOf));
        expect(ledger.nextExpiry() ?? Infinity).toBe(next);
      }
    }),
  );
});

test("churn does not make the expiry queue grow without end", () => {
  const ledger = new BanLedger({ bantime: 10 });
  for (let i = 0; i < 20_000; i++) {
    ledger.ban(ticket("a", i), i);
    ledger.remove("a");
  }
  ledger.ban(ticket("b", 20_000), 20_000);
  expect(ids(ledger.expire(30_000))).toEqual(["b"]);
});
