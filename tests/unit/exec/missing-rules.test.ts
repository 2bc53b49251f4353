import { expect, test } from "vitest";
import type { ToolChange, ToolCommand } from "../../../src/action/tool-command.ts";
import { missingRules } from "../../../src/exec/missing-rules.ts";

const rule = (element: string, { head = "-I c 1 -s", tail = "-j DROP" } = {}): ToolChange => ({
  head,
  element,
  tail,
  isOnce: true,
});
const command = (...changes: readonly ToolChange[]): ToolCommand => ({
  tool: "iptables",
  program: "iptables",
  changes,
});

/** What is missing in a machine of these chains, as elements, and which chains were asked for. */
async function missing(
  chains: Readonly<Record<string, string>>,
  ...changes: readonly ToolChange[]
): Promise<readonly [elements: readonly string[] | undefined, asked: readonly string[]]> {
  const asked: string[] = [];
  const found = await missingRules([command(...changes)], (chain) => {
    asked.push(chain);
    return Promise.resolve(chains[chain]);
  });
  return [found?.flatMap((one) => one.changes.map(({ element }) => element)), asked];
}

test.each([
  ["an address is printed with its length", "-A c -s 192.0.2.1/32 -j DROP", "192.0.2.1", []],
  ["so is one of IPv6", "-A c -s 2001:db8::1/128 -j DROP", "2001:db8::1", []],
  ["a network has its own", "-A c -s 192.0.2.0/24 -j DROP", "192.0.2.0/24", []],
  ["a network is no address", "-A c -s 192.0.2.0/24 -j DROP", "192.0.2.0", ["192.0.2.0"]],
  [
    "what is matched as its target is another rule",
    "-A c -d 192.0.2.1/32 -j DROP",
    "192.0.2.1",
    ["192.0.2.1"],
  ],
  [
    "a chain whose name begins alike is another one",
    "-A cc -s 192.0.2.1/32 -j DROP",
    "192.0.2.1",
    ["192.0.2.1"],
  ],
  [
    "other rules are none of ours",
    "-A c -p tcp -s 192.0.2.1/32 -j DROP\n-A c -j RETURN",
    "192.0.2.1",
    ["192.0.2.1"],
  ],
  [
    "nobody can tell of a rule that does something else",
    "-A c -s 192.0.2.1/32 -j REJECT",
    "192.0.2.1",
    undefined,
  ],
  [
    "the first of several is the one that counts",
    "-A c -s 192.0.2.1/32 -j DROP\n-A c -s 192.0.2.1/32 -j LOG",
    "192.0.2.1",
    [],
  ],
  [
    "whatever the others do",
    "-A c -s 192.0.2.1/32 -j LOG\n-A c -s 192.0.2.1/32 -j DROP",
    "192.0.2.1",
    undefined,
  ],
  ["what is no address cannot be looked for", "", "example.org", undefined],
] as const)("%s", async (_, printed, element, expected) => {
  const [elements] = await missing({ c: `-N c\n${printed}\n` }, rule(element));
  expect(elements).toEqual(expected);
});

test("rules of a chain that is not there are not known to be missing", async () => {
  expect((await missing({}, rule("192.0.2.1")))[0]).toBeUndefined();
  expect((await missing({ c: "" }, rule("192.0.2.1", { head: "-D c -s" })))[0]).toBeUndefined();
});

test("each chain is asked for once, and what may be there twice is not looked for", async () => {
  const twice: ToolChange = { head: "-I c 1 -s", element: "192.0.2.9", tail: "-j DROP" };
  const chains = { c: "-A c -s 192.0.2.1/32 -j DROP\n-A c -s 192.0.2.9/32 -j DROP\n", d: "" };
  const changes = [rule("192.0.2.1"), twice, rule("192.0.2.2"), rule("192.0.2.1", { head: "-A d -s" })];
  expect(await missing(chains, ...changes)).toEqual([
    ["192.0.2.9", "192.0.2.2", "192.0.2.1"],
    ["c", "d"],
  ]);
});
