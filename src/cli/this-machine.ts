/**
 * The stock tree, fitted to this machine: which of its jails are enabled and which firewall tool they use. The choice is a configuration
 * file like any other, read last, that exists in memory only.
 * @module
 */
import { join } from "node:path";
import type { ConfigFiles } from "../config/config-files.ts";
import { type LoadedJail, loadConfiguration } from "../config/load.ts";
import { findProgram, hasJournal } from "../daemon/machine.ts";
import { distributionPaths } from "./distribution-paths.ts";
import { withFile } from "./virtual-file.ts";

interface Service {
  readonly programs: readonly string[];
  /** its log shows it, though other jails read the same */
  readonly ownsLog: boolean;
}

const web = (...programs: readonly string[]): Service => ({ programs, ownsLog: true });
const daemon = (...programs: readonly string[]): Service => ({ programs, ownsLog: false });

/** Services that a program shows whose log is not there yet, or is everybody's. */
const SERVICES: ReadonlyMap<string, Service> = new Map([
  ["sshd", { programs: ["sshd"], ownsLog: true }],
  ["apache-auth", web("apache2", "httpd")],
  ["apache-noscript", web("apache2", "httpd")],
  ["nginx-http-auth", web("nginx")],
  ["nginx-botsearch", web("nginx")],
  ["nginx-limit-req", web("nginx")],
  ["dropbear", daemon("dropbear")],
  ["pure-ftpd", daemon("pure-ftpd")],
  ["proftpd", daemon("proftpd")],
  ["vsftpd", daemon("vsftpd")],
  ["postfix", daemon("postfix")],
  ["postfix-sasl", daemon("postfix")],
  ["dovecot", daemon("dovecot")],
  ["exim", daemon("exim4", "exim")],
  ["sendmail-auth", daemon("sendmail-mta")],
  ["cyrus-imap", daemon("cyrmaster")],
]);

/**
 * Jails that somebody must ask for, whatever is here: covered by another one, shut a port for everybody, count what a forged sender
 * can cause, or what a machine's own users and browsers do by the way, or need to be told where their traffic passes.
 */
const ASKED_FOR: ReadonlySet<string> = new Set([
  "sshd-ddos",
  "pass2allow-ftp",
  "named-refused",
  "nsd",
  "counter-strike",
  "cowrie",
  "squid",
  "caddy",
  "ingress-nginx",
  "plex",
]);

export interface FittedStock {
  readonly files: ConfigFiles;
  /** what was chosen and why, for people */
  readonly choices: readonly string[];
}

/** Enables the stock jails whose services are on this machine. */
export function fitStock(files: ConfigFiles, stockDir: string): FittedStock {
  const path = join(stockDir, "jail.d", "this-machine.local");
  const distribution = distributionPaths(files, stockDir);
  const includes = distribution === undefined ? [] : ["[INCLUDES]", `before = ${distribution.file}`];
  const everything = withFile(files, path, [...includes, "[DEFAULT]", "enabled = true", ""].join("\n"));
  const { jails } = loadConfiguration({ files: everything, baseDir: stockDir, stockDir });
  const sound = jails.filter((jail) => jail.error === undefined);
  const hasLogs = new Set(
    sound
      .filter(({ missingLogs, logPatterns }) => missingLogs === undefined && logPatterns.length > 0)
      .map(({ name }) => name),
  );
  // on some distributions the journal has what others write to files
  const isOfJournal = new Set(
    sound.filter(({ logPatterns }) => logPatterns.length === 0).map(({ name }) => name),
  );
  const readers = new Map<string, number>();
  for (const { pattern } of jails.flatMap(({ logPatterns }) => logPatterns))
    readers.set(pattern, (readers.get(pattern) ?? 0) + 1);
  const isHere = ({ name, logPatterns }: LoadedJail): boolean => {
    const service = SERVICES.get(name);
    if (service?.programs.some((one) => findProgram(one) !== undefined) === true) return true;
    // a log that many services write to shows none of them
    const isOwn = logPatterns.every(({ pattern }) => readers.get(pattern) === 1);
    return hasLogs.has(name) && (isOwn || service?.ownsLog === true);
  };
  const chosen = jails.filter((jail) => !ASKED_FOR.has(jail.name) && isHere(jail)).map(({ name }) => name);
  // a machine that shows no service at all still gets the door that every server has
  const enabled = chosen.some((name) => name !== "recidive") ? chosen : ["sshd", ...chosen];

  const readsJournal = (jail: string): boolean =>
    isOfJournal.has(jail) || (jail === "sshd" && !hasLogs.has(jail) && hasJournal());
  const banaction =
    findProgram("nft") !== undefined || findProgram("iptables") === undefined ? "nftables" : "iptables";
  const text = [
    ...includes,
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
  const places = distribution === undefined ? [] : [`logs: where ${distribution.name} has them`];
  return { files: withFile(files, path, text), choices: [...choices, ...places] };
}
