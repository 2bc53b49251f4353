import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { OwnAddresses } from "../../../src/dns/own-addresses.ts";

function scene(table: Record<string, readonly string[]> = {}) {
  const clock = { at: 1000, now: () => clock.at };
  const asked: string[] = [];
  const machine = { interfaces: ["10.0.0.1", "fe80::1%eth0"], gate: Promise.resolve() };
  const own = new OwnAddresses({
    clock,
    resolver: {
      lastAddresses: async (name) => {
        asked.push(name);
        await machine.gate;
        return table[name] ?? [];
      },
      nameOf: (address) => Promise.resolve(table[address]?.[0]),
    },
    names: { hostname: () => "box", interfaceAddresses: () => machine.interfaces },
  });
  const current = () => [...own.current()].sort();
  return { own, clock, asked, machine, current };
}

const TABLE = {
  box: ["192.0.2.1"],
  localhost: ["127.0.0.1", "::1"],
  "192.0.2.1": ["box.example.org"],
  "box.example.org": ["192.0.2.7"],
};

test("own addresses are those of interfaces and of the own names, without their zones", async () => {
  const { own, asked, current } = scene(TABLE);
  await own.begin(1000);
  expect(current()).toEqual(["10.0.0.1", "127.0.0.1", "192.0.2.1", "192.0.2.7", "::1", "fe80::1"]);
  expect(asked).toEqual(["box", "localhost", "box.example.org"]);
});

test("a reverse name that is somebody else's is not asked for", async () => {
  const { own, asked } = scene({ ...TABLE, "192.0.2.1": ["boxes.provider.example"] });
  await own.begin(1000);
  expect(asked).toEqual(["box", "localhost"]);
});

test("a new address of an interface is known within seconds, without asking for names", async () => {
  const { own, asked, clock, machine, current } = scene(TABLE);
  await own.begin(1000);
  asked.length = 0;
  machine.interfaces = ["10.0.0.2"];
  clock.at += 4;
  expect(current()).toContain("10.0.0.1");
  clock.at += 1;
  expect(current()).toEqual(["10.0.0.2", "127.0.0.1", "192.0.2.1", "192.0.2.7", "::1"]);
  clock.at -= 9999;
  machine.interfaces = [];
  expect(current(), "the clock was set back").not.toContain("10.0.0.2");
  expect(asked).toEqual(["box"]);
});

test("names are asked for again after five minutes, in the background, and hold meanwhile", async () => {
  const table: Record<string, readonly string[]> = { box: ["192.0.2.1"] };
  const { own, asked, clock, current } = scene(table);
  await own.begin(1000);
  table["box"] = ["192.0.2.2"];
  clock.at += 299;
  expect(current()).toContain("192.0.2.1");
  expect(asked).toHaveLength(2);
  clock.at += 1;
  expect(current()).toContain("192.0.2.1");
  current();
  await turn();
  expect(current()).toEqual(["10.0.0.1", "192.0.2.2", "fe80::1"]);
  expect(asked).toHaveLength(4);
  own.clear();
  current();
  await turn();
  expect(asked).toHaveLength(6);
});

test("a name server that does not answer holds up the start for no longer than it may", async () => {
  const { own, machine, current } = scene(TABLE);
  machine.gate = new Promise(() => undefined);
  await own.begin(10);
  expect(current()).toEqual(["10.0.0.1", "fe80::1"]);
});
