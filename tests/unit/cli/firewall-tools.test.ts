import { expect, test } from "vitest";
import { firewallTools } from "../../../src/cli/firewall-tools.ts";
import { newJailSettings } from "../../../src/config/apply-command.ts";

const jailWith = (properties: Record<string, string | number>) => ({
  ...newJailSettings("j1", "auto"),
  actions: [{ name: "a", properties: new Map(Object.entries(properties)) }],
});

test.each<[Record<string, string | number>, readonly string[]]>([
  [{ actionban: "nft add element inet t s { <ip> }" }, ["nft"]],
  [
    { actionstart: "<iptables> -N f2b\nip6tables -w -N x", iptables: "iptables <lockingopt>" },
    ["iptables", "ip6tables"],
  ],
  [{ actionban: "/usr/sbin/iptables -I x" }, []],
  [{ actionban: "echo my-nft nft.log ipsets" }, []],
  [{ actionban: "ipset add x; iptables -I y" }, ["ipset", "iptables"]],
  [{ comment: "nft", port: 22 }, []],
  [{ actionban: "printf %s <ip> | mail root" }, []],
])("%j calls %j", (properties, wanted) => {
  expect(firewallTools([jailWith(properties)]).wanted).toEqual(wanted);
});

test("each tool is named once, and what is missing is among what is wanted", () => {
  const jail = jailWith({ actionban: "shorewall drop <ip>", actionunban: "shorewall allow <ip>" });
  const { wanted, missing } = firewallTools([jail, jail]);
  expect(wanted).toEqual(["shorewall"]);
  for (const tool of missing) expect(wanted).toContain(tool);
});
