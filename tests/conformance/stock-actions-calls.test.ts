/**
 * What stock actions for other people's firewalls call, held to a list, and to what the actions of Debian's package call.
 * @module
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ActionTree, OURS, TREES } from "../e2e/actions-jail.ts";
import { firewalld } from "./recorded/firewalld.ts";
import { RecordedAction } from "./recorded/recorded-action.ts";
import { recordedPrograms } from "./recorded/recorded-programs.ts";

const [debian = OURS] = TREES;
const suffix = debian.missing === "" ? "" : ` (skipped: no ${debian.missing})`;

const programs = recordedPrograms("stock-calls");

/** The calls of a life: start, a ban of each family, their unbans, stop. */
async function callsOf(tree: ActionTree, item: string): Promise<readonly string[]> {
  const action = new RecordedAction(programs, tree, item);
  await action.start();
  await action.ban("198.51.100.7", "2001:db8::7");
  await action.unban("198.51.100.7", "2001:db8::7");
  await action.stop();
  return programs.takeCalls();
}

/** Those that call exactly what the original calls. */
const ALIKE = [
  "ufw",
  "ufw[blocktype=deny, destination=192.0.2.1, add='insert 1', comment='by <name>']",
  "apf",
  "shorewall",
  "shorewall[blocktype=drop]",
  "route[blocktype=blackhole]",
];

describe.skipIf(debian.missing !== "")(`as the package's${suffix}`, () => {
  test.each(ALIKE)("%s", async (item) => {
    const ours = await callsOf(OURS, item);
    expect(ours).toEqual(await callsOf(debian, item));
  });
  const ordered = (calls: readonly string[]): string[] =>
    [...new Set(calls)].filter((call) => !/\{--(?:get-rules|query-rule)\}/.test(call)).sort();

  for (const item of ["firewallcmd-multiport", "firewallcmd-allports", "firewallcmd-new"]) {
    test(`${item}[port="22,80", chain=FORWARD_direct]: the same rules, with firewalld's memory`, async () => {
      firewalld(programs);
      const options = `${item}[port="22,80", chain=FORWARD_direct]`;
      const ours = ordered(await callsOf(OURS, options));
      firewalld(programs);
      expect(ours).toEqual(ordered(await callsOf(debian, options)));
      programs.says("firewall-cmd", "");
    });
  }
});

test("firewallcmd-multiport: what a killed run left goes, old ports included; the check finds a reload out", async () => {
  firewalld(programs);
  const direct = (): string => readFileSync(join(programs.directory, "direct"), "utf8");
  await new RecordedAction(programs, OURS, "firewallcmd-multiport[port=80]").ban("198.51.100.9");
  const action = new RecordedAction(programs, OURS, "firewallcmd-multiport[port=22]");
  await action.ban("198.51.100.7");
  const reject = "-j REJECT --reject-with icmp-port-unreachable";
  expect(direct().trim().split("\n")).toEqual([
    "ipv4 filter f2b-j1 1000 -j RETURN",
    "ipv4 filter INPUT_direct 0 -m conntrack --ctstate NEW -p tcp -m multiport --dports 22 -j f2b-j1",
    `ipv4 filter f2b-j1 0 -s 198.51.100.7 ${reject}`,
  ]);
  rmSync(join(programs.directory, "direct"));
  expect((await action.action.check()).kind).toBe("done");
  expect(action.told().filter((line) => line.includes("Trying to restore"))).toHaveLength(1);
  expect(direct()).toContain(`ipv4 filter f2b-j1 0 -s 198.51.100.7 ${reject}`);
  await action.stop();
  expect(direct()).toBe("");
  programs.says("firewall-cmd", "");
  programs.takeCalls();
});

const SET_RULE = (family: number): string => {
  const [set, icmp] = family === 4 ? ["f2b-j1", "icmp"] : ["f2b-j16", "icmp6"];
  return `ipv${family} filter INPUT_direct 0 -p tcp -m multiport --dports 22 -m set --match-set ${set} src -j REJECT --reject-with ${icmp}-port-unreachable`;
};

