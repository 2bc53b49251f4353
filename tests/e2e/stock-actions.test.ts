/**
 * The stock actions for real: in a machine of their own, with the kernel's own tables and stand-ins for sendmail and whois.
 * @module
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { compileAction } from "../../src/action/action-definition.ts";
import type { RunCommand } from "../../src/action/command-plan.ts";
import type { Ban } from "../../src/ban/ticket.ts";
import { ActionRunner } from "../../src/enforce/action-runner.ts";
import { sampleBan } from "../unit/action/sample.ts";
import { ScriptedJail } from "../unit/enforce/scripted.ts";
import { stockJails } from "../unit/stock/stock-jails.ts";
import { missingTools, World } from "./world.ts";

const missing = missingTools();
const suffix = missing.length === 0 ? "" : ` (skipped: no ${missing.join(", no ")})`;
const e2e = test.skipIf(missing.length > 0);

/** The jail's port, and one that is not. */
const PORT = 2222;
const OTHER_PORT = 8080;
const MACHINE = "10.99.0.1";
const HOST = { full: "gate.example.org", short: "gate" };

let world: World;

beforeAll(async () => {
  if (missing.length === 0) world = await World.create([PORT, OTHER_PORT]);
});
afterEach(async () => {
  if (missing.length > 0) return;
  await world.run("nft", ["flush", "ruleset"]);
  world.shSync("rm -f /var/spool/stand-in/*");
});
afterAll(async () => {
  if (missing.length === 0) await world.close();
});

const run: RunCommand = async ({ script, args }) => {
  const { code, stdout, stderr } = await world.run("sh", ["-c", script, ...args]);
  return { code, stdout, stderr, timedOut: false };
};

/** A jail with its actions as the stock configuration makes them. */
class StockJail extends ScriptedJail {
  readonly runners: readonly ActionRunner[];

  constructor(action: string, options = "") {
    super();
    const local = `[j1]\nenabled = true\nfilter = sshd\nlogpath = /dev/null\n${options}\naction = ${action}\n`;
    const { jails, errors } = stockJails(local);
    const settings = jails.get("j1");
    if (settings === undefined) throw new Error([...errors.values()].join());
    this.runners = settings.actions.map((each) => {
      const definition = compileAction(each, "j1", HOST);
      if (definition.diagnostics.length > 0) throw new Error(JSON.stringify(definition.diagnostics));
      const { facts, observe, clock } = this;
      return new ActionRunner({ definition, jail: facts, run, observe, clock, allowIpv6: true });
    });
  }

  get only(): ActionRunner {
    const [runner] = this.runners;
    if (runner === undefined) throw new Error("no action");
    return runner;
  }

  /** Bans with every action; throws what an action complains of. */
  async ban(...bans: (Ban | string)[]): Promise<void> {
    for (const each of bans) {
      const ban = typeof each === "string" ? sampleBan(each) : each;
      this.enter(ban);
      for (const runner of this.runners) this.#demand(await runner.ban(ban));
    }
  }

  async unban(id: string): Promise<void> {
    const ban = this.bans.get(id);
    if (ban === undefined) throw new Error(`${id} is not banned`);
    this.bans.delete(id);
    for (const runner of this.runners) this.#demand(await runner.unban(ban));
  }

  async stop(): Promise<void> {
    for (const runner of this.runners) this.#demand(await runner.stop());
  }

  #demand(outcome: { readonly kind: string }): void {
    if (outcome.kind === "failed") throw new Error(JSON.stringify([outcome, this.events]));
  }
}

/** The rules of iptables and ip6tables, chains included, without the policies of the built-in ones. */
function iptablesRules(): { readonly inet4: string[]; readonly inet6: string[] } {
  const of = (tool: string): string[] =>
    world
      .shSync(`${tool} -t filter`)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.startsWith("-A") || /^:f2b/.test(line))
      .map((line) => line.replace(/^(:\S+).*/, "$1"));
  return { inet4: of("iptables-save"), inet6: of("ip6tables-save") };
}

/** The table of nftables as lines, without its white space. */
function nftTable(): string[] {
  return world
    .shSync("nft list table inet f2b-table 2>/dev/null || true")
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "" && line !== "}");
}

