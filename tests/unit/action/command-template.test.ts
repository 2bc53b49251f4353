import fc from "fast-check";
import { expect, test } from "vitest";
import type { ActionDefinition } from "../../../src/action/action-definition.ts";
import { templateOf } from "../../../src/action/command-template.ts";
import { planOperation } from "../../../src/action/plan.ts";
import { nftLines, recogniseTool } from "../../../src/action/tool-command.ts";
import { canonicalId } from "../../../src/address/address.ts";
import { sampleAction, sampleInfo } from "./sample.ts";

const START = 'nft "add set inet t <set> { type <type>; flags interval; }"';
const SETS = {
  actionstart: START,
  set: "four",
  "set?family=inet6": "six",
  type: "ipv4_addr",
  "type?family=inet6": "ipv6_addr",
};
const NFT = { ...SETS, actionban: 'nft add element inet t <set> "{ <ip> }"' };

const lines = (action: ActionDefinition, address: string, declares = true): string[] | undefined => {
  const template = templateOf(action, "ban", address.includes(":") ? "inet6" : "inet4", declares);
  return template && nftLines([template.command([address])]);
};

const ACTIONS: readonly [string, Record<string, string>][] = [
  ["nft", NFT],
  ["two sets", { ...SETS, actionban: `${NFT.actionban}\nnft add element t all { <ip> }` }],
  ["a timeout", { ...SETS, actionban: 'nft add element inet t <set>-<family> "{ <ip> timeout 1h }"' }],
  ["ipset", { actionban: 'ipset -exist add f2b-<family> "<ip>" timeout 60' }],
  ["iptables", { actionban: "iptables -w -I f2b 1 -s <ip> -j REJECT --reject-with icmp-port-unreachable" }],
  [
    "iptables, a rule once",
    {
      actionban: 'iptables -w -C f2b -s "<ip>" -j DROP 2>/dev/null || iptables -w -I f2b 1 -s "<ip>" -j DROP',
    },
  ],
];

test.each(ACTIONS)(
  "the command for an address is the one that planning each would have: %s",
  (_, properties) => {
    const action = sampleAction(properties);
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.boolean(), (some, isNet) => {
        const address = canonicalId(isNet ? `${some}/${some.includes(":") ? 64 : 24}` : some);
        const family = address.includes(":") ? "inet6" : "inet4";
        const planned = planOperation(action, "ban", family, sampleInfo(address));
        const template = templateOf(action, "ban", family, false);
        expect(template?.plan(address)).toEqual(planned);
        expect(template?.command([address])).toEqual(planned && recogniseTool(planned));
      }),
    );
  },
);

test("for many addresses it is one command, in their order", () => {
  const two = { ...SETS, actionban: `${NFT.actionban}\nnft add element t all { <ip> }` };
  const template = templateOf(sampleAction(two), "ban", "inet4", false);
  expect(template?.command(["10.0.0.1", "10.0.0.2"]).changes).toEqual([
    { head: "add element inet t four", element: "10.0.0.1" },
    { head: "add element t all", element: "10.0.0.1" },
    { head: "add element inet t four", element: "10.0.0.2" },
    { head: "add element t all", element: "10.0.0.2" },
  ]);
  expect(nftLines([template?.command(["10.0.0.1", "10.0.0.2"])].flatMap((one) => one ?? []))).toEqual([
    "add element inet t four { 10.0.0.1, 10.0.0.2 }",
    "add element t all { 10.0.0.1, 10.0.0.2 }",
  ]);
});

test.each([
  ["more of a ban than its address", 'nft add element inet t s "{ <ip> timeout <bantime>s }"'],
  ["a captured group", 'ipset -exist add <F-USER> "<ip>"'],
  ["another name for the ID", 'nft add element inet t s "{ <fid> }"'],
  ["a set named after the address", "ipset -exist add s-<ip> <ip>"],
  ["a program named after it", "/<ip>/nft add element inet t s { <ip> }"],
  ["an address of its own that looks like a probe", 'nft add element inet t s "{ 192.0.2.1 }"'],
  ["a shell", 'nft add element inet t s "{ <ip> }" || true'],
  ["nothing", ""],
])("what asks for %s has no template", (_, actionban) => {
  expect(templateOf(sampleAction({ actionban }), "ban", "inet4", true)).toBeUndefined();
});

test("matches that the configuration brings are values of a script, not of a template", () => {
  const action = sampleAction({ actionban: 'nft add element inet t s "{ <ip> }"<matches>', matches: "; id" });
  expect(templateOf(action, "ban", "inet4", true)).toBeUndefined();
});

test("an existing ban is made again by the command for bans, where there is none for it", () => {
  expect(templateOf(sampleAction(NFT), "reban", "inet4", true)?.plan("10.0.0.1").script).toBe(
    'nft add element inet t four "{ 10.0.0.1 }"',
  );
  const own = sampleAction({ ...NFT, actionreban: "true <ip>" });
  expect(templateOf(own, "reban", "inet4", true)).toBeUndefined();
});

test("a set that the start makes is told as it was made; nft need not read it then", () => {
  const action = sampleAction(NFT);
  expect(lines(action, "10.0.0.1")).toEqual([
    "add set inet t four { type ipv4_addr; flags interval; elements = { 10.0.0.1 }; }",
  ]);
  expect(lines(action, "2001:db8::7")).toEqual([
    "add set inet t six { type ipv6_addr; flags interval; elements = { 2001:db8::7 }; }",
  ]);
  expect(lines(action, "10.0.0.1", false)).toEqual(["add element inet t four { 10.0.0.1 }"]);
});

test("a network is not: the kernel would take one that holds addresses of the set already", () => {
  expect(lines(sampleAction(NFT), "10.0.0.0/8")).toEqual(["add element inet t four { 10.0.0.0/8 }"]);
});

test("nothing is declared for what is taken out, and where the start says nothing of the set", () => {
  const unban = sampleAction({ ...NFT, actionunban: 'nft delete element inet t <set> "{ <ip> }"' });
  const template = templateOf(unban, "unban", "inet4", true);
  expect(nftLines([template?.command(["10.0.0.1"])].flatMap((one) => one ?? []))).toEqual([
    "delete element inet t four { 10.0.0.1 }",
  ]);
  expect(lines(sampleAction({ ...NFT, actionstart: "" }), "10.0.0.1")).toEqual([
    "add element inet t four { 10.0.0.1 }",
  ]);
});
