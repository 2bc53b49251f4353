/**
 * What this machine has: tools on its PATH, inotify, IPv6, its names. Looked at when asked, changes nothing.
 * @module
 */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { delimiter, join } from "node:path";
import type { HostNames } from "../action/action-definition.ts";
import type { BackendKind } from "../backend/select.ts";

const IPV6_SWITCH = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
/** Where administration tools are, though the PATH of an ordinary user lacks them. */
const MORE_DIRECTORIES = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

/** The path of a program, if it is there and may be run. */
export function findProgram(name: string, path = process.env["PATH"] ?? ""): string | undefined {
  const directories = [...path.split(delimiter).filter((directory) => directory !== ""), ...MORE_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where the journal keeps its files. */
const JOURNALS = ["/var/log/journal", "/run/log/journal"];

/** Whether this machine keeps a journal and has what reads it. */
export function hasJournal(): boolean {
  return findProgram("journalctl") !== undefined && JOURNALS.some((directory) => existsSync(directory));
}

/** Which backends can be had: files always, the journal with its reader. */
export function availableBackends(): Readonly<Record<BackendKind, boolean>> {
  return {
    polling: true,
    pyinotify: process.platform === "linux",
    systemd: findProgram("journalctl") !== undefined,
  };
}

/** `allowipv6`: `auto` looks at the kernel's switch, then at the interfaces (A§2.17). */
export function isIpv6Allowed(setting: string): boolean {
  const word = setting.trim().toLowerCase();
  if (word !== "auto") return ["1", "on", "true", "yes"].includes(word);
  try {
    return readFileSync(IPV6_SWITCH, "utf8").trim() === "0";
  } catch {
    return Object.values(networkInterfaces()).some((entries) =>
      (entries ?? []).some(({ family }) => family === "IPv6"),
    );
  }
}

/** The machine's own names, as far as it knows them without asking anybody. */
export function hostNames(): HostNames {
  const own = hostname();
  const short = own.split(".")[0] ?? own;
  if (own.includes(".")) return { full: own, short };
  return { full: fullNameFromHosts(own) ?? own, short };
}

/** The name with a dot that stands beside ours in /etc/hosts. */
function fullNameFromHosts(own: string): string | undefined {
  try {
    const lines = readFileSync("/etc/hosts", "utf8").split("\n");
    for (const line of lines) {
      const [, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
      if (names.includes(own)) return names.find((name) => name.includes("."));
    }
  } catch {
    // no such file: the short name has to do
  }
  return undefined;
}