const IPTABLES = [
  {
    action: `iptables[port=${PORT}]`,
    jumps: [`-p tcp -m tcp --dport ${PORT}`],
  },
  {
    action: 'iptables-multiport[port="2222,8000:8010", protocol="tcp,udp"]',
    jumps: ["-p udp -m multiport --dports 2222,8000:8010", "-p tcp -m multiport --dports 2222,8000:8010"],
  },
  { action: "iptables-allports", jumps: ["-p tcp"] },
] as const;

for (const { action, jumps } of IPTABLES) {
  const rules = (reject: string, ...addresses: string[]): string[] => [
    ":f2b-j1",
    ...jumps.map((jump) => `-A INPUT ${jump} -j f2b-j1`),
    ...addresses.map((address) => `-A f2b-j1 -s ${address} -j REJECT --reject-with ${reject}`),
    "-A f2b-j1 -j RETURN",
  ];
  const inet4 = (...addresses: string[]): string[] => rules("icmp-port-unreachable", ...addresses);
  const inet6 = (...addresses: string[]): string[] => rules("icmp6-port-unreachable", ...addresses);

  e2e(`${action}: chains, jumps and rules come and go as they should${suffix}`, async () => {
    const jail = new StockJail(action);
    expect((await jail.only.start()).kind).toBe("skipped");
    expect(iptablesRules()).toEqual({ inet4: [], inet6: [] });

    await jail.ban("198.51.100.1", "2001:db8::1", "198.51.100.2");
    const full = {
      inet4: inet4("198.51.100.2/32", "198.51.100.1/32"),
      inet6: inet6("2001:db8::1/128"),
    };
    expect(iptablesRules()).toEqual(full);
    await jail.ban("198.51.100.1");
    expect(iptablesRules(), "a ban that is there already").toEqual(full);

    await jail.unban("198.51.100.2");
    expect(iptablesRules().inet4).toEqual(inet4("198.51.100.1/32"));
    expect((await jail.only.flush()).kind).toBe("done");
    expect(iptablesRules()).toEqual({ inet4: inet4(), inet6: inet6() });
    expect((await jail.only.check()).kind).toBe("done");
    await jail.stop();
    expect(iptablesRules()).toEqual({ inet4: [], inet6: [] });
    expect(jail.told()).toEqual([]);
  });

  e2e(`${action}: what a killed run left is taken over, nothing is there twice${suffix}`, async () => {
    await new StockJail(action).ban("198.51.100.1", "198.51.100.9", "2001:db8::1");
    const jail = new StockJail(action);
    await jail.ban("198.51.100.1");
    expect(iptablesRules().inet4).toEqual(inet4("198.51.100.1/32"));
    await jail.stop();
    expect(iptablesRules().inet4).toEqual([]);
  });

  e2e(
    `${action}: somebody flushes the tables, the check notices and the bans come back${suffix}`,
    async () => {
      const jail = new StockJail(action);
      await jail.ban("198.51.100.1", "2001:db8::1");
      world.shSync("iptables -F; ip6tables -F");
      expect((await jail.only.check()).kind).toBe("done");
      expect(jail.told().filter((line) => line.includes("Trying to restore"))).toHaveLength(2);
      expect(iptablesRules()).toEqual({ inet4: inet4("198.51.100.1/32"), inet6: inet6("2001:db8::1/128") });
      world.shSync("iptables -F; iptables -X");
      await jail.ban("198.51.100.2");
      expect(iptablesRules().inet4).toEqual(inet4("198.51.100.1/32", "198.51.100.2/32"));
      await jail.stop();
      expect(iptablesRules()).toEqual({ inet4: [], inet6: [] });
    },
  );
}

e2e(`iptables: a jump of a killed run with other ports goes${suffix}`, async () => {
  await new StockJail("iptables-multiport[port=8080]").ban("198.51.100.1");
  const jail = new StockJail(`iptables[port=${PORT}]`);
  await jail.ban("198.51.100.1");
  expect(iptablesRules().inet4.filter((rule) => rule.startsWith("-A INPUT"))).toEqual([
    `-A INPUT -p tcp -m tcp --dport ${PORT} -j f2b-j1`,
  ]);
  await jail.stop();
});

