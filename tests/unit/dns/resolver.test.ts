/**
 * The resolver's cache, deadline and bounds; no name server is asked.
 * @module
 */
import { expect, onTestFinished, test, vi } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { type NameService, Resolver } from "../../../src/dns/resolver.ts";

/** Longest wait for an answer; milliseconds. */
const DEADLINE_MS = 5000;

/** A resolver whose name service answers from a table; names that begin with `slow` never get an answer. Its time passes by itself. */
function scene(table: Record<string, readonly string[]>) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.setTimerTickMode("nextTimerAsync");
  onTestFinished(() => void vi.useRealTimers());
  const asked: string[] = [];
  const events: GaolerEvent[] = [];
  const clock = { at: 1000, now: () => clock.at };
  let most = 0;
  let running = 0;
  const answer = async <T>(question: string, value: T | undefined): Promise<T> => {
    asked.push(question);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, question.startsWith("slow") ? 2 * DEADLINE_MS : 1));
    running--;
    if (question.startsWith("again")) throw Object.assign(new Error("no server"), { code: "EAI_AGAIN" });
    if (value === undefined) throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    return value;
  };
  const names: NameService = {
    addressesOf: (name) => answer(name, table[name]),
    nameOf: (address) => answer(address, table[address]?.[0]),
  };
  const resolver = new Resolver({ observe: (event) => events.push(event), clock, names });
  const texts = () =>
    events.flatMap((event) => (event.type === "message" ? [`${event.level} ${event.text}`] : []));
  return { resolver, asked, texts, clock, most: () => most };
}

test("a name is asked once in five minutes and its addresses are canonical", async () => {
  const { resolver, asked, clock } = scene({ "a.example": ["2001:DB8:0::1", "192.0.2.1", "192.0.2.1"] });
  expect(await resolver.addresses("a.example")).toEqual(["2001:db8::1", "192.0.2.1"]);
  clock.at += 299;
  expect(await resolver.addresses("a.example")).toHaveLength(2);
  expect(asked).toHaveLength(1);
  clock.at += 1;
  await resolver.addresses("a.example");
  expect(asked).toHaveLength(2);
  resolver.clear();
  await resolver.addresses("a.example");
  expect(asked).toHaveLength(3);
});

test("no answer is an answer, told once while it is kept", async () => {
  const { resolver, asked, texts } = scene({});
  expect(await resolver.addresses("b.example")).toEqual([]);
  expect(await resolver.addresses("b.example")).toEqual([]);
  expect(asked).toEqual(["b.example"]);
  expect(texts()).toEqual(["WARNING Unable to find a corresponding IP address for b.example: ENOTFOUND"]);
});

test("the same question is not asked twice at once, others wait for their turn", async () => {
  const { resolver, asked, most } = scene({ x: ["192.0.2.1"] });
  const names = ["x", "x", "x", ...Array.from({ length: 20 }, (_, index) => `n${index}`)];
  const answers = await Promise.all(names.map((name) => resolver.addresses(name)));
  expect(answers.slice(0, 3)).toEqual([["192.0.2.1"], ["192.0.2.1"], ["192.0.2.1"]]);
  expect(asked).toHaveLength(21);
  expect(most()).toBe(1);
});

test("a dead name server costs the deadline and no more", async () => {
  const { resolver, texts } = scene({ x: ["192.0.2.1"] });
  const begun = performance.now();
  const answers = await Promise.all(["slow1", "slow2", "slow3", "x"].map((name) => resolver.addresses(name)));
  expect(performance.now() - begun).toBe(DEADLINE_MS);
  expect(answers).toEqual([[], [], [], []]);
  expect(texts()).toContain("WARNING Unable to find a corresponding IP address for slow3: timed out");
});

test("more questions than may wait are answered with nothing at once", async () => {
  const { resolver, texts } = scene({});
  const many = Array.from({ length: 600 }, (_, index) => resolver.addresses(`slow${index}`));
  await Promise.all(many);
  expect(texts().filter((text) => text.endsWith("too many lookups at once"))).toHaveLength(99);
});

test("the name of an address is kept as well", async () => {
  const { resolver, asked } = scene({ "192.0.2.1": ["a.example"], "192.0.2.2": ["192.0.2.2"] });
  expect(await resolver.nameOf("192.0.2.1")).toBe("a.example");
  expect(await resolver.nameOf("192.0.2.1")).toBe("a.example");
  expect(await resolver.nameOf("192.0.2.2")).toBeUndefined();
  expect(await resolver.nameOf("192.0.2.3")).toBeUndefined();
  expect(asked).toHaveLength(3);
});

test("the system's own answer for localhost is a loopback address", async () => {
  const resolver = new Resolver({ observe: () => undefined, clock: { now: () => 0 } });
  const [first] = await resolver.addresses("localhost");
  expect(["127.0.0.1", "::1"]).toContain(first);
});

test("while nobody answers, the last known addresses hold for whom it is better so, until somebody does", async () => {
  const clock = { at: 1000, now: () => clock.at };
  const names = new Map<string, readonly string[] | "away">([["b.example", ["192.0.2.7"]]]);
  const service: NameService = {
    addressesOf: (name) => {
      const known = names.get(name);
      if (known === "away") throw Object.assign(new Error("no server"), { code: "EAI_AGAIN" });
      if (known === undefined) throw Object.assign(new Error("gone"), { code: "ENOTFOUND" });
      return Promise.resolve(known);
    },
    nameOf: () => Promise.resolve(""),
  };
  const away = new Resolver({ observe: () => undefined, clock, names: service });
  expect(await away.lastAddresses("b.example")).toEqual(["192.0.2.7"]);
  names.set("b.example", "away");
  clock.at += 300;
  expect(await away.lastAddresses("b.example")).toEqual(["192.0.2.7"]);
  expect(await away.addresses("b.example")).toEqual([]);
  names.delete("b.example");
  clock.at += 29;
  expect(await away.lastAddresses("b.example")).toEqual(["192.0.2.7"]);
  clock.at += 1;
  expect(await away.lastAddresses("b.example")).toEqual([]);
});

test("a name server that does not answer is asked again after half a minute, one that says no after five", async () => {
  const { resolver, asked, clock } = scene({});
  for (const name of ["again.example", "no.example"]) await resolver.addresses(name);
  clock.at += 30;
  for (const name of ["again.example", "no.example"]) await resolver.addresses(name);
  expect(asked).toEqual(["again.example", "no.example", "again.example"]);
});

test("a service that throws at once is a service that does not answer", async () => {
  const names: NameService = {
    addressesOf: () => {
      throw new Error("broken");
    },
    nameOf: () => {
      throw new Error("broken");
    },
  };
  const resolver = new Resolver({ observe: () => undefined, clock: { now: () => 0 }, names });
  expect(await resolver.addresses("x")).toEqual([]);
  expect(await resolver.nameOf("192.0.2.1")).toBeUndefined();
  expect(await resolver.addresses("y")).toEqual([]);
  expect(await resolver.addresses("z")).toEqual([]);
});
