import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainCommands } from "../../../src/action/plain-commands.ts";
import { planOperation } from "../../../src/action/plan.ts";
import {
  ipsetLines,
  iptablesLines,
  nftLines,
  recogniseTool,
  type ToolCommand,
  ToolRecogniser,
} from "../../../src/action/tool-command.ts";
import { sampleAction, sampleInfo } from "./sample.ts";

const recognised = (script: string, args: readonly string[] = []): ToolCommand | undefined =>
  recogniseTool({ script, args, timeout: 60 });

/** What would be run without a shell: a line for each command. */
function lines(script: string): string[] | undefined {
  const command = recognised(script);
  if (command === undefined) return undefined;
  return { nft: nftLines, ipset: ipsetLines, iptables: iptablesLines }[command.tool]([command]);
}

const ELEMENT = "add element inet f2b-table addr-set-sshd";

test.each([
  ["quoted braces", `nft ${ELEMENT} "{ 192.0.2.1 }"`, [`${ELEMENT} { 192.0.2.1 }`]],
  ["single quotes", `nft ${ELEMENT} '{ 192.0.2.1 }'`, [`${ELEMENT} { 192.0.2.1 }`]],
  ["escaped braces", `nft ${ELEMENT} \\{ 192.0.2.1 \\}`, [`${ELEMENT} { 192.0.2.1 }`]],
  ["bare braces", `nft ${ELEMENT} { 192.0.2.1 }`, [`${ELEMENT} { 192.0.2.1 }`]],
  ["one word for all", `nft "${ELEMENT} { 192.0.2.1 }"`, [`${ELEMENT} { 192.0.2.1 }`]],
  [
    "a network with a timeout",
    `nft ${ELEMENT} "{ 2001:db8::/64 timeout 600s }"`,
    [`${ELEMENT} { 2001:db8::/64 timeout 600s }`],
  ],
  ["taking out", `  nft delete element ip t s "{ 192.0.2.1 }"\t`, ["delete element ip t s { 192.0.2.1 }"]],
  ["a path", `/usr/sbin/nft ${ELEMENT} "{ 192.0.2.1 }"`, [`${ELEMENT} { 192.0.2.1 }`]],
  [
    "two sets",
    `nft add element t s "{ 192.0.2.1 }"\n\n  nft add element t s2 "{ 192.0.2.1 }"`,
    ["add element t s { 192.0.2.1 }", "add element t s2 { 192.0.2.1 }"],
  ],
  [
    "ipset",
    'ipset -exist add f2b-sshd "192.0.2.1" timeout 600',
    ["add f2b-sshd 192.0.2.1 timeout 600 -exist"],
  ],
  ["ipset, the option behind", "ipset add f2b-sshd 192.0.2.1 -!", ["add f2b-sshd 192.0.2.1 -exist"]],
  ["ipset, taking out", "ipset -! del f2b-sshd 192.0.2.0/24", ["del f2b-sshd 192.0.2.0/24 -exist"]],
  [
    "a rule",
    "iptables -w -I f2b-sshd 1 -s 192.0.2.1 -j REJECT --reject-with icmp-port-unreachable",
    ["*filter", "-I f2b-sshd 1 -s 192.0.2.1 -j REJECT --reject-with icmp-port-unreachable", "COMMIT"],
  ],
  [
    "a rule that goes",
    "ip6tables -w 5 -D f2b-sshd -s 2001:db8::1 -j DROP",
    ["*filter", "-D f2b-sshd -s 2001:db8::1 -j DROP", "COMMIT"],
  ],
  [
    "a rule unless it is there",
    'ip6tables -w -C c -s "2001:db8::1" -j DROP 2>/dev/null || ip6tables -w -I c 1 -s "2001:db8::1" -j DROP',
    ["*filter", "-I c 1 -s 2001:db8::1 -j DROP", "COMMIT"],
  ],
])("a command that puts an address into a set or a chain needs no shell: %s", (_, script, expected) => {
  expect(lines(script)).toEqual(expected);
});

