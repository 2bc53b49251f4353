import { expect, test } from "vitest";
import type { CommandResult } from "../../../src/action/command-plan.ts";
import { IgnoreList } from "../../../src/ban/ignore-list.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { readIgnoreCache } from "../../../src/jail/ignore-cache.ts";
import { IgnoreCheck, type IgnoreTerms } from "../../../src/jail/ignore-check.ts";

const A = "192.0.2.1";

class Asked {
  now = 1000;
  readonly asked: string[] = [];
  readonly said: string[] = [];
  readonly own = new Set<string>();
  readonly names = new Map<string, readonly string[]>();
  readonly files = new Map<string, string>();
  result: Partial<CommandResult> = { code: 1 };

  check(entries: readonly string[], terms: Partial<IgnoreTerms> = {}): IgnoreCheck {
    const list = new IgnoreList();
    for (const entry of entries) list.add(entry);
    const all = { ignoreself: true, commandFor: () => undefined, cache: undefined, ...terms };
    return new IgnoreCheck("j1", list, all, {
      clock: { now: () => this.now },
      observe: (event: GaolerEvent) => {
        if (event.type === "message") this.said.push(event.text);
      },
      ownAddresses: () => this.own,
      addressesOf: (name) => {
        this.asked.push(name);
        return Promise.resolve(this.names.get(name) ?? []);
      },
      readText: (path) => {
        this.asked.push(path);
        return Promise.resolve(this.files.get(path));
      },
      run: ({ script }) => {
        this.asked.push(script);
        return Promise.resolve({ code: 0, stdout: "", stderr: "", timedOut: false, ...this.result });
      },
    });
  }
}

const COMMAND: Pick<IgnoreTerms, "commandFor"> = {
  commandFor: (id) => ({ script: `ask ${id}`, args: [] }),
};
const CACHE = { key: "<ip>", maxCount: 2, maxTime: 60 };

test("addresses and networks are known at once, and nobody is asked where nobody can be", () => {
  const check = new Asked().check([A, "198.51.100.0/24"]);
  expect(check.known(A)).toEqual({ verdict: "ip" });
  expect(check.known("198.51.100.7")).toEqual({ verdict: "ip" });
  expect(check.known("203.0.113.1")).toEqual({ verdict: undefined });
});

test("own addresses come first, and only with ignoreself", () => {
  const asked = new Asked();
  asked.own.add(A);
  expect(asked.check([A]).known(A)).toEqual({ verdict: "ignoreself rule" });
  expect(asked.check([], { ignoreself: false }).known(A)).toEqual({ verdict: undefined });
});

test("names are asked in order until one has the address", async () => {
  const asked = new Asked();
  asked.names.set("two.example", [A]);
  const check = asked.check(["one.example", "two.example", "three.example"]);
  expect(check.known(A)).toBeUndefined();
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

test("a file is read again after a second, also when the clock was set back; one that is gone counts as before", async () => {
  const asked = new Asked();
  asked.files.set("/f", A);
  const check = asked.check(["file:/f"]);
  expect(await check.check(A)).toBe("file:/f");
  asked.files.set("/f", "");
  expect(await check.check(A)).toBe("file:/f");
  asked.now -= 5000;
  expect(await check.check(A)).toBeUndefined();
  asked.files.set("/f", A);
  asked.now += 1;
  expect(await check.check(A)).toBe("file:/f");
  asked.files.delete("/f");
  asked.now += 1;
  expect(await check.check(A)).toBe("file:/f");
  expect(asked.said).toEqual(["[j1] ignoreip: /f cannot be read; what was known of it stays"]);
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
  expect(check.known("a")).toMatchObject({ verdict: undefined });
  asked.result = { code: 0 };
  await check.check("b");
  expect(await check.check("a")).toBeUndefined();
  expect(await check.check("b")).toBe("command");
  expect(asked.asked).toEqual(["ask a", "ask b"]);
  await check.check("c");
  expect(await check.check("a")).toBe("command");
  expect(asked.asked).toEqual(["ask a", "ask b", "ask c", "ask a"]);
  asked.now += 60;
  expect(check.known("a")).toBeUndefined();
  asked.now -= 61;
  expect(check.known("a"), "from before the clock was set back").toBeUndefined();
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
