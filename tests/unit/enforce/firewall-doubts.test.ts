import { expect, test } from "vitest";
import { tracesOf } from "../../../src/enforce/action-traces.ts";
import { FirewallDoubts, joinDoubts } from "../../../src/enforce/firewall-doubts.ts";
import { parseRulesetChange } from "../../../src/firewall/ruleset-change.ts";
import { sampleAction } from "../action/sample.ts";

const IPTABLES = tracesOf(
  sampleAction({
    actionstart: "iptables -w -N f2b-x; iptables -w -I INPUT -p tcp -j f2b-x",
    actionban: "iptables -w -I f2b-x 1 -s <ip> -j REJECT",
    actioncheck: "iptables -w -C INPUT -p tcp -j f2b-x",
  }),
);
const NFTABLES = tracesOf(
  sampleAction({
    actionstart:
      'nft "add chain inet f2b-table f2b-chain; add rule inet f2b-table f2b-chain ip saddr @set-x reject"',
    actionban: "nft add element inet f2b-table set-x '{ <ip> }'",
  }),
);
const MAIL = tracesOf(sampleAction({ actionban: "mail -s banned root" }));

/** What each of the three doubts after these lines: c(hecks), n(umbers), l(ost): addresses. */
function after(...lines: string[]): string[] {
  const doubts = new FirewallDoubts();
  for (const line of lines) {
    const change = parseRulesetChange(line);
    if (change !== undefined) doubts.take(change, 1);
  }
  return doubts
    .settle([IPTABLES, NFTABLES, MAIL])
    .map((doubt) =>
      doubt === undefined
        ? ""
        : [doubt.checks ? "c" : "", doubt.counts ? "n" : "", ...doubt.lost]
            .filter((text) => text !== "")
            .join(" "),
    );
}

test.each<
  readonly [text: string, lines: readonly string[], iptables: string, nftables: string, mail: string]
>([
  ["a table", ["delete table ip nat"], "c n", "c n", "c n"],
  ["events that were lost", ["# ERROR: We lost some netlink events!"], "c n", "c n", "c n"],
  ["a chain of its own", ["delete chain ip filter f2b-x"], "c", "", ""],
  ["a rule in a chain of its own", ["delete rule ip filter f2b-x handle 7"], "n", "", ""],
  ["a rule in a chain that leads there", ["delete rule ip filter INPUT handle 4"], "c", "", ""],
  ["a rule in the shared chain", ["delete rule inet f2b-table f2b-chain handle 4"], "", "c", ""],
  ["a set", ["delete set inet f2b-table set-x"], "", "c", ""],
  ["an element", ["delete element inet f2b-table set-x { 192.0.2.1 }"], "", "192.0.2.1", ""],
  [
    "what others have",
    ["delete rule ip nat DOCKER handle 4", "delete element inet o s { 192.0.2.1 }"],
    "",
    "",
    "",
  ],
  ["nothing but what comes", ["add table ip nat", "# new generation 3 by process 9 (nft)"], "", "", ""],
])("who doubts what after the removal of %s", (_text, lines, iptables, nftables, mail) => {
  expect(after(...lines)).toEqual([iptables, nftables, mail]);
});

test("an element that came again is not lost, nor one that a range may hold now", () => {
  const gone = "delete element inet f2b-table set-x { 192.0.2.1 }";
  expect(after(gone, "add element inet f2b-table set-x { 192.0.2.1 }")[1]).toBe("");
  expect(after(gone, "add element inet f2b-table set-x { 192.0.2.0-192.0.2.1 }")[1]).toBe("");
  expect(after(gone, "add element inet f2b-table set-x { 192.0.2.2 }")[1]).toBe("192.0.2.1");
  expect(after(gone, "add element inet other set-y { 192.0.2.1 }")[1]).toBe("192.0.2.1");
});

test("it is judged once it is quiet, or after a while of turmoil; then all is forgotten", () => {
  const doubts = new FirewallDoubts();
  const gone = { kind: "removed", what: "table", family: "ip", table: "t", name: "" } as const;
  doubts.take({ kind: "applied", program: "nft" }, 99);
  expect(doubts.isOpen).toBe(false);
  doubts.take(gone, 100);
  doubts.take({ kind: "applied", program: "nft" }, 100);
  expect(doubts.isDue(100.5)).toBe(false);
  expect(doubts.isDue(100.7)).toBe(true);
  for (let now = 100.2; now < 102.4; now += 0.2) {
    doubts.take(gone, now);
    doubts.take({ kind: "applied", program: "nft" }, now);
    expect(doubts.isDue(now)).toBe(false);
  }
  expect(doubts.isDue(102.6)).toBe(true);
  expect(doubts.isDue(50)).toBe(true);
  doubts.settle([MAIL]);
  expect(doubts.isDue(200)).toBe(false);
  expect(doubts.settle([MAIL])).toEqual([undefined]);
});

test("a transaction that takes a set away and brings it again is judged at its end, however long it is told of", () => {
  const doubts = new FirewallDoubts();
  const isDueAfter = (line: string, now: number): boolean => {
    const change = parseRulesetChange(line);
    if (change !== undefined) doubts.take(change, now);
    return doubts.isDue(now + 3);
  };
  const [gone, comes] = ["delete", "add"].map((verb) => `${verb} element inet f2b-table set-x { 192.0.2.1 }`);
  const isOver = "# new generation 3 by process 9 (nft)";
  // as long as nobody has told of an end there may be none
  expect(isDueAfter(gone ?? "", 100)).toBe(true);
  expect(doubts.settle([NFTABLES])[0]?.lost.size).toBe(1);
  expect(isDueAfter(isOver, 200)).toBe(false);
  expect(isDueAfter(gone ?? "", 201)).toBe(false);
  expect(isDueAfter(comes ?? "", 204)).toBe(false);
  expect(isDueAfter(isOver, 205)).toBe(true);
  expect(doubts.settle([NFTABLES])).toEqual([undefined]);
  // but not for ever
  expect(isDueAfter(gone ?? "", 300)).toBe(false);
  expect(doubts.isDue(320)).toBe(true);
  expect(doubts.isDue(299)).toBe(true);
});

test("a flood of removals is bounded: all is doubted then", () => {
  const doubts = new FirewallDoubts();
  for (let index = 0; index < 100_001; index += 1) {
    doubts.take({ kind: "element-removed", table: "t", name: "other", element: String(index) }, 1);
  }
  expect(doubts.settle([MAIL])[0]?.checks).toBe(true);
  for (let index = 0; index < 2001; index += 1) {
    doubts.take({ kind: "removed", what: "rule", family: "ip", table: "t", name: `chain${index}` }, 1);
  }
  expect(doubts.settle([MAIL])[0]?.checks).toBe(true);
});

test("doubts add up", () => {
  const one = { checks: true, counts: false, lost: new Set(["a"]) };
  expect(joinDoubts(one, { checks: false, counts: true, lost: new Set(["b"]) })).toEqual({
    checks: true,
    counts: true,
    lost: new Set(["a", "b"]),
  });
  expect(joinDoubts(undefined, one)).toBe(one);
});
