import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileAction, OPERATIONS } from "../../src/action/action-definition.ts";
import { planOperation } from "../../src/action/plan.ts";
import { compileFilter } from "../../src/filter/line-filter.ts";
import { sampleInfo } from "../unit/action/sample.ts";
import { namesIn, STOCK, stockFilter, stockJails, textOf } from "../unit/stock/stock-jails.ts";

const zone = {
  epochOf: () => 0,
  civilAt: () => ({ year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0 }),
};
const ACTIONS = [
  ...namesIn("action.d"),
  "iptables-ipset[ipsettime='<timeout-bantime>']",
  'nftables[type=custom, rule_match-custom="iif lo"]',
  "ufw[application=OpenSSH, kill-mode=conntrack]",
  "pf[actiontype=<allports>]",
];
/** Those that stand in for `banaction`. */
const BANACTIONS = [
  "iptables",
  "iptables-multiport",
  "iptables-allports",
  "iptables-new",
  "iptables-multiport-log",
  "iptables-ipset",
  "iptables-ipset-proto6",
  "iptables-ipset-proto6-allports",
  "nftables",
  "nftables-multiport",
  "nftables-allports",
  "firewallcmd-multiport",
  "firewallcmd-allports",
  "firewallcmd-rich-rules",
  "shorewall",
  "ufw",
  "route",
  "hostsdeny",
  "pf",
  "dry-run",
];
const HOSTILE = "x'; reboot; \" `reboot` $(reboot) \\ % & | > < ( ) { } * ? ~ # \n.\n";

const isMissingLog = (text: string): boolean => /there is no log file .* yet/.test(text);

test("all stock jails at once load without a mistake", () => {
  const { jails, errors, diagnostics, fatal } = stockJails("[DEFAULT]\nenabled = true\n");
  expect(fatal).toBeUndefined();
  expect([...errors]).toEqual([]);
  expect(diagnostics.map(textOf).filter((text) => !isMissingLog(text))).toEqual([]);
  expect(jails.size).toBeGreaterThan(110);
  for (const settings of jails.values()) {
    const { filter, diagnostics: found } = compileFilter(settings, { zone, startYear: 2026 });
    expect([settings.name, filter === undefined, found]).toEqual([settings.name, false, []]);
    expect(settings.failregex.length).toBeGreaterThan(0);
    expect(settings.actions.length).toBeGreaterThan(0);
  }
});

test("without a jail.local no jail runs", () => {
  const { jails, diagnostics } = stockJails("");
  expect([...jails.keys()]).toEqual([]);
  expect(diagnostics.map(textOf)).toEqual([]);
});

for (const shortcut of ["action_", "action_mw", "action_mwl"]) {
  for (const banaction of BANACTIONS) {
    test(`%(${shortcut})s with banaction = ${banaction} loads without a mistake`, () => {
      const local = `[DEFAULT]\nbanaction = ${banaction}\naction = %(${shortcut})s\n[sshd]\nenabled = true\n`;
      const { jails, diagnostics } = stockJails(local);
      expect(diagnostics.map(textOf).filter((text) => !isMissingLog(text))).toEqual([]);
      const names = jails.get("sshd")?.actions.map(({ name }) => name);
      const mail = { action_: [], action_mw: ["sendmail-whois"], action_mwl: ["sendmail-whois-lines"] };
      expect(names).toEqual([banaction, ...(mail[shortcut as keyof typeof mail] ?? [])]);
    });
  }
}

/** The values that the options of filters know. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  sshd: ["mode=normal", "mode=ddos", "mode=extra", "mode=aggressive"].flatMap((mode) =>
    ["nofail", "invalid", "any", "ignore"].map((key) => `${mode}, publickey=${key}`),
  ),
  "apache-auth": ["mode=normal", "mode=aggressive", "logging=logfile", "logging=syslog", "logging=all"],
  "apache-noscript": ["logging=syslog", "logging=all"],
  dovecot: ["mode=normal", "mode=aggressive"],
  exim: ["mode=normal", "mode=more", "mode=aggressive"],
  freeswitch: ["mode=normal", "mode=ddos", "mode=extra"],
  "froxlor-auth": ["type=1", "type=2"],
  guacamole: ["logging=catalina", "logging=webapp"],
};
const LOGTYPES = ["file", "short", "journal", "rfc5424"].map((type) => `logtype=${type}`);

for (const name of namesIn("filter.d")) {
  test(`the filter ${name} compiles with all its options, and nothing in it is left open`, () => {
    for (const option of [...(OPTIONS[name] ?? []), ...LOGTYPES]) {
      const { parts } = stockFilter(`${name}[${option}]`);
      expect(parts.failures.length).toBeGreaterThan(0);
      const patterns = [parts.prefix, ...parts.failures].flatMap((part) => part?.expanded ?? []);
      // a tag or an interpolation that found no value would stand in the pattern as it was written
      const open = patterns.filter((text) => /(?<!\(\?P)<[a-z_][\w/-]*>|%\(|<\/?[A-Z]/.test(text));
      expect([option, open]).toEqual([option, []]);
    }
  });
}

test("every option named here is of a filter in stock", () => {
  expect(namesIn("filter.d")).toEqual(expect.arrayContaining(Object.keys(OPTIONS)));
});

for (const item of ACTIONS) {
  test(`the shell accepts every script of the action ${item}, whatever is in a ban`, () => {
    const local = `[j1]\nenabled = true\nfilter = sshd\nlogpath = /dev/null\naction = ${item}\n`;
    const settings = stockJails(local).jails.get("j1")?.actions[0];
    if (settings === undefined) throw new Error("no action");
    const definition = compileAction(settings, "j1", { full: "host.example.org", short: "host" });
    expect(definition.diagnostics).toEqual([]);
    const families = definition.isConditional ? (["inet4", "inet6"] as const) : ([""] as const);
    const scripts: string[] = [];
    for (const id of ["192.0.2.1", "2001:db8::1", "192.0.2.0/24", HOSTILE]) {
      const info = sampleInfo(id, { matches: [HOSTILE], data: new Map([["user", HOSTILE]]) });
      for (const family of families) {
        for (const operation of OPERATIONS) {
          const plan = planOperation(definition, operation, family, info);
          if (plan === undefined) continue;
          scripts.push(plan.script);
          expect(plan.script).not.toMatch(/reboot/);
          // tags that found no value would stand there as they were written
          expect(plan.script.replaceAll("<fail2ban>", "")).not.toMatch(/<[a-zA-Z_][\w-]*>/);
        }
      }
    }
    expect(scripts.length).toBeGreaterThan(0);
    // a shell for all of them: to start one takes longer than to read them
    const functions = scripts.map((script, index) => `script_${index}() {\n${script}\n}\n`);
    execFileSync("/bin/sh", ["-n"], { input: functions.join(""), stdio: "pipe" });
  });
}

test("no value in stock is cut off by a semicolon behind a blank", () => {
  const files = ["", "filter.d", "action.d"].flatMap((folder) =>
    readdirSync(join(STOCK, folder))
      .filter((name) => name.endsWith(".conf"))
      .map((name) => join(STOCK, folder, name)),
  );
  const cut = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => /\s;/.test(line) && !line.startsWith("#"))
      .map((line) => `${file}: ${line}`),
  );
  expect(cut).toEqual([]);
});
