import { expect, test } from "vitest";
import type { CommandResult } from "../../../src/action/command-plan.ts";
import type { NeededValue } from "../../../src/action/ticket-info.ts";
import { IgnoreList } from "../../../src/ban/ignore-list.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { readIgnoreCache } from "../../../src/jail/ignore-cache.ts";
import { IgnoreCheck, type IgnoreTerms, type Verdict } from "../../../src/jail/ignore-check.ts";

import { fillIn, nobodyElse, type Suspect } from "../../../src/jail/suspect.ts";
import { gate, readingOf } from "./stage.ts";

const A = "192.0.2.1";

/** A suspect of whom a user name may be known. */
function suspect(id: string, user?: string): Suspect {
  const data: Suspect["data"] = new Map(user === undefined ? [] : [["user", user]]);
  return { ...nobodyElse(id, 1000), data };
}

/** What the command asks is told as `ask ID`; it knows no other tag than these. */
const COMMAND: Pick<IgnoreTerms, "command"> = {
  command: {
    needed: new Set(),
    plan: (info) => ({ script: fillIn("ask <ip>", info), args: [], timeout: 60 }),
  },
};
const CACHE = { key: "<ip>", maxCount: 2, maxTime: 60 };

class Asked {
  now = 1000;
  readonly asked: string[] = [];
  readonly said: string[] = [];
  readonly own = new Set<string>();
  readonly names = new Map<string, readonly string[]>();
  readonly files = new Map<string, string>();
  result: Partial<CommandResult> = { code: 1 };
  /** what a command waits for */
  begin: Promise<void> = Promise.resolve();

  check(
    entries: readonly string[],
    terms: Partial<IgnoreTerms> = {},
  ): {
    known(id: string, user?: string): string | undefined | "nobody knows";
    check(id: string, user?: string): Promise<string | undefined>;
    verdict(id: string, user?: string): Promise<Verdict>;
  } {
    const list = new IgnoreList();
    for (const entry of entries) list.add(entry);
    const all: IgnoreTerms = {
      jail: "j1",
      bantime: 600,
      ignoreself: true,
      command: undefined,
      cache: undefined,
      prepare: (ban, needed) => {
        this.asked.push(`${[...needed].join()} of ${ban.id}`);
        return Promise.resolve(new Map([...needed].map((value) => [value, `${value} of ${ban.id}`])));
      },
      ...terms,
    };
    const check = new IgnoreCheck(list, all, {
      clock: { now: () => this.now },
      observe: (event: GaolerEvent) => {
        if (event.type === "message") this.said.push(event.text);
      },
      ownAddresses: () => this.own,
      lastAddressesOf: (name) => {
        this.asked.push(name);
        return Promise.resolve(this.names.get(name) ?? []);
      },
      readIfChanged: (path, stamp) => {
        this.asked.push(path);
        return Promise.resolve(readingOf(this.files.get(path), stamp));
      },
      run: async ({ script }) => {
        this.asked.push(script);
        await this.begin;
        return { code: 0, stdout: "", stderr: "", timedOut: false, ...this.result };
      },
    });
    return {
      known: (id, user) => {
        const known = check.known(suspect(id, user));
        return known === undefined ? "nobody knows" : known.source;
      },
      check: async (id, user) => (await check.check(suspect(id, user))).source,
      verdict: (id, user) => check.check(suspect(id, user)),
    };
  }
}

test("where nobody is ignored the answer is known at once, and only own addresses are looked at", () => {
  const world = new Asked();
  world.own.add(A);
  const { known } = world.check([]);
  expect([known(A), known("192.0.2.2"), known("name")]).toEqual(["ignoreself rule", undefined, undefined]);
  expect(world.check([], { ignoreself: false }).known(A)).toBeUndefined();
  expect(world.check([], COMMAND).known("192.0.2.2")).toBe("nobody knows");
  expect(world.asked).toEqual([]);
});

test("addresses and networks are known at once, and nobody is asked where nobody can be", () => {
  const check = new Asked().check([A, "198.51.100.0/24"]);
  expect(check.known(A)).toBe("ip");
  expect(check.known("198.51.100.7")).toBe("ip");
  expect(check.known("203.0.113.1")).toBeUndefined();
});

test("own addresses come first, and only with ignoreself", () => {
  const asked = new Asked();
  asked.own.add(A);
  expect(asked.check([A]).known(A)).toBe("ignoreself rule");
  expect(asked.check([], { ignoreself: false }).known(A)).toBeUndefined();
});