e2e(`iptables: rules of others and jails with longer names stay${suffix}`, async () => {
  world.shSync(
    "iptables -N f2b-j11; iptables -A INPUT -p tcp -j f2b-j11; iptables -A INPUT -s 192.0.2.9 -j DROP",
  );
  const before = iptablesRules();
  const jail = new StockJail("iptables-allports");
  await jail.ban("198.51.100.1");
  await jail.stop();
  expect(iptablesRules()).toEqual(before);
});

const NFTABLES = [
  {
    action: `nftables[port=${PORT}]`,
    matches: [`tcp dport ${PORT}`],
  },
  {
    action: 'nftables-multiport[port="2222,8000:8010", protocol="tcp,udp"]',
    matches: ["tcp dport { 2222, 8000-8010 }", "udp dport { 2222, 8000-8010 }"],
  },
  { action: "nftables-allports", matches: ["meta l4proto tcp"] },
  { action: 'nftables-allports[protocol="tcp,udp"]', matches: ["meta l4proto { tcp, udp }"] },
  { action: "nftables-allports[protocol=all]", matches: [""] },
  { action: `nftables-multiport[port=${PORT}, protocol=all]`, matches: [`th dport ${PORT}`] },
] as const;

for (const { action, matches } of NFTABLES) {
  const set = (name: string, type: string, elements: readonly string[]): string[] => [
    `set ${name} {`,
    `type ${type}`,
    "flags interval",
    ...(elements.length === 0 ? [] : [`elements = { ${elements.join(", ")} }`]),
  ];
  const rule = (match: string, family: string, name: string, icmp: string): string =>
    `${match} ${family} saddr @${name} reject with ${icmp} port-unreachable`.trim();
  const table = (bans: readonly string[], bans6?: readonly string[]): string[] => [
    "table inet f2b-table {",
    ...set("addr-set-j1", "ipv4_addr", bans),
    ...(bans6 === undefined ? [] : set("addr6-set-j1", "ipv6_addr", bans6)),
    "chain f2b-chain {",
    "type filter hook input priority filter - 1; policy accept;",
    ...matches.map((match) => rule(match, "ip", "addr-set-j1", "icmp")),
    ...(bans6 === undefined ? [] : matches.map((match) => rule(match, "ip6", "addr6-set-j1", "icmpv6"))),
  ];
  /** a chain keeps its place in the listing; sets come after it when made later */
  const sorted = (lines: readonly string[]): string[] => [...lines].sort();

  e2e(`${action}: table, sets and rules come and go as they should${suffix}`, async () => {
    const jail = new StockJail(action);
    expect((await jail.only.start()).kind).toBe("skipped");
    expect(nftTable()).toEqual([]);

    await jail.ban("198.51.100.1", "2001:db8::1", "198.51.100.3");
    const full = sorted(table(["198.51.100.1", "198.51.100.3"], ["2001:db8::1"]));
    expect(sorted(nftTable())).toEqual(full);
    await jail.ban("198.51.100.1");
    expect(sorted(nftTable()), "a ban that is there already").toEqual(full);

    await jail.unban("198.51.100.3");
    expect(sorted(nftTable())).toEqual(sorted(table(["198.51.100.1"], ["2001:db8::1"])));
    expect((await jail.only.flush()).kind).toBe("done");
    expect(sorted(nftTable())).toEqual(sorted(table([], [])));
    expect((await jail.only.check()).kind).toBe("done");
    await jail.stop();
    expect(nftTable()).toEqual([]);
    expect(jail.told()).toEqual([]);
  });

  e2e(`${action}: what a killed run left is taken over, nothing is there twice${suffix}`, async () => {
    await new StockJail("nftables-multiport[port=1:9]").ban("198.51.100.1", "198.51.100.9");
    const jail = new StockJail(action);
    await jail.ban("198.51.100.1");
    expect(sorted(nftTable())).toEqual(sorted(table(["198.51.100.1"])));
    await jail.stop();
    expect(nftTable()).toEqual([]);
  });

  e2e(
    `${action}: somebody flushes the ruleset, the check notices and the bans come back${suffix}`,
    async () => {
      const jail = new StockJail(action);
      await jail.ban("198.51.100.1", "2001:db8::1");
      const full = sorted(nftTable());
      world.shSync("nft flush ruleset");
      expect((await jail.only.check()).kind).toBe("done");
      expect(jail.told().filter((line) => line.includes("Trying to restore"))).toHaveLength(2);
      expect(sorted(nftTable())).toEqual(full);
      world.shSync("nft flush ruleset");
      await jail.ban("198.51.100.3");
      expect(sorted(nftTable()).filter((line) => line.includes("198.51"))).toEqual([
        "elements = { 198.51.100.1, 198.51.100.3 }",
      ]);
      await jail.stop();
      expect(nftTable()).toEqual([]);
    },
  );
}

