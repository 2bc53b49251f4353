import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRulesetChange } from "../../../src/firewall/ruleset-change.ts";

const LINES: readonly (readonly [line: string, change: unknown])[] = [
  ["delete table ip filter", { kind: "removed", what: "table", family: "ip", table: "filter", name: "" }],
  [
    "delete chain ip filter f2b-x",
    { kind: "removed", what: "chain", family: "ip", table: "filter", name: "f2b-x" },
  ],
  [
    "delete set inet f2b-table s",
    { kind: "removed", what: "set", family: "inet", table: "f2b-table", name: "s" },
  ],
  [
    "delete rule ip6 filter INPUT handle 4",
    { kind: "removed", what: "rule", family: "ip6", table: "filter", name: "INPUT" },
  ],
  [
    "delete element inet t s { 1.1.1.1 timeout 1h expires 59m }",
    { kind: "element-removed", table: "t", name: "s", element: "1.1.1.1" },
  ],
  [
    "add element inet t s { 2001:db8::/48 }",
    { kind: "element-added", table: "t", name: "s", element: "2001:db8::/48" },
  ],
  ["# new generation 15 by process 4526 (iptables)", { kind: "applied", program: "iptables" }],
  ["# ERROR: We lost some netlink events!", { kind: "unseen" }],
  ["add rule ip filter INPUT meta l4proto tcp jump f2b-x", undefined],
  ["add table inet f2b-table", undefined],
  ["delete", undefined],
  ["", undefined],
];

test.each(LINES)("nft monitor says: %s", (line, change) => {
  expect(parseRulesetChange(line)).toEqual(change);
});

test("any line is read without a complaint", () => {
  fc.assert(fc.property(fc.string(), (line) => parseRulesetChange(`delete ${line}`) !== null));
});