test.each([
  ["another tool", "ebtables -w -I f2b-sshd 1 -s 192.0.2.1 -j REJECT"],
  ["a rule of another table", "iptables -t raw -I f2b-sshd 1 -s 192.0.2.1 -j DROP"],
  ["a rule with more to it", "iptables -I f2b-sshd 1 -s 192.0.2.1 -p tcp -j DROP"],
  ["a rule somewhere in a chain", "iptables -I f2b-sshd 7 -s 192.0.2.1 -j DROP"],
  ["a rule by number", "iptables -D f2b-sshd 1"],
  ["a chain's end", "iptables -F f2b-sshd"],
  ...(
    [
      ["for another address", "-C c -s 192.0.2.2 -j DROP 2>/dev/null", "-I c 1 -s 192.0.2.1 -j DROP"],
      ["of another chain", "-C d -s 192.0.2.1 -j DROP 2>/dev/null", "-I c 1 -s 192.0.2.1 -j DROP"],
      ["of another end", "-C c -s 192.0.2.1 -j REJECT 2>/dev/null", "-I c 1 -s 192.0.2.1 -j DROP"],
      ["in another place", "-C c -s 192.0.2.1 -j DROP 2>/dev/null", "-I c 3 -s 192.0.2.1 -j DROP"],
      ["that is heard of", "-C c -s 192.0.2.1 -j DROP", "-I c 1 -s 192.0.2.1 -j DROP"],
      ["that is heard of otherwise", "-C c -s 192.0.2.1 -j DROP >/dev/null", "-I c -s 192.0.2.1 -j DROP"],
      ["with another verb", "-C c -s 192.0.2.1 -j DROP 2>/dev/null", "-R c 1 -s 192.0.2.1 -j DROP"],
      ["that goes", "-C c -s 192.0.2.1 -j DROP 2>/dev/null", "-D c -s 192.0.2.1 -j DROP"],
      ["and more", "-C c -s 192.0.2.1 -j DROP 2>/dev/null", "-I c -s 192.0.2.1 -j DROP || true"],
      ["in quotes", "-C c -s 192.0.2.1 -j 'DROP 2>/dev/null", "iptables -I c -s 192.0.2.1 -j DROP'"],
      ["by two lines", "-C c -s 192.0.2.1 -j DROP 2>/dev/null", "-I c -s 192.0.2.1 -j DROP\nid"],
      ["waited for once", "-w -C c -s 192.0.2.1 -j DROP 2>/dev/null", "-I c -s 192.0.2.1 -j DROP"],
    ] as const
  ).map(([what, check, make]): [string, string] => [
    `a rule unless there is one ${what}`,
    `iptables ${check} || iptables ${make}`,
  ]),
  [
    "a rule unless another tool has it",
    "iptables -C c -s 192.0.2.1 -j DROP 2>/dev/null || ip6tables -I c 1 -s 192.0.2.1 -j DROP",
  ],
  ["an element unless something", `nft -C x 2>/dev/null || nft -I x`],
  ["another tool's restore", "iptables-restore -I c 1 -s 192.0.2.1 -j DROP"],
  ["nothing", ""],
  ["a variable", `nft ${ELEMENT} "{ $ip }"`],
  ["a command's words", `nft ${ELEMENT} "{ \`id\` }"`],
  ["a second command", `nft ${ELEMENT} "{ 192.0.2.1 }"; id`],
  ["another way", `nft ${ELEMENT} "{ 192.0.2.1 }" || true`],
  ["a pipe", `nft ${ELEMENT} "{ 192.0.2.1 }" | cat`],
  ["a redirection", `nft ${ELEMENT} "{ 192.0.2.1 }" 2>/dev/null`],
  ["the background", `nft ${ELEMENT} "{ 192.0.2.1 }" &`],
  ["a comment", `nft ${ELEMENT} "{ 192.0.2.1 }" # gone`],
  ["a word list of bash", `nft ${ELEMENT} {192.0.2.1,192.0.2.2}`],
  ["a pattern of file names", `nft ${ELEMENT} "{ 192.0.2.1 }"*`],
  ["a home directory", "~/nft add element t s '{ 192.0.2.1 }'"],
  ["a variable before it", `LANG=C nft ${ELEMENT} "{ 192.0.2.1 }"`],
  ["an open quote", `nft ${ELEMENT} "{ 192.0.2.1 }`],
  ["a history mark", `nft ${ELEMENT} "{ 192.0.2.1 }!"`],
  ["an option", `nft -e ${ELEMENT} "{ 192.0.2.1 }"`],
  ["a group", `{ nft ${ELEMENT} 192.0.2.1 }`],
  ["other words than an address", `nft ${ELEMENT} "{ www.example.org }"`],
  ["no address at all", `nft ${ELEMENT} "{ 999.1.1.1 }"`],
  ["two addresses", `nft ${ELEMENT} "{ 192.0.2.1, 192.0.2.2 }"`],
  ["a range", `nft ${ELEMENT} "{ 192.0.2.1-192.0.2.9 }"`],
  ["two commands of nft", `nft ${ELEMENT} "{ 192.0.2.1 }; flush ruleset"`],
  ["two commands of nft in a name", `nft add element t "s { 192.0.2.1 }; delete table t #" "{ 192.0.2.1 }"`],
  ["another object", 'nft add rule inet t c "{ 192.0.2.1 }"'],
  ["one that must be new", `nft create element inet t s "{ 192.0.2.1 }"`],
  ["a map", `nft add element inet t m "{ 192.0.2.1 : drop }"`],
  [
    "an element that is taken out and put in",
    `nft delete element t s "{ 192.0.2.1 }"\nnft ${ELEMENT} "{ 192.0.2.1 }"`,
  ],
  ["two tools", `nft ${ELEMENT} "{ 192.0.2.1 }"\nipset -! add s 192.0.2.1`],
  ["ipset that must not be repeated", "ipset add f2b-sshd 192.0.2.1 timeout 600"],
  ["ipset with a name for a timeout", "ipset -exist add f2b-sshd 192.0.2.1 timeout -1"],
  ["words that ipset would take for one", 'ipset -exist "add f2b-sshd" 192.0.2.1'],
  ["words that iptables would take for one", 'iptables -w "-I f2b-sshd" 1 -s 192.0.2.1 -j DROP'],
  ["an empty word", "iptables -w '' -I f2b-sshd 1 -s 192.0.2.1 -j DROP"],
  ["ipset's other commands", "ipset -exist destroy 192.0.2.1"],
  ["characters that are no ASCII", `nft ${ELEMENT} "{ 192.0.2.1 }\u00a0"`],
  ["a tool of the same end", `mynft ${ELEMENT} "{ 192.0.2.1 }"`],
  ["a carriage return", `nft ${ELEMENT} "{ 192.0.2.1 }"\r`],
  ["a very long script", `nft ${ELEMENT} "{ 192.0.2.1 }"${" ".repeat(2000)}`],
])("what is more than that stays with the shell: %s", (_, script) => {
  expect(recognised(script)).toBeUndefined();
});

