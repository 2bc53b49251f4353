/**
 * What `gaoler doctor` looks at on this machine. Looks only; decides nothing.
 * @module
 */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { BackendKind } from "../backend/select.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import { foldConfiguration } from "../config/fold.ts";
import { loadConfiguration } from "../config/load.ts";
import type { JailSettings, ServerSettings } from "../config/settings.ts";
import { availableBackends, findProgram, hasJournal } from "../daemon/machine.ts";
import { type ConfigPlace, findConfiguration, STOCK_DIRECTORY } from "./config-place.ts";
import { type DistributionPaths, distributionPaths } from "./distribution-paths.ts";
import { type FirewallTools, firewallTools } from "./firewall-tools.ts";
import { FAIL2BAN_SOCKET, runningServer } from "./running-server.ts";
import { sessionAddresses } from "./ssh-session.ts";
import { fitStock } from "./this-machine.ts";

/** Tools that gaoler's own actions know, in the order in which a choice is made. */
const TOOLS = ["nft", "iptables", "ip6tables", "ipset", "firewall-cmd", "ufw", "pfctl", "ipfw"];
const INOTIFY = "/proc/sys/fs/inotify";

/** Whether a file may be written: it is there, it could be made, or neither. */
export type Writable = "there" | "can be made" | "no";

export interface DoctorFacts {
  readonly isRoot: boolean;
  readonly place: ConfigPlace;
  /** the place was given */
  readonly isAsked: boolean;
  /** how the stock jails were chosen; empty for a configuration of one's own */
  readonly choices: readonly string[];
  readonly isSound: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly server: ServerSettings;
  readonly jails: readonly JailSettings[];
  /** jails that cannot run, and why */
  readonly broken: ReadonlyMap<string, string>;
  /** log files of each pattern of a jail that are there, by pattern */
  readonly logs: ReadonlyMap<string, readonly string[]>;
  /** the paths file of this distribution, and the one that the configuration includes */
  readonly distribution: DistributionPaths | undefined;
  readonly pathsFile: string | undefined;
  /** firewall tools that are there */
  readonly tools: readonly string[];
  readonly firewall: FirewallTools;
  readonly hasJournal: boolean;
  readonly backends: Readonly<Record<BackendKind, boolean>>;
  readonly database: { readonly state: Writable; readonly bytes: number | undefined };
  readonly socket: Writable;
  /** the socket on which a server answers */
  readonly answering: string | undefined;
  /** addresses of the SSH sessions that the command was typed in */
  readonly sessions: readonly string[];
  /** the kernel's limits; `undefined`: not known */
  readonly maxWatches: number | undefined;
  readonly maxInstances: number | undefined;
}

function writable(path: string): Writable {
  const may = (one: string): boolean => {
    try {
      accessSync(one, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  };
  if (existsSync(path)) return may(path) ? "there" : "no";
  // directories on the way are made
  let folder = dirname(path);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  return may(folder) ? "can be made" : "no";
}

function bytesOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}

function kernelLimit(name: string): number | undefined {
  try {
    return Number(readFileSync(`${INOTIFY}/${name}`, "utf8"));
  } catch {
    return undefined;
  }
}

/** The paths file that `jail.conf` includes. */
function includedPaths(files: ConfigFiles, directory: string): string | undefined {
  const content = files.readText(`${directory}/jail.conf`);
  const text = content !== undefined && "text" in content ? content.text : "";
  return /^before\s*=\s*(paths-[\w.-]+)\s*$/m.exec(text)?.[1];
}

/**
 * Looks at the machine.
 *
 * @param conf the configuration that was asked for
 */
export async function gatherFacts(plain: ConfigFiles, conf: string | undefined): Promise<DoctorFacts> {
  const place = findConfiguration(plain, conf);
  const fitted = place.isStock ? fitStock(plain, place.directory) : undefined;
  const files = fitted?.files ?? plain;
  const loaded = loadConfiguration({
    files,
    baseDir: place.directory,
    stockDir: STOCK_DIRECTORY,
    hasJournal: hasJournal(),
  });
  const { server, jails, diagnostics } = foldConfiguration(loaded);
  const { dbfile } = server;
  const isKept = dbfile !== undefined && dbfile !== ":memory:";
  const patterns = new Set(jails.flatMap(({ logpaths }) => logpaths.map(({ pattern }) => pattern)));
  const distribution = distributionPaths(plain, STOCK_DIRECTORY);
  return {
    isRoot: process.getuid?.() === 0,
    place,
    isAsked: conf !== undefined,
    choices: fitted?.choices ?? [],
    isSound: loaded.isSound && loaded.fatal === undefined,
    diagnostics,
    server,
    jails,
    broken: new Map(loaded.jails.flatMap(({ name, error }) => (error === undefined ? [] : [[name, error]]))),
    logs: new Map([...patterns].map((pattern) => [pattern, files.glob(pattern)])),
    distribution,
    pathsFile:
      place.isStock && distribution !== undefined
        ? distribution.file.split("/").at(-1)
        : includedPaths(plain, place.directory),
    tools: TOOLS.filter((tool) => findProgram(tool) !== undefined),
    firewall: firewallTools(jails),
    hasJournal: hasJournal(),
    backends: availableBackends(),
    database: {
      state: isKept ? writable(dbfile) : "no",
      bytes: isKept ? bytesOf(dbfile) : undefined,
    },
    socket: writable(server.socket),
    answering: await runningServer([server.socket, FAIL2BAN_SOCKET]),
    sessions: sessionAddresses(process.env, process.pid),
    maxWatches: kernelLimit("max_user_watches"),
    maxInstances: kernelLimit("max_user_instances"),
  };
}
