/**
 * Our ipset actions in the odd cases: a killed run, somebody else's hands, networks, a set with a clock of its own.
 * @module
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { sampleBan } from "../unit/action/sample.ts";
import { ActionJail, OURS } from "./actions-jail.ts";
import { missingTools, World } from "./world.ts";

const missing = [...missingTools(), ...missingTools(["ipset"])];
const suffix = missing.length === 0 ? "" : ` (skipped: no ${[...new Set(missing)].join(", no ")})`;
const e2e = test.skipIf(missing.length > 0);

let world: World;

beforeAll(async () => {
  if (missing.length === 0) world = await World.create([2222]);
});
afterEach(() => {
  if (missing.length === 0) world.shSync("nft flush ruleset; ipset destroy");
});
afterAll(async () => {
  if (missing.length === 0) await world.close();
});

const rules = (): string[] =>
  world
    .shSync("iptables -S INPUT; ip6tables -S INPUT")
    .split("\n")
    .filter((line) => line.startsWith("-A"));
const members = (set: string): string[] =>
  world
    .shSync(`ipset save ${set} -sorted`)
    .split("\n")
    .filter((line) => line.startsWith("add"))
    .map((line) => line.replace(`add ${set} `, ""));

const RULE =
  "-A INPUT -p tcp -m tcp --dport 2222 -m set --match-set f2b-j1 src -j REJECT --reject-with icmp-port-unreachable";

e2e(`what a killed run left is taken over, old ports and another kind of set included${suffix}`, async () => {
  await new ActionJail(world, OURS, "iptables-ipset-proto6[port=8080, ipsettype=hash:net]").ban(
    "198.51.100.9",
  );
  const jail = new ActionJail(world, OURS, "iptables-ipset[port=2222]");
  await jail.ban("198.51.100.1");
  expect(rules()).toEqual([RULE]);
  expect(members("f2b-j1")).toEqual(["198.51.100.1 timeout 0"]);
  jail.demand(await jail.action.stop());
  expect([rules(), world.shSync("ipset list -n")]).toEqual([[], ""]);
});

e2e(
  `somebody takes the rule or the set away: the check sees it, and all bans come back${suffix}`,
  async () => {
    const jail = new ActionJail(world, OURS, "iptables-ipset[port=2222]");
    await jail.ban("198.51.100.1", "198.51.100.2");
    for (const harm of ["iptables -F", "iptables -F; ipset destroy"]) {
      world.shSync(harm);
      jail.demand(await jail.action.check());
      expect(rules(), harm).toEqual([RULE]);
      expect(members("f2b-j1"), harm).toHaveLength(2);
    }
    world.shSync("iptables -F; ipset destroy");
    await jail.ban("198.51.100.3");
    expect(members("f2b-j1")).toHaveLength(3);
    jail.demand(await jail.action.stop());
  },
);

e2e(`a network is one entry of hash:net; rules and sets of others stay${suffix}`, async () => {
  world.shSync("ipset create f2b-j11 hash:ip; iptables -A INPUT -m set --match-set f2b-j11 src -j DROP");
  const jail = new ActionJail(world, OURS, 'iptables-ipset[port=2222, ipsettype="hash:net"]');
  await jail.ban("203.0.113.0/24", "2001:db8::/64");
  expect([members("f2b-j1"), members("f2b-j16")]).toEqual([
    ["203.0.113.0/24 timeout 0"],
    ["2001:db8::/64 timeout 0"],
  ]);
  jail.demand(await jail.action.stop());
  expect(rules()).toEqual(["-A INPUT -m set --match-set f2b-j11 src -j DROP"]);
  expect(world.shSync("ipset list -n").trim()).toBe("f2b-j11");
});

e2e(
  `a set may count the ban time itself, a longer one by prolonging; one beyond its count or for ever is without${suffix}`,
  async () => {
    const jail = new ActionJail(world, OURS, "iptables-ipset[port=2222, ipsettime='<timeout-bantime>']");
    await jail.ban(
      sampleBan("198.51.100.1", { bantime: 500 }),
      sampleBan("198.51.100.2", { bantime: -1 }),
      sampleBan("198.51.100.3", { bantime: 3_000_000 }),
    );
    const times = (): number[] => members("f2b-j1").map((line) => Number(line.split(" ")[2]));
    const [first = 0, ...rest] = times();
    expect([first > 480 && first <= 500, rest]).toEqual([true, [0, 0]]);
    jail.demand(await jail.action.prolong(sampleBan("198.51.100.1", { bantime: 5_000 })));
    expect(times()[0]).toBeGreaterThan(4_900);
    jail.demand(await jail.action.stop());
  },
);