test("a rule that is to be there once says so", () => {
  const script = "iptables -C c -s 192.0.2.1 -j DROP 2>/dev/null || iptables -I c 1 -s 192.0.2.1 -j DROP";
  expect(recognised(script)?.changes).toEqual([
    { head: "-I c 1 -s", element: "192.0.2.1", tail: "-j DROP", isOnce: true },
  ]);
  expect(recognised("iptables -I c 1 -s 192.0.2.1 -j DROP")?.changes[0]?.isOnce).toBeUndefined();
});

test("a script with values for variables stays with the shell", () => {
  expect(recognised(`nft ${ELEMENT} "{ 192.0.2.1 }"`, ["x"])).toBeUndefined();
});

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ..."{};,.:/-$`'\"\\\n\t ()<>|&#!*?~",
        "192.0.2.1",
        "::1",
        "flush ruleset",
        "add",
        "timeout 1",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

test("whatever an ID is, only an address gets to a tool without a shell, and as it is", () => {
  const actions = [
    sampleAction({ actionban: `nft ${ELEMENT} "{ <ip> }"` }),
    sampleAction({ actionban: `nft ${ELEMENT} { <fid> }` }),
    sampleAction({ actionban: "ipset -exist add f2b-sshd <ip> timeout <bantime>" }),
    sampleAction({ actionban: 'ipset -exist add f2b-sshd "<F-USER>"' }),
    sampleAction({ actionban: 'iptables -w -I f2b-<F-USER> 1 -s "<ip>" -j <F-USER>' }),
  ];
  const shape = {
    nft: /^add element inet f2b-table addr-set-sshd \{ [0-9a-f.:/]+ \}$/,
    ipset: /^add f2b-sshd [0-9a-f.:/]+( timeout \d+)? -exist$/,
    iptables: /^(?:\*filter|COMMIT|-I f2b-[\w.-]* 1 -s [0-9a-f.:/]+ -j [A-Za-z][\w.-]*)$/,
  };
  fc.assert(
    fc.property(hostile, fc.boolean(), (text, isIp) => {
      for (const action of actions) {
        const info = sampleInfo(isIp ? text : "192.0.2.1", { data: new Map([["user", text]]) });
        const plan = planOperation(action, "ban", info.address?.family ?? "", info);
        const command = plan === undefined ? undefined : recogniseTool(plan);
        if (command === undefined) continue;
        const lines = { nft: nftLines, ipset: ipsetLines, iptables: iptablesLines }[command.tool]([command]);
        for (const line of lines) expect(line).toMatch(shape[command.tool]);
      }
    }),
    { numRuns: 2000 },
  );
});

