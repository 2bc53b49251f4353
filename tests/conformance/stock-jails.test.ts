/**
 * The stock jails beside those of fail2ban's package: a `jail.local` that enables all of them finds the same ports, logs, limits and
 * actions in ours. Read by our own reader, which the command stream of the real program holds to account elsewhere.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFile } from "../../src/cli/virtual-file.ts";
import { foldConfiguration } from "../../src/config/fold.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import type { JailSettings } from "../../src/config/settings.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
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
