/**
 * The firewall actions that people use, from Debian's package and from our stock, with packets: who is banned meets a refusal on the
 * jail's ports and nowhere else, passes after the unban, and nothing is left after the stop.
 * @module
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ActionJail, TREES } from "./actions-jail.ts";
import { missingTools, World } from "./world.ts";

const missing = missingTools();
let world: World;
let before = "";

/** The jail's ports, and one that is not. */
const PORT = 2222;
const SECOND_PORT = 2223;
const OTHER_PORT = 8080;
const LIST = `port="${PORT},${SECOND_PORT}"`;

interface Row {
  readonly action: string;
  readonly options: string;
  /** whether both ports of the jail are guarded, and the one that is not the jail's */
  readonly guards: "one" | "list" | "all";
  readonly needs?: string;
}

const ROWS: readonly Row[] = [
  { action: "iptables-multiport", options: LIST, guards: "list" },
  { action: "iptables-allports", options: LIST, guards: "all" },
  { action: "iptables-ipset", options: `port=${PORT}`, guards: "one", needs: "ipset" },
  { action: "iptables-ipset-proto6", options: LIST, guards: "list", needs: "ipset" },
  { action: "iptables-ipset-proto6-allports", options: LIST, guards: "all", needs: "ipset" },
  { action: "nftables-multiport", options: LIST, guards: "list" },
  { action: "nftables-allports", options: LIST, guards: "all" },
];

/** Everything that the kernel's firewall holds, but for counters and times. */
function dump(): string {
  const text = world.shSync(
    "iptables-save; ip6tables-save; nft list ruleset; ! command -v ipset >/dev/null || ipset save",
  );
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.replace(/\[\d+:\d+\]/g, "").replace(/counter packets \d+ bytes \d+/g, "counter"))
    .join("\n");
}

function clear(): void {
  world.shSync("nft flush ruleset; ! command -v ipset >/dev/null || ipset destroy");
  // the tables and chains that iptables makes at its first use, and one of somebody else's
  world.shSync(
    "for tool in iptables ip6tables; do $tool -N others; $tool -A INPUT -p udp --dport 9 -j others; done",
  );
}

beforeAll(async () => {
  if (missing.length > 0) return;
  world = await World.create([PORT, SECOND_PORT, OTHER_PORT]);
  clear();
  before = dump();
});
afterEach(() => {
  if (missing.length === 0 && dump() !== before) clear();
});
afterAll(async () => {
  if (missing.length === 0) await world.close();
});

const BANNED = { inet4: "198.51.100.5", inet6: "2001:db8:99::11" };
const STRANGER = { inet4: "198.51.100.6", inet6: "2001:db8:99::12" };
const MACHINE = { inet4: "10.99.0.1", inet6: "2001:db8:99::1" };

/** What the banned meet on each port, then what a stranger meets on the first. */
async function meets(family: "inet4" | "inet6"): Promise<string[]> {
  const tries = [PORT, SECOND_PORT, OTHER_PORT].map((port) =>
    world.connect(BANNED[family], MACHINE[family], port),
  );
  return Promise.all([...tries, world.connect(STRANGER[family], MACHINE[family], PORT)]);
}

const OPEN = ["open", "open", "open", "open"];
const WORDS = { one: [true, false, false], list: [true, true, false], all: [true, true, true] } as const;

for (const tree of TREES) {
  for (const { action, options, guards, needs } of ROWS) {
    const lacks = [
      ...missing,
      ...(tree.missing === "" ? [] : [tree.missing]),
      ...(needs === undefined || missingTools([needs]).length === 0 ? [] : [needs]),
    ];
    const suffix = lacks.length === 0 ? "" : ` (skipped: no ${lacks.join(", no ")})`;
    const closed = [...WORDS[guards].map((isClosed) => (isClosed ? "ECONNREFUSED" : "open")), "open"];

    test.skipIf(lacks.length > 0)(
      `${tree.name} ${action}: the banned meet a refusal on ${guards === "all" ? "all ports" : "the jail's ports alone"}, pass again, and nothing stays${suffix}`,
      async () => {
        const families = world.hasIpv6 ? (["inet4", "inet6"] as const) : (["inet4"] as const);
        const jail = new ActionJail(world, tree, `${action}[name=%(__name__)s, ${options}, protocol=tcp]`);
        jail.demand(await jail.action.start());
        expect(dump(), "nothing is set up before the first ban").toBe(before);
        for (const family of families) {
          await jail.ban(BANNED[family]);
          expect(await meets(family), family).toEqual(closed);
        }
        jail.demand(await jail.action.check());
        for (const family of families) {
          await jail.unban(BANNED[family]);
          expect(await meets(family), family).toEqual(OPEN);
          await jail.ban(BANNED[family], "192.0.2.77");
        }
        jail.demand(await jail.action.flush());
        for (const family of families) expect(await meets(family), family).toEqual(OPEN);
        for (const family of families) await jail.ban(BANNED[family]);
        jail.demand(await jail.action.stop());
        expect(dump()).toBe(before);
        for (const family of families) expect(await meets(family), family).toEqual(OPEN);
        expect(jail.told()).toEqual([]);
      },
      60_000,
    );
  }
}
