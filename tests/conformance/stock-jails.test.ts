/**
 * The stock jails beside those of fail2ban's package: a `jail.local` written for those finds the same ports, logs, limits and actions
 * in ours. All jails are read by our own reader, a jail.local as people write it by the real program, too.
 * @module
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFile } from "../../src/cli/virtual-file.ts";
import { foldConfiguration } from "../../src/config/fold.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import type { JailSettings } from "../../src/config/settings.ts";
import { streamOf } from "../../src/config/stream.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { readLiterals } from "../parity/config/literals.ts";
import { openOracle, runPython } from "../parity/oracle-package.ts";
import { STOCK } from "../unit/stock/stock-jails.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const PACKAGE = join(oracle, "etc/fail2ban");
const isAbsent = oracle === "" || !existsSync(join(PACKAGE, "jail.conf"));
const suffix = isAbsent ? " (skipped: no fail2ban package)" : "";

/** The package's release, 1.0.2, uses iptables where its successors and ours use nftables. */
const LOCAL =
  "[DEFAULT]\nenabled = true\nbanaction = iptables-multiport\nbanaction_allports = iptables-allports\n";

const PARAMETERS = ["name", "port", "protocol", "blocktype", "returntype", "actionstart_on_demand"];

/** What is otherwise on purpose: jail and setting, and why. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  "froxlor-auth log": "as in release 1.1: the panel writes with the facility user",
  "mysqld-auth log": "as in release 1.1: the files that MySQL and MariaDB write",
  "counter-strike actions": "ranges: 17 ports one by one are more than iptables takes in one rule",
};

/** What a jail.local's author relies on, without anything of how lines are recognised. */
function outlineOf(jail: JailSettings, directory: string): ReadonlyMap<string, string> {
  const actions = jail.actions.map(({ name, properties }) => [
    name,
    ...PARAMETERS.map((parameter) => `${parameter}=${properties.get(parameter) ?? ""}`),
  ]);
  const values = {
    log: jail.logpaths.map(({ pattern }) => pattern),
    actions,
    backend: jail.backend,
    limits: [jail.maxretry, jail.findtime, jail.bantime, jail.maxmatches],
    usedns: jail.usedns,
    encoding: jail.logencoding,
    ignorecommand: jail.ignorecommand.replace(directory, ""),
  };
  return new Map(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
}

function outlines(directory: string) {
  const files = withFile(nodeConfigFiles, join(directory, "jail.local"), LOCAL);
  // filters and actions of either are looked for in both, so that no jail is missing for want of one
  const loaded = loadConfiguration({ files, baseDir: directory, stockDir: PACKAGE });
  const { jails } = foldConfiguration(loaded);
  return new Map(jails.map((jail) => [jail.name, outlineOf(jail, directory)]));
}

test.skipIf(isAbsent)(
  `every jail of the package has its likeness in the stock configuration${suffix}`,
  () => {
    const ours = outlines(STOCK);
    const theirs = outlines(PACKAGE);
    expect(theirs.size).toBeGreaterThan(80);
    expect([...theirs.keys()].filter((name) => !ours.has(name))).toEqual([]);
    const different = [...theirs].flatMap(([name, outline]) =>
      [...outline]
        .filter(([key, value]) => ours.get(name)?.get(key) !== value)
        .map(([key]) => `${name} ${key}`),
    );
    expect(different.sort()).toEqual(Object.keys(DEVIATIONS).sort());
  },
);

/** Logs that a machine has, by the variables that lead to them. */
const VARIABLES =
  "syslog_authpriv syslog_daemon syslog_ftp syslog_mail syslog_mail_warn syslog_user syslog_local0 auditd_log apache_error_log apache_access_log nginx_error_log nginx_access_log lighttpd_error_log exim_main_log proftpd_log vsftpd_log roundcube_errors_log mysql_log".split(
    " ",
  );
const MAIL = "destemail = admin@example.net\nsender = bans@example.net\n";

/** A jail.local as people write them, for a machine that runs a little of everything. */
const JAIL_LOCAL = `[DEFAULT]
ignoreip = 127.0.0.1/8 ::1 192.0.2.0/24
bantime = 1h
findtime = 20m
maxretry = 4
banaction = iptables-multiport
banaction_allports = iptables-allports
${MAIL}action = %(action_mwl)s

[sshd]
enabled = true
port = ssh,2222
mode = aggressive
[dropbear]
enabled = true
[selinux-ssh]
enabled = true
[apache-auth]
enabled = true
[apache-badbots]
enabled = true
[apache-noscript]
enabled = true
maxretry = 6
[apache-overflows]
enabled = true
[apache-botsearch]
enabled = true
action = %(action_)s
[nginx-http-auth]
enabled = true
port = http,https,8443
[nginx-botsearch]
enabled = true
logpath = %(nginx_access_log)s
[php-url-fopen]
enabled = true
[lighttpd-auth]
enabled = true
[roundcube-auth]
enabled = true
[proftpd]
enabled = true
[pure-ftpd]
enabled = true
[vsftpd]
enabled = true
[wuftpd]
enabled = true
[postfix]
enabled = true
mode = aggressive
[postfix-sasl]
enabled = true
bantime = 1d
[postfix-rbl]
enabled = true
[dovecot]
enabled = true
action = %(action_mw)s
[sieve]
enabled = true
[exim]
enabled = true
[exim-spam]
enabled = true
[courier-auth]
enabled = true
[mysqld-auth]
enabled = true
[pam-generic]
enabled = true
banaction = iptables-allports[blocktype=DROP]
[webmin-auth]
enabled = true
[solid-pop3d]
enabled = true
`;

/** Options of the stream that are the jail's, not its filter's. */
const JAIL_WORDS = new Set(
  "usedns maxretry maxmatches findtime bantime ignorecommand logencoding addlogpath addignoreip addaction".split(
    " ",
  ),
);
const ACTION_WORDS = new Set(["actname", "name", "port", "protocol", "chain", "blocktype", "dest", "sender"]);

/** What of a command is about the jail: without how lines are recognised and what actions run. */
function shownWords(words: readonly unknown[]): readonly string[] {
  const [verb, jail, option] = words;
  if (verb === "add" || verb === "start") return [JSON.stringify(words)];
  if (verb === "set" && JAIL_WORDS.has(String(option))) return [JSON.stringify(words)];
  if (verb !== "multi-set" || option !== "action") return [];
  const properties = Array.isArray(words[4]) ? words[4] : [];
  const shown = properties.filter((pair) => Array.isArray(pair) && ACTION_WORDS.has(String(pair[0])));
  return [JSON.stringify([jail, words[3], ...shown.map((pair) => JSON.stringify(pair)).sort()])];
}

test.skipIf(isAbsent)(
  `a jail.local with 29 jails means the same on ours as -d says for the original${suffix}`,
  async () => {
    const root = mkdtempSync(join(tmpdir(), "gaoler-jails-"));
    try {
      const logs = VARIABLES.map((variable) => {
        writeFileSync(join(root, variable), "");
        return `${variable} = ${join(root, variable)}\n`;
      });
      const text = JAIL_LOCAL.replace("[DEFAULT]\n", `[DEFAULT]\n${logs.join("")}`);
      const theirs = join(root, "theirs");
      cpSync(PACKAGE, theirs, { recursive: true });
      rmSync(join(theirs, "jail.d"), { recursive: true, force: true });
      writeFileSync(join(theirs, "jail.local"), text);
      const { stdout, code } = await openOracle(oracle).run(["fail2ban-client", "-c", theirs, "-d"]);
      const lines = stdout.split("\n").filter((line) => line.startsWith("["));
      const said = await readLiterals(lines, { python: runPython });
      const files = withFile(nodeConfigFiles, join(STOCK, "jail.local"), text);
      const loaded = loadConfiguration({ files, baseDir: STOCK, stockDir: PACKAGE });
      expect([code, loaded.fatal]).toEqual([0, undefined]);
      const theirWords = said.flatMap((words) => (Array.isArray(words) ? shownWords(words) : []));
      const ourWords = streamOf(loaded).flatMap(({ words }) => shownWords(words));
      expect(theirWords.filter((words) => words.startsWith('["start"'))).toHaveLength(29);
      expect([...ourWords].sort()).toEqual([...theirWords].sort());
    } finally {
      rmSync(root, { recursive: true });
    }
  },
);

test.skipIf(isAbsent)(`the real program reads our stock, every jail of it, as we do${suffix}`, async () => {
  const root = mkdtempSync(join(tmpdir(), "gaoler-stock-"));
  try {
    const directory = join(root, "config");
    cpSync(STOCK, directory, { recursive: true });
    const log = join(root, "log");
    writeFileSync(log, "");
    const load = () => loadConfiguration({ files: nodeConfigFiles, baseDir: directory, version: "1.0.2" });
    const names = load().jails.map((jail) => jail.name);
    const sections = names.map((name) => `[${name}]\nenabled = true\nlogpath = ${log}\n`);
    writeFileSync(join(directory, "jail.local"), sections.join(""));
    const { stdout, code } = await openOracle(oracle).run(["fail2ban-client", "-c", directory, "-d"]);
    const lines = stdout.split("\n").filter((line) => line.startsWith("["));
    const theirs = await readLiterals(lines, { python: runPython });
    const ours = streamOf(load()).map(({ words }) => words);
    expect([code, ours.length]).toEqual([0, theirs.length]);
    expect(names.length).toBeGreaterThan(110);
    const different = ours.flatMap((words, index) =>
      JSON.stringify(words) === JSON.stringify(theirs[index]) ? [] : [`${words[1]} ${words[2]} ${words[3]}`],
    );
    // in 1.1 the jail's argument wins over a value of the action for one family, in 1.0.2 that value
    expect(different.filter((about) => about !== "pass2allow-ftp action iptables-multiport")).toEqual([]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