test.each(["ipset", "firewalld"])(
  "firewallcmd-ipset with a set of %s: one rule a family, the addresses in the set",
  async (backend) => {
    firewalld(programs);
    const direct = (): string => readFileSync(join(programs.directory, "direct"), "utf8");
    const action = new RecordedAction(programs, OURS, `firewallcmd-ipset[port=22, ipsetbackend=${backend}]`);
    await action.ban("198.51.100.7", "2001:db8::7");
    expect(direct().trim().split("\n")).toEqual([SET_RULE(4), SET_RULE(6)]);
    await action.unban("198.51.100.7");
    await action.stop();
    expect(direct()).toBe("");
    const calls = programs.takeCalls();
    const added =
      backend === "ipset"
        ? [
            "ipset {-exist} {add} {f2b-j1} {198.51.100.7} {timeout} {0}",
            "ipset {-exist} {add} {f2b-j16} {2001:db8::7} {timeout} {0}",
          ]
        : [
            "firewall-cmd {--ipset=f2b-j1} {--add-entry=198.51.100.7}",
            "firewall-cmd {--ipset=f2b-j16} {--add-entry=2001:db8::7}",
          ];
    const removed =
      backend === "ipset"
        ? "ipset {-exist} {del} {f2b-j1} {198.51.100.7}"
        : "firewall-cmd {--ipset=f2b-j1} {--remove-entry=198.51.100.7}";
    expect(calls).toEqual(expect.arrayContaining([...added, removed]));
    programs.says("firewall-cmd", "");
  },
);

const RICH = (verb: string, family: number, port: string, log = ""): string => {
  const [address, icmp] = family === 4 ? ["198.51.100.7", "icmp"] : ["2001:db8::7", "icmp6"];
  return `firewall-cmd {--zone=public} {--${verb}-rich-rule=rule family='ipv${family}' source address='${address}' port port='${port}' protocol='tcp' ${log}reject type='${icmp}-port-unreachable'}`;
};

const router = (command: string): string =>
  `ssh {-n} {-o} {BatchMode=yes} {-o} {ConnectTimeout=20} {-l} {fw} {-p} {2200} {-i} {/key} {gate} {${command}}`;
const listed = (menu: string, ip: string): string[] => {
  const remove = `/${menu} firewall address-list remove [find list="Fail2Ban" comment="f2b-j1-${ip}"]`;
  return [
    router(
      `${remove}; /${menu} firewall address-list add list="Fail2Ban" address=${ip} comment="f2b-j1-${ip}"`,
    ),
    router(remove),
  ];
};
const [ban4 = "", unban4 = ""] = listed("ip", "198.51.100.7");
const [ban6 = "", unban6 = ""] = listed("ipv6", "2001:db8::7");