e2e(
  `nftables: jails share the table, which goes with the last of them; networks can be banned${suffix}`,
  async () => {
    const first = new StockJail("nftables[name=a]");
    const second = new StockJail("nftables[name=ab]");
    await first.ban("198.51.100.1");
    await second.ban("203.0.113.0/24");
    await first.stop();
    expect(nftTable()).toContain("set addr-set-ab {");
    expect(nftTable()).toContain("elements = { 203.0.113.0/24 }");
    expect(nftTable().filter((line) => line.includes("reject"))).toHaveLength(1);
    await second.stop();
    expect(nftTable()).toEqual([]);
  },
);

e2e(
  `nftables: jails that start and stop at the same time do not take the table from each other${suffix}`,
  async () => {
    const lives = [..."abcd"].map(async (name, index) => {
      for (let life = 0; life < 10; life += 1) {
        const jail = new StockJail(`nftables[name=${name}]`);
        await jail.ban(`198.51.100.${index + 1}`);
        await jail.stop();
        expect(jail.told()).toEqual([]);
      }
    });
    await Promise.all(lives);
    expect(nftTable()).toEqual([]);
  },
);

e2e(`nftables: a match and a verdict of one's own${suffix}`, async () => {
  const jail = new StockJail('nftables[type=custom, rule_match-custom="iif lo", blocktype=drop]');
  await jail.ban("198.51.100.1", "2001:db8::1");
  expect(nftTable()).toContain('iif "lo" ip saddr @addr-set-j1 drop');
  expect(nftTable()).toContain('iif "lo" ip6 saddr @addr6-set-j1 drop');
  await jail.stop();
});

e2e(`iptables: chains and a verdict of one's own${suffix}`, async () => {
  const jail = new StockJail('iptables-allports[chain="INPUT,FORWARD", blocktype=DROP]');
  await jail.ban("198.51.100.1", "2001:db8::1");
  expect(iptablesRules().inet4).toEqual([
    ":f2b-j1",
    "-A INPUT -p tcp -j f2b-j1",
    "-A FORWARD -p tcp -j f2b-j1",
    "-A f2b-j1 -s 198.51.100.1/32 -j DROP",
    "-A f2b-j1 -j RETURN",
  ]);
  expect(iptablesRules().inet6).toContain("-A f2b-j1 -s 2001:db8::1/128 -j DROP");
  await jail.stop();
  expect(iptablesRules()).toEqual({ inet4: [], inet6: [] });
});

for (const action of ["iptables", "iptables-multiport", "nftables", "nftables-multiport"]) {
  e2e(`${action}: a start that fails half-way leaves nothing behind${suffix}`, async () => {
    const jail = new StockJail(`${action}[port="ssh,no-such-service", protocol=tcp]`);
    jail.enter(sampleBan("198.51.100.1"));
    expect((await jail.only.ban(sampleBan("198.51.100.1"))).kind).toBe("failed");
    expect(iptablesRules().inet4).toEqual([]);
    expect(nftTable()).toEqual([]);
  });
}

