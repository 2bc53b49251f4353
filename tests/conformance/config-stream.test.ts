/**
 * The package's own configuration tree, read by us and by Debian's fail2ban 1.0.2: the command stream of `-d` as data.
 * Configurations of our own are compared by the part `configs` of the parity run.
 * @module
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { foldConfiguration } from "../../src/config/fold.ts";
import { type LoadedConfiguration, loadConfiguration } from "../../src/config/load.ts";
import { dumpReport } from "../../src/config/report.ts";
import { streamOf } from "../../src/config/stream.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { readLiterals } from "../parity/config/literals.ts";
import { openOracle, runPython } from "../parity/oracle-package.ts";

const ORACLE = process.env["GAOLER_ORACLE"] ?? "";
const isMissing = !existsSync(join(ORACLE, "usr/bin/fail2ban-client"));
const why = isMissing ? " (skipped: no fail2ban package)" : "";
const FOLDER = join(import.meta.dirname, "config");

const runOracle = (directory: string, option: string) =>
  openOracle(ORACLE).run(["fail2ban-client", "-c", directory, option]);

async function dumpOracle(directory: string) {
  const { stdout, code } = await runOracle(directory, "-d");
  const lines = stdout.split("\n").filter((line) => line.startsWith("["));
  return { commands: await readLiterals(lines, { python: runPython }), exitCode: code };
}

const load = (baseDir: string): LoadedConfiguration =>
  loadConfiguration({ files: nodeConfigFiles, baseDir, version: "1.0.2" });

/** What a word of the stream is about, without any text of the package. */
const aboutOf = (words: readonly unknown[]): string =>
  words[2] === "action" ? `${words[1]} action ${words[3]}` : `${words[1]} ${words[2]}`;

/** The commands that differ, by jail and option. */
function differences(ours: readonly (readonly unknown[])[], theirs: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  if (ours.length !== theirs.length) found.add(`${ours.length} commands against ${theirs.length}`);
  for (const [index, words] of ours.entries()) {
    if (JSON.stringify(words) !== JSON.stringify(theirs[index])) found.add(aboutOf(words));
  }
  return [...found];
}

/** Without the conditional properties of actions, where 1.1 lets arguments win. */
function withoutConditional(words: readonly unknown[]): readonly unknown[] {
  return words
    .filter((item) => !(Array.isArray(item) && typeof item[0] === "string" && item[0].includes("?")))
    .map((item) => (Array.isArray(item) ? withoutConditional(item) : item));
}

describe.skipIf(isMissing)(`the package's own tree with all jails enabled${why}`, () => {
  const variants: readonly (readonly [name: string, defaults: string])[] = [
    ["as it is", ""],
    ["mail with whois", "action = %(action_mw)s\n"],
    ["mail with whois and lines", "action = %(action_mwl)s\n"],
    ["nftables", "banaction = nftables-multiport\nbanaction_allports = nftables[type=allports]\n"],
    ["the journal", "backend = systemd\n"],
    ["modes", "mode = aggressive\nbantime.increment = true\nmaxmatches = 7\nusedns = no\nchain = OTHER\n"],
  ];

  test.each(variants)("%s", async (name, defaults) => {
    const root = mkdtempSync(join(tmpdir(), "gaoler-tree-"));
    try {
      const directory = join(root, "config");
      cpSync(join(ORACLE, "etc/fail2ban"), directory, { recursive: true });
      const log = join(root, "log");
      writeFileSync(log, "");
      const jails = load(directory).jails.map((jail) => jail.name);
      expect(jails.length).toBeGreaterThan(80);
      const isJournal = name === "the journal";
      const sections = jails.map((jail) => `[${jail}]\n${isJournal ? "" : `logpath = ${log}\n`}`);
      writeFileSync(
        join(directory, "jail.local"),
        `[DEFAULT]\nenabled = true\n${defaults}${sections.join("")}`,
      );
      const loaded = load(directory);
      const theirs = await dumpOracle(directory);
      const ours = streamOf(loaded).map(({ words }) => words);
      expect(loaded.fatal).toBeUndefined();
      if (name === "nftables") {
        const { stdout } = await runOracle(directory, "--dp");
        const pretty = dumpReport(loaded, true).lines.filter((line) => line.stream === "stdout");
        const isSame = `${pretty.map(({ text }) => text).join("\n")}\n` === stdout;
        expect(isSame, "pretty-printed alike").toBe(true);
      }
      expect(dumpReport(loaded).exitCode).toBe(theirs.exitCode);
      const theirCommands = theirs.commands.map((words) => (Array.isArray(words) ? words : [words]));
      expect(differences(ours.map(withoutConditional), theirCommands.map(withoutConditional))).toEqual([]);
      // the one jail whose argument has a conditional value beside it, in the action that has one
      const conditional = differences(ours, theirs.commands);
      expect(conditional.filter((about) => about !== "pass2allow-ftp action iptables-multiport")).toEqual([]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

test.skipIf(isMissing)(`the configuration with the open quote runs over the package's tree${why}`, () => {
  const directory = mkdtempSync(join(tmpdir(), "gaoler-issue-"));
  try {
    cpSync(join(ORACLE, "etc/fail2ban"), directory, { recursive: true });
    for (const name of ["jail.local", "filter.d/apache-noscript-tdd.conf"]) {
      cpSync(join(FOLDER, "issue-configuration", name), join(directory, name));
    }
    const stockDir = join(import.meta.dirname, "../../stock");
    const loaded = loadConfiguration({ files: nodeConfigFiles, baseDir: directory, stockDir });
    const { jails, diagnostics } = foldConfiguration(loaded);
    const names = ["ssh", "ssh-ddos", "apache", "apache-noscript", "apache-noscript-tdd", "pureftpd"];
    const found = jails.filter(({ name }) => names.includes(name));
    expect(found.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const { actions, failregex } of found) {
      expect(failregex.length).toBeGreaterThan(0);
      expect(actions.map(({ name }) => name)).toEqual(["iptables-multiport", "sendmail-whois-lines"]);
      expect(actions[0]?.properties.get("protocol")).toBe("tcp");
    }
    const warnings = diagnostics.filter(({ severity }) => severity !== "notice");
    expect(warnings.map(({ origin, message }) => [origin?.line, message.slice(0, 18)])).toEqual([
      [12, 'the quote " is ope'],
      [26, "filter 'sshd-ddos'"],
      [54, "filter 'pureftpd' "],
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
