/**
 * Builds the object graph of the daemon; nobody else does. What is given decides whether it bans for real and where it tells.
 * @module
 */
import type { RunCommand } from "../action/command-plan.ts";
import { SharedReads } from "../backend/shared-reads.ts";
import type { Clock } from "../base/clock.ts";
import type { GaolerEvent, Observe } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { EarlyOptions } from "../config/server-reader.ts";
import { ReadingTurns } from "../detect/reading-turns.ts";
import { SharedScanners } from "../detect/shared-scanners.ts";
import { startWorker, usefulThreads } from "../detect/worker/start-worker.ts";
import { WorkerPool } from "../detect/worker/worker-pool.ts";
import { OwnAddresses } from "../dns/own-addresses.ts";
import { Resolver } from "../dns/resolver.ts";
import type { Enforcer } from "../enforce/enforcer.ts";
import { FirewallWatch } from "../enforce/firewall-watch.ts";
import { SetupTurns } from "../enforce/setup-turns.ts";
import { readIfChanged } from "../exec/changed-file.ts";
import { tailOf } from "../exec/file-tail.ts";
import { follow } from "../exec/follow.ts";
import { Haste } from "../exec/haste.ts";
import { ToolTransactions } from "../exec/tool-transactions.ts";
import { NftMonitor } from "../firewall/nft-monitor.ts";
import type { JailPorts } from "../jail/jail-ports.ts";
import { RehearsalHall } from "../jail/rehearsal.ts";
import { Log } from "../log/target.ts";
import { BanDatabase } from "./ban-database.ts";
import { Daemon } from "./daemon.ts";
import { makeLogSource } from "./log-source.ts";
import { availableBackends, hostNames, isIpv6Allowed } from "./machine.ts";

/** Longest file of an `ignoreip = file:…` entry, bytes. */
const MAX_IGNORE_FILE_BYTES = 4 * 1024 * 1024;
/** The jails wait so long for a name server to say what our own names are; milliseconds. */
const OWN_NAMES_PATIENCE_MS = 1000;

export interface ComposeOptions {
  /** what `version` answers to clients */
  readonly version: string;
  readonly early: EarlyOptions;
  readonly clock: Clock;
  readonly zone: LocalZone;
  /** runs commands; a dry run has nothing to hasten */
  run(haste: Haste): RunCommand;
  /** sees everything that happens, besides the log */
  readonly watch?: Observe;
  /** the log is written as configured; otherwise only `watch` sees what happens */
  readonly writesLog: boolean;
  /** bans that somebody removes from the firewall are made again, and its tools get many at once; not where nothing is banned for real */
  readonly watchesFirewall: boolean;
}

export interface Composition {
  readonly daemon: Daemon;
  readonly log: Log | undefined;
  readonly observe: Observe;
}

export function compose(options: ComposeOptions): Composition {
  const { clock, zone, early, watch } = options;
  const log = options.writesLog
    ? new Log({
        clock,
        zone,
        pid: process.pid,
        stdout: process.stdout,
        stderr: process.stderr,
        soon: queueMicrotask,
      })
    : undefined;
  // also where an error that nobody expected ends the process
  if (log !== undefined) process.on("exit", log.writeWaiting);
  let firewall: FirewallWatch | undefined;
  const observe = (event: GaolerEvent): void => {
    log?.write(event);
    watch?.(event);
    firewall?.noticed(event);
  };
  let allowIpv6 = isIpv6Allowed("auto");
  const resolver = new Resolver({ observe, clock, allowIpv6 });
  const own = new OwnAddresses({ resolver, clock });
  const isKnown = own.begin(OWN_NAMES_PATIENCE_MS);
  const database = new BanDatabase({ dbmaxmatches: 10, dbpurgeage: 86_400 }, observe, clock);
  const reads = new SharedReads();
  const haste = new Haste();
  const workers = new WorkerPool({ start: startWorker, ...usefulThreads(), observe });
  const tools = options.watchesFirewall ? new ToolTransactions({ haste }) : undefined;
  const ports: JailPorts = {
    clock,
    zone,
    startYear: zone.civilAt(clock.now()).year,
    observe,
    hears: (level) => watch !== undefined || log?.hears(level) === true,
    run: options.run(haste),
    transaction: tools === undefined ? undefined : (commands, timeout) => tools.run(commands, timeout),
    turns: new SetupTurns(),
    readingTurns: new ReadingTurns(),
    scanners: new SharedScanners((bytes) => reads.hasLent(bytes)),
    workers,
    rehearsals: new RehearsalHall({ usedMs: processorMs, tailOf }),
    host: hostNames(),
    get allowIpv6() {
      return allowIpv6;
    },
    backends: availableBackends(),
    store: () => database.store,
    takeEndedBadly: (jail) => database.takeEndedBadly(jail),
    makeSource: (request) =>
      makeLogSource(request, { clock, zone, observe, openFile: (path, flags) => reads.open(path, flags) }),
    ownAddresses: () => own.current(),
    addressesOf: (name, asker) => resolver.addresses(name, asker),
    nameOf: (address) => resolver.nameOf(address),
    lastAddressesOf: (name, asker) => resolver.lastAddresses(name, asker),
    readIfChanged: (path, stamp) => readIfChanged(path, stamp, MAX_IGNORE_FILE_BYTES),
    random: Math.random,
  };
  const daemon = new Daemon({
    version: options.version,
    early,
    observe,
    log,
    database,
    ports,
    isKnown,
    hasten: () => haste.begin(),
    forgetNames: () => {
      resolver.clear();
      own.clear();
    },
    setAllowIpv6: (text) => {
      allowIpv6 = isIpv6Allowed(text);
      resolver.setAllowIpv6(allowIpv6);
    },
  });
  if (log !== undefined) void daemon.stopped.then(() => process.off("exit", log.writeWaiting));
  void daemon.stopped.then(() => workers.close());
  if (tools !== undefined) void daemon.stopped.then(() => tools.close());
  if (options.watchesFirewall) {
    firewall = new FirewallWatch({
      enforcers: () => (daemon.isStopping ? [] : runningEnforcers(daemon)),
      clock,
      observe,
      monitor: (changed) => new NftMonitor({ follow, observe, changed }),
    });
    void daemon.stopped.then(() => firewall?.close());
  }
  return { daemon, log, observe };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function runningEnforcers(daemon: Daemon): Enforcer[] {
  const jails = [...daemon.jails()].map(({ jail }) => jail);
  return jails.flatMap((jail) => (jail?.state === "running" ? [jail.enforcer] : []));
}