const ALL = [
  "iptables",
  "iptables-multiport",
  "iptables-allports",
  "nftables",
  "nftables-multiport",
  "nftables-allports",
];
for (const action of ALL) {
  e2e(
    `${action}: packets of the banned meet a refusal on the jail's ports, and pass again${suffix}`,
    async () => {
      const isAllPorts = action.endsWith("allports");
      // as people write it: nothing quoted, no chain
      const jail = new StockJail(`${action}[name=%(__name__)s, port=${PORT}, protocol=tcp]`);
      const six = world.hasIpv6;
      const meets = async (): Promise<string[]> => [
        await world.connect("198.51.100.5", MACHINE, PORT),
        await world.connect("198.51.100.5", MACHINE, OTHER_PORT),
        await world.connect("198.51.100.6", MACHINE, PORT),
        six ? await world.connect("2001:db8:99::11", "2001:db8:99::1", PORT) : "-",
        six ? await world.connect("2001:db8:99::12", "2001:db8:99::1", PORT) : "-",
      ];
      const open = six ? "open" : "-";
      await jail.ban("198.51.100.5", "2001:db8:99::11");
      const other = isAllPorts ? "ECONNREFUSED" : "open";
      expect(await meets()).toEqual(["ECONNREFUSED", other, "open", six ? "ECONNREFUSED" : "-", open]);
      await jail.unban("198.51.100.5");
      await jail.unban("2001:db8:99::11");
      expect(await meets()).toEqual(["open", "open", "open", open, open]);
      await jail.stop();
    },
  );
}

/** A mail as the stand-in took it: its arguments, header lines and body. */
function mailsTaken(): { readonly args: string; readonly header: string[]; readonly body: string }[] {
  return world.mails().map((mail) => {
    const [, args = "", head = "", body = ""] = /^ARGS (.*)\n([\s\S]*?)\n\n([\s\S]*)$/.exec(mail) ?? [];
    return { args, header: head.split("\n"), body };
  });
}

/** Those about bans. */
const banMails = (): ReturnType<typeof mailsTaken> =>
  mailsTaken().filter(({ header }) => header[0]?.includes(": banned ") === true);

const SUBJECT_BAN = "Subject: [Fail2Ban] j1: banned 198.51.100.7 from gate.example.org";

for (const action of ["sendmail", "sendmail-whois", "sendmail-whois-lines"]) {
  e2e(`${action}: a mail at start, ban and stop, none for a ban from the database${suffix}`, async () => {
    const jail = new StockJail(
      `${action}[name=%(__name__)s, dest=domingo, logpath=%(logpath)s]`,
      "logpath = /var/log/first*.log\n  /var/log/second.log",
    );
    world.write("/var/log/first-a.log", "one 198.51.100.7 x\nnot 198.51.100.77 y\n");
    world.write("/var/log/first-b.log", "two 198.51.100.7\n");
    world.write("/var/log/second.log", "three \xff\0 198.51.100.7 z\nfour 1198.51.100.7\n");
    expect((await jail.only.start()).kind).toBe("done");
    await jail.ban(sampleBan("198.51.100.7", { attempts: 3 }), sampleBan("198.51.100.8", { restored: true }));
    await jail.stop();

    const mails = mailsTaken();
    expect(mails.map(({ header }) => header[0])).toEqual([
      "Subject: [Fail2Ban] j1: started on gate.example.org",
      SUBJECT_BAN,
      "Subject: [Fail2Ban] j1: stopped on gate.example.org",
    ]);
    for (const { args, header } of mails) {
      expect(args).toBe("-i -f fail2ban domingo");
      expect(header.map((line) => line.split(":")[0])).toEqual([
        "Subject",
        "Date",
        "From",
        "To",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
      ]);
      expect(header).toContain("From: Fail2Ban <fail2ban>");
      expect(header).toContain("To: domingo");
    }
    const body = mails[1]?.body ?? "";
    expect(body).toContain(
      "The IP 198.51.100.7 has just been banned by Fail2Ban after\n3 attempts against j1.\n",
    );
    expect(body.includes("whois stand-in answers for 198.51.100.7\nabuse-mailbox")).toBe(
      action !== "sendmail",
    );
    const lines = body.split("\n").filter((line) => /^(?:one|two|three|four|not) /.test(line));
    const wanted = ["one 198.51.100.7 x", "two 198.51.100.7"];
    expect(lines.slice(0, 2)).toEqual(action === "sendmail-whois-lines" ? wanted : []);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(
      action === "sendmail-whois-lines" ? ["one", "two", "three"] : [],
    );
  });
}