test("names are asked in order until one has the address", async () => {
  const asked = new Asked();
  asked.names.set("two.example", [A]);
  const check = asked.check(["one.example", "two.example", "three.example"]);
  expect(check.known(A)).toBe("nobody knows");
  expect(await check.check(A)).toBe("dns");
  expect(asked.asked).toEqual(["one.example", "two.example"]);
});

test("files come before names, the command last", async () => {
  const asked = new Asked();
  asked.files.set("/etc/friends", "10.0.0.0/8 # office");
  const check = asked.check(["one.example", "file:/etc/friends"], COMMAND);
  expect(await check.check("10.1.2.3")).toBe("file:/etc/friends");
  expect(asked.asked).toEqual(["/etc/friends"]);
  expect(await check.check(A)).toBeUndefined();
  expect(asked.asked).toEqual(["/etc/friends", "one.example", `ask ${A}`]);
});

test("a file is looked at again after a second, also when the clock was set back, and read where it has changed", async () => {
  const asked = new Asked();
  asked.files.set("/f", A);
  const check = asked.check(["file:/f"]);
  expect(check.known(A)).toBe("nobody knows");
  expect(await check.check(A)).toBe("file:/f");
  asked.files.set("/f", "");
  expect(check.known(A)).toBe("file:/f");
  asked.now -= 5000;
  expect(await check.check(A)).toBeUndefined();
  expect(check.known(A)).toBeUndefined();
  asked.files.set("/f", A);
  asked.now += 1;
  expect(await check.check(A)).toBe("file:/f");
  expect(asked.asked).toEqual(["/f", "/f", "/f"]);
});

test("a file that is gone counts as before, is told once, and is tried again after a minute", async () => {
  const asked = new Asked();
  asked.files.set("/f", A);
  const check = asked.check(["file:/f"]);
  await check.check(A);
  asked.files.delete("/f");
  asked.now += 1;
  expect(await check.check(A)).toBe("file:/f");
  expect(asked.said).toEqual([
    "[j1] ignoreip: /f cannot be read: it is not there; what was known of it stays",
  ]);
  asked.now += 59;
  expect(check.known(A)).toBe("file:/f");
  expect(asked.asked).toHaveLength(2);
  asked.now += 1;
  await check.check(A);
  expect(asked.said).toHaveLength(1);
  asked.files.set("/f", "");
  asked.now += 60;
  expect(await check.check(A)).toBeUndefined();
  expect(asked.said.slice(1)).toEqual(["[j1] ignoreip: /f is read again"]);
});

test("many who ask at once look at a file once", async () => {
  const asked = new Asked();
  asked.files.set("/f", A);
  const check = asked.check(["file:/f"]);
  expect(await Promise.all([check.check(A), check.check("192.0.2.2"), check.check(A)])).toEqual([
    "file:/f",
    undefined,
    "file:/f",
  ]);
  expect(asked.asked).toEqual(["/f"]);
});

test.each<[string, Partial<CommandResult>, string | undefined, readonly string[]]>([
  ["0: ignored", { code: 0 }, "command", []],
  ["1: not ignored", { code: 1 }, undefined, []],
  [
    "anything else: not ignored, and said",
    { code: 2 },
    undefined,
    [`[j1] ignorecommand returned 2 for ${A}; the ID is not ignored`],
  ],
  [
    "past its time: not ignored, and said",
    { code: -15, timedOut: true },
    undefined,
    [`[j1] ignorecommand timed out for ${A}; the ID is not ignored`],
  ],
  [
    "one that cannot be started: not ignored, and said",
    { code: undefined, error: "ENOENT" },
    undefined,
    [`[j1] ignorecommand returned ENOENT for ${A}; the ID is not ignored`],
  ],
])("the command's exit code %s", async (_, result, verdict, said) => {
  const asked = new Asked();
  asked.result = result;
  expect(await asked.check([], COMMAND).check(A)).toBe(verdict);
  expect(asked.said).toEqual(said);
});

