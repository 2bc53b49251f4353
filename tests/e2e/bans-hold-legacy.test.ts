/**
 * Bans that hold in the kernel's old tables, too: no monitor sees a change there, so looks at intervals find it.
 * @module
 */
import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { debianTree, Machine, type MachineOptions } from "./machine-under-attack.ts";
import { missingTools, until } from "./world.ts";

const LEGACY = ["iptables-legacy", "ip6tables-legacy", "iptables-legacy-save"];

/** What the tests cannot do without; the tables may be left out of a kernel though the tools are there. */
function missingLegacy(): string[] {
  const missing = [...missingTools(), ...missingTools(LEGACY).filter((name) => name !== "root")];
  if (missing.length > 0) return missing;
  const probe =
    "iptables-legacy -w -A INPUT -p tcp -m multiport --dports 22 -j REJECT && ip6tables-legacy -w -S";
  const { status } = spawnSync("unshare", ["-n", "sh", "-c", probe], { timeout: 10_000 });
  return status === 0 ? [] : ["legacy tables in this kernel"];
}

const missing = missingLegacy();
const hasDebian = debianTree() !== undefined;

const BANNED = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];
const BANNED6 = "2001:db8:99::11";
/** Between two looks where nothing is seen, and what a busy machine adds. */
const NEXT_LOOK = 16_000;
/** From the first sign to the last ban. */
const SECONDS = 10_000;

/** The names without a variant mean the old tools in this world, as on a system that has chosen them. */
const CHOOSE_LEGACY =
  "for tool in iptables ip6tables; do for part in '' -save -restore; do " +
  'ln -sf "/usr/sbin/$tool-legacy$part" "/usr/sbin/$tool$part"; done; done';

const WIPES: readonly string[] = [
  "iptables -F; ip6tables -F",
  "iptables -F; iptables -X; ip6tables -F; ip6tables -X",
  "iptables -F INPUT",
  "iptables -F f2b-ssh",
  "iptables -D f2b-ssh 2",
  "printf '*filter\\nCOMMIT\\n' | iptables-restore",
];
const IPSET_WIPES: readonly string[] = [
  "iptables -F INPUT; ip6tables -F INPUT",
  "ipset flush f2b-ssh",
  "iptables -F; ip6tables -F; ipset destroy f2b-ssh",
];

interface Case extends Pick<MachineOptions, "tree" | "banaction"> {
  readonly wipes: readonly string[];
}

const CASES: readonly Case[] = [
  { tree: "stock", banaction: "iptables-multiport", wipes: WIPES.slice(-2) },
  { tree: "debian", banaction: "iptables-multiport", wipes: WIPES },
  { tree: "stock", banaction: "iptables-ipset-proto6", wipes: IPSET_WIPES },
];

for (const { tree, banaction, wipes } of CASES) {
  const tools = banaction.includes("ipset") ? missingTools(["ipset"]).filter((name) => name !== "root") : [];
  const lacking = [...missing, ...tools, ...(tree === "debian" && !hasDebian ? ["fail2ban package"] : [])];
  const suffix = lacking.length === 0 ? "" : ` (skipped: no ${lacking.join(", no ")})`;

  describe.skipIf(lacking.length > 0)(`${tree}, ${banaction} in the old tables${suffix}`, () => {
    let machine: Machine;

    beforeEach(async () => {
      machine = await Machine.create({ tree, banaction, action: "action_" });
      machine.world.shSync(CHOOSE_LEGACY);
      await machine.start();
    });
    afterEach(async () => machine.close());

    test("whatever is wiped, all bans are back after the next look, and the log says so", async () => {
      const banned = machine.world.hasIpv6 ? [...BANNED, BANNED6] : BANNED;
      await machine.client("set", "ssh", "banip", ...banned);
      for (const each of banned) await machine.untilRejected(each, 22);
      expect(machine.world.shSync("nft list ruleset 2>/dev/null"), "nothing is in the new tables").toBe("");
      const told = /\[ssh\] Somebody removed .* from the firewall: action '.*' is restored/;
      for (const wipe of wipes) {
        const before = machine.log.length;
        machine.world.shSync(wipe);
        const since = (): string => machine.log.slice(before);
        await until(`it is noticed: ${wipe}\n${since()}`, () => told.test(since()), NEXT_LOOK);
        await until(
          `all are rejected again after: ${wipe}\n${machine.rules()}\n${since()}`,
          async () =>
            (await Promise.all(banned.map((each) => machine.meets(each, 22))))
              .flat()
              .every((each) => each === "ECONNREFUSED"),
          SECONDS,
        );
      }
      expect((await machine.meets("198.51.100.9", 22))[0]).toBe("open");
      await machine.client("unban", "--all");
      for (const each of banned) await machine.untilOpen(each, 22);
      await machine.end("SIGINT");
      expect(machine.rules()).not.toContain("f2b-");
    });
  });
}