/** Calls of a life, for those that are new with 1.1 or better than the original. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  csf: [
    "csf {--deny} {198.51.100.7} {banned by Fail2Ban j1}",
    "csf {--deny} {2001:db8::7} {banned by Fail2Ban j1}",
    "csf {--denyrm} {198.51.100.7}",
    "csf {--denyrm} {2001:db8::7}",
  ],
  "mikrotik[user=fw, port=2200, keyfile=/key, host=gate]": [ban4, ban6, unban4, unban6],
  'firewallcmd-rich-rules[port="22,8000:8010"]': ["add", "remove"].flatMap((verb) =>
    [4, 6].flatMap((family) => [RICH(verb, family, "22"), RICH(verb, family, "8000-8010")]),
  ),
  "firewallcmd-rich-logging[port=22, rate=5]": ["add", "remove"].flatMap((verb) =>
    [4, 6].map((family) => RICH(verb, family, "22", "log prefix='f2b-j1' level='info' limit value='5/m' ")),
  ),
  "ufw[application=OpenSSH, kill-mode=ss]": [
    "ufw {prepend} {reject} {from} {198.51.100.7} {to} {any} {app} {OpenSSH} {comment} {by Fail2Ban after 2 attempts against j1}",
    "ss {-K} {dst} {[198.51.100.7]}",
    "ufw {prepend} {reject} {from} {2001:db8::7} {to} {any} {app} {OpenSSH} {comment} {by Fail2Ban after 2 attempts against j1}",
    "ss {-K} {dst} {[2001:db8::7]}",
    "ufw {delete} {reject} {from} {198.51.100.7} {to} {any} {app} {OpenSSH}",
    "ufw {delete} {reject} {from} {2001:db8::7} {to} {any} {app} {OpenSSH}",
  ],
  "nsupdate[domain=bad.example.org, keyfile=/key, nsupdatecmd=nsupdate]": [
    ..."7.100.51.198 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
      .split(" ")
      .map((name) => `${name}.bad.example.org`)
      .flatMap((name, index, names) => [
        `nsupdate {-k} {/key}\nprereq nxrrset ${name} TXT\nupdate add ${name} 60 IN TXT "Your IP has been banned"\nsend`,
        ...(index === 1 ? names.map((each) => `nsupdate {-k} {/key}\nupdate delete ${each} TXT\nsend`) : []),
      ]),
  ],
  "osx-afctl[afctl=afctl]": [
    "afctl {-a} {198.51.100.7} {-t} {600}",
    "afctl {-a} {2001:db8::7} {-t} {600}",
    "afctl {-r} {198.51.100.7}",
    "afctl {-r} {2001:db8::7}",
  ],
  "npf[npfctl=npfctl]": [
    "npfctl {table} {fail2ban} {add} {198.51.100.7}",
    "npfctl {table} {fail2ban} {add} {2001:db8::7}",
    "npfctl {table} {fail2ban} {rem} {198.51.100.7}",
    "npfctl {table} {fail2ban} {rem} {2001:db8::7}",
  ],
};

for (const [item, calls] of Object.entries(CALLS)) {
  test(`${item} calls what it should, in this order`, async () => {
    expect(await callsOf(OURS, item)).toEqual(calls);
  });
}

/** Tools that keep numbered rules: a stand-in that prints what the tool would. */
test("ipfw: a ban goes by its number, those of longer addresses stay", async () => {
  programs.says(
    "ipfw",
    `[ "$1" != list ] || printf '%s\\n' '00100 unreach port tcp from 198.51.100.7 to 127.0.0.1 dst-port 22' '00200 unreach port tcp from 198.51.100.77 to 127.0.0.1 dst-port 22' '00300 allow ip from any to any'`,
  );
  const action = new RecordedAction(programs, OURS, "ipfw");
  await action.ban("198.51.100.7");
  await action.unban("198.51.100.7");
  expect(programs.takeCalls()).toEqual([
    "ipfw {add} {unreach} {port} {tcp} {from} {198.51.100.7} {to} {127.0.0.1} {ssh}",
    "ipfw {list}",
    "ipfw {delete} {00100}",
  ]);
});

test("bsd-ipfw: one rule about the table, with the first free number, gone with the jail; somebody's own stays", async () => {
  const item = `bsd-ipfw[startstatefile=${programs.directory}/ipfw-state]`;
  programs.says(
    "ipfw",
    `[ "$1" != list ] || printf '%s\\n' '00100 allow' '00111 allow' '00112 allow' '65535 deny'`,
  );
  expect(await callsOf(OURS, item)).toEqual([
    "ipfw {show}",
    "ipfw {list}",
    "ipfw {-q} {add} {113} {unreach} {port} {ip} {from} {table(1)} {to} {me}",
    "ipfw {table} {1} {add} {198.51.100.7}",
    "ipfw {table} {1} {add} {2001:db8::7}",
    "ipfw {table} {1} {delete} {198.51.100.7}",
    "ipfw {table} {1} {delete} {2001:db8::7}",
    "ipfw {-q} {delete} {113}",
  ]);
  programs.says("ipfw", `[ "$1" != show ] || echo '00500 0 0 deny ip from table(1) to any'`);
  const calls = await callsOf(OURS, item);
  expect(calls.filter((call) => call.startsWith("ipfw {-q}"))).toEqual([]);
  programs.says("ipfw", "");
});