test("a verdict is kept for its time, good or bad, and no more of them than allowed", async () => {
  const asked = new Asked();
  const check = asked.check([], { ...COMMAND, cache: CACHE });
  await check.check("a");
  expect(check.known("a")).toBeUndefined();
  asked.result = { code: 0 };
  expect(await check.verdict("b")).toEqual({ source: "command", isRepeated: false });
  expect(await check.check("a")).toBeUndefined();
  expect(await check.verdict("b")).toEqual({ source: "command", isRepeated: true });
  expect(asked.asked).toEqual(["ask a", "ask b"]);
  await check.check("c");
  expect(await check.check("a")).toBe("command");
  expect(asked.asked).toEqual(["ask a", "ask b", "ask c", "ask a"]);
  asked.now += 60;
  expect(check.known("a")).toBe("nobody knows");
  asked.now -= 61;
  expect(check.known("a"), "from before the clock was set back").toBe("nobody knows");
});

test("a verdict is kept by the key's tags, so it may hold for another ID", async () => {
  const asked = new Asked();
  const check = asked.check(["198.51.100.0/24"], { ...COMMAND, cache: { ...CACHE, key: "<F-USER>" } });
  asked.result = { code: 0 };
  expect(await check.check(A, "bob")).toBe("command");
  asked.result = { code: 1 };
  expect(check.known("192.0.2.2", "bob")).toBe("command");
  expect(await check.check("192.0.2.3", "eve")).toBeUndefined();
  expect(check.known(A, "eve")).toBeUndefined();
  expect(asked.asked).toEqual([`ask ${A}`, "ask 192.0.2.3"]);
  // what the list itself says is said first, and is nobody else's verdict
  expect(check.known("198.51.100.7", "eve")).toBe("ip");
  expect(check.known("192.0.2.9", "ann")).toBe("nobody knows");
});

test("a key may have values that are looked up", async () => {
  const asked = new Asked();
  const check = asked.check([], { ...COMMAND, cache: { ...CACHE, key: "<ip-host>/<F-USER>" } });
  await check.check(A, "bob");
  expect(check.known(A, "bob")).toBe("nobody knows");
  expect(await check.check(A, "bob")).toBeUndefined();
  expect(asked.asked).toEqual([`ip-host of ${A}`, `ask ${A}`, `ip-host of ${A}`]);
});

test("a command may have values that are looked up, and only those are", async () => {
  const asked = new Asked();
  const needed: ReadonlySet<NeededValue> = new Set(["ip-host", "ipfailures"]);
  const plan = (info: Parameters<typeof fillIn>[1]) => ({
    script: fillIn("ask <F-USER> <ip-host> <ipfailures> <matches>.", info),
    args: [],
    timeout: 60,
  });
  await asked.check([], { command: { needed, plan } }).check(A, "bob");
  expect(asked.asked).toEqual([`ip-host,ipfailures of ${A}`, `ask bob ip-host of ${A} ipfailures of ${A} .`]);
});

test("the same question is not asked twice at once where its answer is kept", async () => {
  const asked = new Asked();
  const answered = gate();
  asked.begin = answered.passed;
  asked.result = { code: 0 };
  const check = asked.check([], { ...COMMAND, cache: CACHE });
  const verdicts = Promise.all([check.verdict(A), check.verdict(A), check.verdict("192.0.2.2")]);
  answered.open();
  expect(await verdicts).toEqual([
    { source: "command", isRepeated: false },
    { source: "command", isRepeated: true },
    { source: "command", isRepeated: false },
  ]);
  expect(asked.asked).toEqual([`ask ${A}`, "ask 192.0.2.2"]);
});

test("without a cache everybody is asked every time", async () => {
  const asked = new Asked();
  const check = asked.check([], COMMAND);
  await check.check("a");
  await check.check("a");
  expect(asked.asked).toEqual(["ask a", "ask a"]);
});

test.each([
  [undefined, {}],
  ["  ", {}],
  ['key="<ip>", max-count=100, max-time=5m', { terms: { key: "<ip>", maxCount: 100, maxTime: 300 } }],
  ["key='<F-USER>,<ip>'", { terms: { key: "<F-USER>,<ip>", maxCount: 100, maxTime: 300 } }],
  ["key=<ip>,max-time=90", { terms: { key: "<ip>", maxCount: 100, maxTime: 90 } }],
])("ignorecache %j is read", (text, reading) => {
  expect(readIgnoreCache(text)).toEqual(reading);
});

test.each([
  ["max-count=3", "has no key"],
  ['key="<ip>", max-count=none', "max-count"],
  ['key="<ip>", max-count=0', "max-count"],
  ['key="<ip>", max-time=soon', "max-time"],
])("ignorecache %j is told to be wrong", (text, problem) => {
  const reading = readIgnoreCache(text);
  expect(reading.problem).toContain(problem);
  expect(reading.terms).toBeUndefined();
});