test("the words of a plain script are those that a shell makes of it", () => {
  const part = fc.oneof(
    fc.stringMatching(/^[\w.:/%+@,=-]{1,6}$/),
    fc.constantFrom(
      "{",
      "}",
      "'{ a }'",
      '"b c"',
      "\\{",
      "\\ ",
      "''",
      '""',
      "$x",
      "`id`",
      "*",
      ";",
      "a'b'\"c\"",
      "#",
      "~",
      "\\\\",
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const script = `show ${parts.join(" ")}`;
      const words = plainCommands(script)?.[0];
      if (words === undefined) return;
      const said = execFileSync("/bin/sh", ["-c", `show() { printf '%s\\n' "$@"; }; ${script}`]).toString();
      const expected =
        words.length === 1
          ? "\n"
          : words
              .slice(1)
              .map((word) => `${word}\n`)
              .join("");
      expect(said).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

test("what is recognised at a glance is what a close look sees", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("10.0.0.1", "10.0.0.10", "::1", "::10"));
  const scripts = [
    (ip: string) => `nft ${ELEMENT} "{ ${ip} }"`,
    (ip: string) => `nft ${ELEMENT} "{ 10.0.0.10 }"\nnft add element t s "{ ${ip} timeout 5s }"`,
    (ip: string) => `nft add element t s-${ip.replaceAll(":", "-")} "{ ${ip} }"`,
    (ip: string) => `ipset -exist add f2b-${ip.slice(0, 3)} ${ip}`,
    (ip: string) => `ipset -exist add ${ip} 10.0.0.1`,
    (ip: string) => `ipset -exist add ${ip} ${ip}`,
    (ip: string) => `iptables -I f2b-x 1 -s ${ip} -j DROP`,
    (ip: string) => `echo ${ip}`,
  ];
  fc.assert(
    fc.property(fc.array(fc.tuple(address, fc.constantFrom(...scripts)), { maxLength: 8 }), (uses) => {
      const recogniser = new ToolRecogniser();
      for (const [ip, script] of uses) {
        const plan = { script: script(ip), args: [], timeout: 60 };
        expect(recogniser.recognise(plan, ip)).toEqual(recogniseTool(plan));
      }
    }),
    { numRuns: 500 },
  );
});

test("a transaction names each set once, and its elements in their order", () => {
  const commands = ["192.0.2.2", "2001:db8::1", "192.0.2.1"].map((ip) =>
    recognised(`nft add element inet t ${ip.includes(":") ? "six" : "four"} "{ ${ip} }"`),
  );
  expect(nftLines(commands.flatMap((command) => command ?? []))).toEqual([
    "add element inet t four { 192.0.2.2, 192.0.2.1 }",
    "add element inet t six { 2001:db8::1 }",
  ]);
});