test("osx-ipfw: a ban goes by its number, if it stands in our set", async () => {
  programs.says(
    "ipfw",
    `[ "$2" != list ] || printf '%s\\n' '10007 set 10 unreach port log tcp from 198.51.100.7 to me dst-port 22' '10008 set 9 unreach port log tcp from 198.51.100.7 to me dst-port 22'`,
  );
  const action = new RecordedAction(programs, OURS, "osx-ipfw");
  await action.ban("198.51.100.7");
  await action.unban("198.51.100.7");
  const [add = "", ...rest] = programs.takeCalls();
  expect(add).toMatch(
    /^ipfw \{add\} \{1\d{4}\} \{set\} \{10\} \{unreach\} \{port\} \{log\} \{tcp\} \{from\} \{198\.51\.100\.7\} \{to\} \{me\} \{ssh\}$/,
  );
  expect(rest).toEqual(["ipfw {-S} {list}", "ipfw {delete} {10007}"]);
  programs.says("ipfw", "");
});

test("ipfilter: rules of single IPv4 addresses, nothing else", async () => {
  const action = new RecordedAction(programs, OURS, "ipfilter[ipf=ipf]");
  await action.ban("198.51.100.7");
  await action.unban("198.51.100.7");
  const rule = "block return-icmp(port-unr) in quick from 198.51.100.7/32";
  expect(programs.takeCalls()).toEqual([`ipf {-f} {-}\n${rule}`, `ipf {-r} {-f} {-}\n${rule}`]);
  await expect(action.ban("2001:db8::7")).rejects.toThrow("failed");
  expect(programs.takeCalls()).toEqual([]);
});

const PF = [
  ['pf[port="22,8000:8010"]', "proto { tcp udp } from <f2b-j1> to any port { 22,8000:8010 }"],
  ["pf[actiontype=<allports>]", " from <f2b-j1> to any"],
  ['pf[protocol="tcp,udp", block="block drop quick"]', "proto { tcp,udp } from <f2b-j1> to any port { ssh }"],
] as const;

for (const [item, rule] of PF) {
  test(`${item}: a table and a rule about it; what else is in the anchor stays`, async () => {
    programs.says(
      "pfctl",
      `case $* in *-f-) cat >"$OUT/pf" ;; *-sr) printf '%s\\n' 'pass in all' 'block drop quick from <f2b-j1> to any' 'block drop quick from <f2b-j11> to any' ;; esac`,
    );
    const loaded = (): string[] => readFileSync(join(programs.directory, "pf"), "utf8").trimEnd().split("\n");
    const others = ["pass in all", "block drop quick from <f2b-j11> to any"];
    const action = new RecordedAction(programs, OURS, item);
    await action.start();
    const block = item.includes("drop") ? "block drop quick" : "block quick";
    expect(loaded()).toEqual([...others, "table <f2b-j1> persist counters", `${block} ${rule}`]);
    programs.takeCalls();
    await action.ban("198.51.100.7", "2001:db8::7");
    await action.unban("2001:db8::7");
    await action.flush();
    await action.ban("198.51.100.8");
    const table = "pfctl {-a} {f2b/j1} {-t} {f2b-j1} {-T}";
    expect(programs.takeCalls()).toEqual([
      `${table} {add} {198.51.100.7}`,
      `${table} {add} {2001:db8::7}`,
      `${table} {delete} {2001:db8::7}`,
      `${table} {flush}`,
      `${table} {add} {198.51.100.8}`,
    ]);
    expect((await action.action.check()).kind).toBe("done");
    await action.stop();
    expect(loaded()).toEqual(others);
    expect(programs.takeCalls()).toContain(`${table} {kill}`);
    programs.says("pfctl", "");
  });
}

/** An ID that is no address, and would be more than one to those who read it. */
const HOSTILE = ["x'; reboot", "1.2.3.4\n5.6.7.8", '"; /system reboot; "', "-A", "$(reboot)"];
const STRICT = [
  "mikrotik[user=fw, keyfile=/key, host=gate]",
  "nsupdate[domain=example.org, nsupdatecmd=nsupdate]",
  "firewallcmd-rich-rules",
  "ipfilter[ipf=ipf]",
  "ipfw",
  "osx-ipfw",
];

test.each(STRICT)("%s: what is no address reaches no tool that would read more in it", async (item) => {
  for (const id of HOSTILE) {
    const action = new RecordedAction(programs, OURS, item);
    const outcome = await action.ban(id).then(
      () => "banned",
      () => "refused",
    );
    const calls = programs.takeCalls();
    if (outcome === "banned") for (const call of calls) expect(call).toContain(`{${id}}`);
    else expect(calls).toEqual([]);
  }
});