e2e(`sendmail-whois-lines: the jail's own action_mwl, with a sender${suffix}`, async () => {
  const jail = new StockJail(
    "%(action_mwl)s",
    "banaction = dry-run\nport = ssh\ndestemail = ops@example.org, b@example.org",
  );
  await jail.ban("198.51.100.7");
  const [mail] = banMails();
  expect(mail?.args).toBe("-i -f root@gate.example.org ops@example.org, b@example.org");
  expect(mail?.header[0]).toBe(SUBJECT_BAN);
  expect(world.read("/var/log/gaoler-dry-run.log")).toContain("would ban 198.51.100.7 for 600 seconds");
  await jail.stop();
});

e2e(`mails: a lone quote is dropped, as the issue's configuration has one${suffix}`, async () => {
  const jail = new StockJail(
    'iptables-multiport[name=%(__name__)s, port="%(port)s", protocol="%(protocol)s]\n' +
      '  sendmail-whois[name=%(__name__)s, dest="%(destemail)s", protocol="%(protocol)s]',
    "port = ssh\ndestemail = domingo",
  );
  await jail.ban("198.51.100.7");
  expect(iptablesRules().inet4).toContain("-A INPUT -p tcp -m multiport --dports 22 -j f2b-j1");
  expect(banMails().map(({ header }) => header[0])).toEqual([SUBJECT_BAN]);
  await jail.stop();
  expect(iptablesRules().inet4).toEqual([]);
});

const HOSTILE = "x'; touch /tmp/pwned; \" `touch /tmp/pwned` $(touch /tmp/pwned) %s \\n ; & | > /tmp/pwned";

e2e(`mails: hostile log lines and whois answers change nothing but the body${suffix}`, async () => {
  const whois = world.read("/usr/bin/whois");
  world.write(
    "/usr/bin/whois",
    "#!/bin/sh\nprintf 'Bcc: victim@example.org\\n\\n.\\r\\n.\\nSubject: taken over\\n\\033[2J$(touch /tmp/pwned)\\n'\n",
  );
  world.shSync("chmod 755 /usr/bin/whois");
  const line = `Failed password for ${HOSTILE} from 198.51.100.7 port 1 ssh2`;
  world.write(
    "/var/log/hostile.log",
    `${line}\n.\nBcc: victim@example.org 198.51.100.7\n\x1b]0;x\x07 198.51.100.7\n`,
  );
  const jail = new StockJail("sendmail-whois-lines[dest=domingo, logpath=/var/log/hostile.log]");
  await jail.ban(sampleBan("198.51.100.7", { matches: [line], data: new Map([["user", HOSTILE]]) }));
  const mails = banMails();
  expect(mails).toHaveLength(1);
  expect(mails[0]?.args).toBe("-i -f fail2ban domingo");
  expect(mails[0]?.header).toHaveLength(7);
  expect(mails[0]?.header.join("\n")).not.toMatch(/Bcc|taken over/);
  expect(mails[0]?.body).toContain(`${line}\n`);
  expect(mails[0]?.body).toContain("\n .\nSubject: taken over\n");
  expect(mails[0]?.body).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
  expect(mails[0]?.body.trimEnd().endsWith("Regards,\n\nFail2Ban")).toBe(true);
  expect(world.read("/tmp/pwned")).toBe("");
  expect(world.shSync("ls /tmp")).not.toContain("pwned");
  world.write("/usr/bin/whois", whois);
});

e2e(`mails: an ID that is no address may hold anything${suffix}`, async () => {
  const jail = new StockJail("sendmail-whois-lines[dest=domingo, logpath=/dev/null]");
  const id = `-h evil\nBcc: victim@example.org\n\n\\c\\0033 ${HOSTILE}`;
  await jail.ban(sampleBan(id));
  const mails = banMails();
  expect(mails).toHaveLength(1);
  expect(mails[0]?.header).toHaveLength(7);
  expect(mails[0]?.header[0]).toContain("banned -h evil Bcc: victim@example.org \\ c\\ 0033 x'; touch");
  const line = id.replace(/\n+/g, " ").replaceAll("\\", "\\ ");
  expect(mails[0]?.body).toContain(`The IP ${line} has just been banned`);
  expect(mails[0]?.body).toContain("(whois gave no answer)");
  expect(world.shSync("ls /tmp")).not.toContain("pwned");
});
