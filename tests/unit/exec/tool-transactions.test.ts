import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tool, ToolCommand } from "../../../src/action/tool-command.ts";
import { Haste } from "../../../src/exec/haste.ts";
import { ToolTransactions } from "../../../src/exec/tool-transactions.ts";

let dir: string;
let tools: ToolTransactions;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "gaoler-tools-"));
  tools = new ToolTransactions({ haste: new Haste() });
});
afterEach(() => {
  tools.close();
  rmSync(dir, { recursive: true });
});

/** A stand-in that writes down its arguments and its input, and then does what a test says. */
function standIn(name: string, script: string): string {
  const path = join(dir, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const noted = (): string => readFileSync(join(dir, "noted"), "utf8");
const NOTE = 'cd "$(dirname "$0")"; { echo "$@"; cat; } >>noted';

function commands(tool: Tool, program: string, count: number): ToolCommand[] {
  const head = { nft: "add element t s", ipset: "add s", iptables: "-I c 1 -s" }[tool];
  const tail = tool === "iptables" ? { tail: "-j DROP" } : {};
  return Array.from({ length: count }, (_, n) => ({
    tool,
    program,
    changes: [{ head, element: `10.0.${n >> 8}.${n & 255}`, ...tail }],
  }));
}

test("each tool gets its commands in its own language, in one go", async () => {
  const ipset = standIn("ipset", NOTE);
  expect(await tools.run(commands("ipset", ipset, 2), 5)).toBe("done");
  expect(noted()).toBe("restore\nadd s 10.0.0.0 -exist\nadd s 10.0.0.1 -exist\n");
  rmSync(join(dir, "noted"));

  standIn("iptables-restore", NOTE);
  expect(await tools.run(commands("iptables", join(dir, "iptables"), 2), 5)).toBe("done");
  expect(noted()).toBe(
    "--noflush -w\n*filter\n-I c 1 -s 10.0.0.0 -j DROP\n-I c 1 -s 10.0.0.1 -j DROP\nCOMMIT\n",
  );
  rmSync(join(dir, "noted"));

  const nft = standIn("nft", `[ "$1" = -i ] && exit 1; ${NOTE}`);
  expect(await tools.run(commands("nft", nft, 600), 5)).toBe("done");
  expect(noted()).toMatch(/^-f -\nadd element t s \{ 10\.0\.0\.0, 10\.0\.0\.1, .*, 10\.0\.2\.87 \}\n$/);
});

test("an exit code other than 0 is a refusal; no tool, a signal or no end in time is no answer", async () => {
  expect(await tools.run(commands("ipset", standIn("refuses", "exit 1"), 1), 5)).toBe("refused");
  expect(await tools.run(commands("ipset", standIn("dies", "kill -9 $$"), 1), 5)).toBe("unknown");
  expect(await tools.run(commands("ipset", standIn("hangs", "exec sleep 60"), 1), 0.1)).toBe("unknown");
  expect(await tools.run(commands("ipset", join(dir, "absent"), 1), 5)).toBe("unknown");
  expect(await tools.run([], 5)).toBe("done");
});

test("who waits behind a tool that does not answer is told at once, so that nobody waits twice", async () => {
  const hangs = standIn("hangs", 'echo begun >>"$(dirname "$0")/noted"; exec sleep 60');
  const all = await Promise.all([1, 2, 3, 4].map((n) => tools.run(commands("ipset", hangs, n), 0.3)));
  expect(all).toEqual(["unknown", "unknown", "unknown", "unknown"]);
  // the others began nothing
  expect(noted()).toBe("begun\n");
});

test("transactions of a program come one after the other, in their order", async () => {
  const slow = standIn(
    "ipset",
    'cd "$(dirname "$0")"; cat >input.$$; echo begin >>noted; sleep 0.05; cat input.$$ >>noted',
  );
  await Promise.all([1, 2].map((n) => tools.run(commands("ipset", slow, n), 5)));
  const one = "begin\nadd s 10.0.0.0 -exist\n";
  expect(noted()).toBe(`${one}${one}add s 10.0.0.1 -exist\n`);
});

test("few elements go to an nft that is kept open; where it cannot be kept, to one of their own", async () => {
  const kept = standIn(
    "nft",
    `${'echo "$@" >>"$(dirname "$0")/noted"'}; while read -r line; do case $line in
gaoler*) printf 'Error: syntax error, unexpected newline\\n%s\\n   ^\\n' "$line" >&2 ;;
*bad*) echo "Error: No such file or directory" >&2 ;;
*) echo "$line" >>"$(dirname "$0")/noted" ;; esac; done`,
  );
  expect(await tools.run(commands("nft", kept, 2), 5)).toBe("done");
  expect(await tools.run(commands("nft", kept, 1), 5)).toBe("done");
  const bad = commands("nft", kept, 1).map((one) => ({ ...one, changes: [{ head: "bad", element: "::1" }] }));
  expect(await tools.run(bad, 5)).toBe("refused");
  expect(
    noted()
      .split("\n")
      .filter((line) => line !== ""),
  ).toEqual(["-i", "add element t s { 10.0.0.0, 10.0.0.1 }", "add element t s { 10.0.0.0 }"]);
  tools.close();
  rmSync(join(dir, "noted"));
  // one that was built without it
  const plain = standIn("nft-plain", `[ "$1" = -i ] && exit 1; ${NOTE}`);
  expect(await tools.run(commands("nft", plain, 1), 5)).toBe("done");
  expect(noted()).toBe("-f -\nadd element t s { 10.0.0.0 }\n");
});

test("many elements reach a kept nft by a file of its own, each transaction anew; what it cannot read goes to a fresh one", async () => {
  const kept = (reads: string): string => `cd "$(dirname "$0")"; echo "$@" >>noted
[ "$1" = -i ] || { cat >>noted; exit 0; }
while read -r line; do case $line in
gaoler*) printf 'Error: syntax error, unexpected newline\\n%s\\n   ^\\n' "$line" >&2 ;;
include*) echo "$line" >>noted; ${reads} ;; esac; done`;
  const nft = standIn("nft", kept("cat <&3 >/dev/null; cat /proc/self/fd/3 >>noted"));
  expect(await tools.run(commands("nft", nft, 600), 5)).toBe("done");
  expect(await tools.run(commands("nft", nft, 101), 5)).toBe("done");
  const [args, first, long = "", second, short = ""] = noted().split("\n");
  expect(args).toBe("-i");
  expect([first, second]).toEqual(['include "/proc/self/fd/3"', 'include "/proc/self/fd/3"']);
  expect(long).toMatch(/^add element t s \{ 10\.0\.0\.0, .*, 10\.0\.2\.87 \}$/);
  expect(short).toMatch(/^add element t s \{ 10\.0\.0\.0, .*, 10\.0\.0\.100 \}$/);
  rmSync(join(dir, "noted"));

  const refuses = standIn("nft-2", kept('echo "/proc/self/fd/3:1:1-3: Error: File exists" >&2'));
  expect(await tools.run(commands("nft", refuses, 600), 5)).toBe("refused");
  rmSync(join(dir, "noted"));

  const blind = standIn("nft-3", kept("echo 'Error: File not found: /proc/self/fd/3' >&2"));
  expect(await tools.run(commands("nft", blind, 600), 5)).toBe("done");
  expect(noted()).toMatch(/^-i\ninclude .*\n-f -\nadd element t s \{ .* \}\n$/);
});

test("a kept nft that dies over a file leaves nobody in the belief that it has done it", async () => {
  const dies = standIn(
    "nft",
    `while read -r line; do case $line in
gaoler*) printf 'Error: syntax error, unexpected newline\\n%s\\n   ^\\n' "$line" >&2 ;;
include*) kill -9 $$ ;; esac; done`,
  );
  expect(await tools.run(commands("nft", dies, 600), 5)).toBe("unknown");
});

/** An iptables whose chains are files, and its restore. */
function chains(text: Readonly<Record<string, string>>): string {
  for (const [name, rules] of Object.entries(text)) writeFileSync(join(dir, `chain-${name}`), rules);
  standIn("iptables-restore", NOTE);
  return standIn("iptables", 'cat "$(dirname "$0")/chain-$3" 2>/dev/null');
}

const once = (program: string, addresses: readonly string[], chain = "c"): ToolCommand[] =>
  addresses.map((element) => ({
    tool: "iptables",
    program,
    changes: [{ head: `-I ${chain} 1 -s`, element, tail: "-j DROP", isOnce: true }],
  }));

test("rules that are there already are left out; where all are, nothing is to be done", async () => {
  const rules =
    "-N c\n-A c -s 10.0.0.1/32 -j DROP\n-A c -s 2001:db8::1/128 -j DROP\n-A c -s 10.9.0.0/16 -j DROP\n";
  const iptables = chains({ c: `${rules}-A c -j RETURN\n` });
  const here = ["10.0.0.1", "2001:db8::1", "10.9.0.0/16"];
  expect(await tools.run(once(iptables, here), 5)).toBe("done");
  expect(() => noted()).toThrow();
  expect(await tools.run(once(iptables, ["10.0.0.2", ...here, "10.0.0.11"]), 5)).toBe("done");
  expect(noted()).toBe(
    "--noflush -w\n*filter\n-I c 1 -s 10.0.0.2 -j DROP\n-I c 1 -s 10.0.0.11 -j DROP\nCOMMIT\n",
  );
});

test("two bans of one address come to one rule, as they would one after the other", async () => {
  const iptables = chains({ c: "-N c\n" });
  expect(await tools.run(once(iptables, ["10.0.0.1", "10.0.0.2", "10.0.0.1"]), 5)).toBe("done");
  expect(noted()).toBe(
    "--noflush -w\n*filter\n-I c 1 -s 10.0.0.1 -j DROP\n-I c 1 -s 10.0.0.2 -j DROP\nCOMMIT\n",
  );
});

test("another rule for the same address may mean the same: that is for iptables to say", async () => {
  const iptables = chains({ c: "-N c\n-A c -s 10.0.0.1/32 -j DROP --more\n" });
  expect(await tools.run(once(iptables, ["10.0.0.2", "10.0.0.1"]), 5)).toBe("refused");
  expect(() => noted()).toThrow();
  expect(await tools.run(once(iptables, ["10.0.0.2"]), 5)).toBe("done");
});

test("no chain, no rule", async () => {
  const iptables = chains({ c: "-N c\n" });
  expect(await tools.run([...once(iptables, ["10.0.0.1"]), ...once(iptables, ["10.0.0.1"], "d")], 5)).toBe(
    "refused",
  );
  expect(() => noted()).toThrow();
});
