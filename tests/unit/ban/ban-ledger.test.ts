/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BanLedger } from "../../../src/ban/ban-ledger.ts";
import type { Ban, Ticket } from "../../../src/ban/ticket.ts";
import { PlainBanLedger } from "./plain-ban-ledger.ts";

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
      prolongedFrom: (first.bantime ?? 600) === bantime ? undefined : (first.bantime ?? 600),
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

const who = fc
  .nat({ max: 12 })
  .map((n) => (n % 3 === 0 ? `2001:db8::${n}` : n % 3 === 1 ? `192.0.2.${n}` : `u ${n}`));
const anyStep = fc.oneof(
  fc.record({
    kind: fc.constant("ban" as const),
    id: who,
    wait: fc.constantFrom(0, 1, 200),
    bantime: fc.constantFrom(undefined, undefined, -1, 50, 900.5),
    lines: fc.nat({ max: 2 }),
  }),
  fc.record({ kind: fc.constant("prolong" as const), id: who, bantime: fc.constantFrom(-1, 10, 2000) }),
  fc.record({ kind: fc.constant("remove" as const), id: who }),
  fc.record({ kind: fc.constant("expire" as const), wait: fc.constantFrom(0, 100, 1000) }),
  fc.record({ kind: fc.constant("set" as const), bantime: fc.constantFrom(-1, 60, 600) }),
  fc.record({ kind: fc.constant("haste" as const), isHasty: fc.boolean() }),
  fc.record({ kind: fc.constant("pack" as const), limit: fc.constantFrom(0, 1, 3, Infinity) }),
);

test("whatever happens it says what a plain ledger says", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), fc.integer(), (steps, seed) => {
      let isHasty = false;
      const compact = new BanLedger({ bantime: 600, seed, isHasty: () => isHasty });
      const plain = new PlainBanLedger({ bantime: 600 });
      const byId = (bans: readonly Ban[]): Ban[] => [...bans].sort((a, b) => (a.id < b.id ? -1 : 1));
      let now = 1000;
      for (const each of steps) {
        if ("wait" in each) now += each.wait;
        switch (each.kind) {
          case "ban": {
            const { id, bantime } = each;
            const texts = {
              matches: ["a", ["", `${now}`, "b"] as const].slice(0, each.lines),
              data: new Map([["user", `u${now}`]]),
            };
            const ip = id.startsWith("u") ? "198.51.100.1" : id;
            const one = ticket(id, now, { bantime, ip, restored: now % 2 === 0, ...texts });
            expect(compact.ban(one, now)).toEqual(plain.ban(one, now));
            break;
          }
          case "prolong": {
            const change = { bantime: each.bantime, bancount: 7 };
            expect(compact.prolong(each.id, change)).toEqual(plain.prolong(each.id, change));
            break;
          }
          case "remove":
            expect(compact.remove(each.id)).toEqual(plain.remove(each.id));
            break;
          case "expire":
            expect(byId(compact.expire(now))).toEqual(byId(plain.expire(now)));
            break;
          case "set":
            compact.setBantime(each.bantime);
            plain.setBantime(each.bantime);
            break;
          case "haste":
            isHasty = each.isHasty;
            break;
          case "pack":
            compact.packTexts(each.limit);
            break;
        }
        expect([...compact.bans()]).toEqual([...plain.bans()]);
        expect(compact.byEnd()).toEqual(plain.byEnd());
        expect([compact.size, compact.total, compact.nextExpiry()]).toEqual([
          plain.size,
          plain.total,
          plain.nextExpiry(),
        ]);
      }
    }),
  );
});

test("lines of bans are bounded as a whole: the oldest bans have none any more, and all else", () => {
  const ledger = new BanLedger({ bantime: 600, maxLineBytes: 256 });
  for (const id of ["a", "b", "c"])
    ledger.ban(ticket(id, 0, { matches: ["x".repeat(100)], data: new Map([["n", 1]]) }), 0);
  expect([...ledger.bans()].map(({ matches }) => matches.length)).toEqual([0, 1, 1]);
  expect(ledger.get("a")?.data).toEqual(new Map([["n", 1]]));
});

test("texts of bans in haste are packed when there is time, and bounded then", () => {
  let isHasty = true;
  const ledger = new BanLedger({ bantime: 600, maxLineBytes: 256, isHasty: () => isHasty });
  const lines = (): number[] => [...ledger.bans()].map(({ matches }) => matches.length);
  const ban = (id: string): unknown => ledger.ban(ticket(id, 0, { matches: ["x".repeat(100)] }), 0);
  for (const id of ["a", "b", "c"]) ban(id);
  expect(lines()).toEqual([1, 1, 1]);
  expect(ledger.packTexts(2)).toBe(true);
  expect(lines()).toEqual([1, 1, 1]);
  expect(ledger.packTexts(2)).toBe(false);
  expect(lines()).toEqual([0, 1, 1]);
  ban("d");
  isHasty = false;
  ban("e");
  expect(lines()).toEqual([0, 0, 0, 1, 1]);
  expect(ledger.packTexts()).toBe(false);
});

test("whoever goes through the bans may lift them meanwhile", () => {
  const ledger = new BanLedger({ bantime: 600 });
  for (const id of ["a", "b", "c", "d"]) ledger.ban(ticket(id, 0), 0);
  const seen: string[] = [];
  for (const { id } of ledger.bans()) {
    seen.push(id);
    ledger.remove(id);
    ledger.remove("c");
  }
  expect([seen, ledger.size]).toEqual([["a", "b", "d"], 0]);
});
