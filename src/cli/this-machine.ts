/**
 * The stock tree, fitted to this machine: which of its jails are enabled and which firewall tool they use. The choice is a configuration
 * file like any other, read last, that exists in memory only.
 * @module
 */
import { join } from "node:path";
import type { ConfigFiles } from "../config/config-files.ts";
import { loadConfiguration } from "../config/load.ts";
import { findProgram, hasJournal } from "../daemon/machine.ts";
import { withFile } from "./virtual-file.ts";

/** Programs that show that a service is here though its log is not there yet. */
const SERVICES: readonly (readonly [jail: string, programs: readonly string[]])[] = [
  ["sshd", ["sshd"]],
  ["apache-auth", ["apache2", "httpd"]],
  ["apache-noscript", ["apache2", "httpd"]],
  ["pure-ftpd", ["pure-ftpd"]],
];

export interface FittedStock {
  readonly files: ConfigFiles;
  /** what was chosen and why, for people */
  readonly choices: readonly string[];
}

/** Enables the stock jails whose services are on this machine. */
export function fitStock(files: ConfigFiles, stockDir: string): FittedStock {
  const path = join(stockDir, "jail.d", "this-machine.local");
  const everything = withFile(files, path, "[DEFAULT]\nenabled = true\n");
  const { jails } = loadConfiguration({ files: everything, baseDir: stockDir, stockDir });
  const hasLogs = new Set(
    jails
      .filter((jail) => jail.missingLogs === undefined && jail.error === undefined)
      .map(({ name }) => name),
  );
  const isHere = (jail: string): boolean =>
    hasLogs.has(jail) ||
    SERVICES.some(
      ([name, programs]) => name === jail && programs.some((one) => findProgram(one) !== undefined),
    );
  const chosen = jails.map(({ name }) => name).filter((name) => name !== "sshd-ddos" && isHere(name));
  // a machine that shows no service at all still gets the door that every server has
  const enabled = chosen.some((name) => name !== "recidive") ? chosen : ["sshd", ...chosen];

  const readsJournal = (jail: string): boolean => jail === "sshd" && !hasLogs.has(jail) && hasJournal();
  const banaction =
    findProgram("nft") !== undefined || findProgram("iptables") === undefined ? "nftables" : "iptables";
  const text = [
    "[DEFAULT]",
    ...(banaction === "nftables"
      ? []
      : ["banaction = iptables-multiport", "banaction_allports = iptables-allports"]),
    ...enabled.flatMap((jail) => [`[${jail}]`, "enabled = true"]),
    "",
  ].join("\n");
  const choices = enabled.map((jail) => {
    const why = readsJournal(jail)
      ? "the journal"
      : hasLogs.has(jail)
        ? "its log is here"
        : "its program is here";
    return `${jail}: ${chosen.includes(jail) ? why : "by default, as nothing else was found"}`;
  });
  return { files: withFile(files, path, text), choices };
}
