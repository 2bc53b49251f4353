/**
 * `gaoler run`: the daemon in the foreground, telling what it found and what happens. Bans for real where it may, and says so
 * where it may not.
 * @module
 */
import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import type { CommandPlan, RunCommand } from "../action/command-plan.ts";
import { formatDiagnostic } from "../base/diagnostic.ts";
import type { GaolerEvent } from "../base/event.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import { type FoldedConfiguration, foldConfiguration } from "../config/fold.ts";
import { type LoadedConfiguration, loadConfiguration } from "../config/load.ts";
import { compose } from "../daemon/compose.ts";
import { hasJournal } from "../daemon/machine.ts";
import { serve } from "../daemon/serve.ts";
import { createDryRun } from "../enforce/dry-run.ts";
import { nodeConfigFiles } from "../exec/config-files.ts";
import type { Haste } from "../exec/haste.ts";
import { systemLocalZone } from "../exec/local-zone.ts";
import { createRunner } from "../exec/run-command.ts";
import { systemClock } from "../exec/system-clock.ts";
import { withMail } from "../mail/mail-runner.ts";
import { findConfiguration, STOCK_DIRECTORY } from "./config-place.ts";
import { EventLines } from "./event-lines.ts";
import { firewallTools } from "./firewall-tools.ts";
import { FAILURE, type Outlet, readWords } from "./own-face.ts";
import { ownVersion } from "./own-version.ts";
import { writeSummary } from "./run-summary.ts";
import { FAIL2BAN_SOCKET, runningServer } from "./running-server.ts";
import { harmless, isScreenTarget, type Screen } from "./screen.ts";
import { fitStock } from "./this-machine.ts";

const USAGE = `Usage: gaoler run [OPTIONS]

Watches the machine's logs in the foreground and shows each failure, ban and unban as it happens.
Ctrl-C ends it and leaves no rule behind; the bans stay in the database.

Options:
  -c, --conf DIR     configuration; else /etc/gaoler, else /etc/fail2ban, else what ships with gaoler
  -s, --socket FILE  control socket; else as configured
      --dry-run      ban nothing, show what would be done
      --commands     with --dry-run: show the commands too
  -h, --help         this text
`;

const FACE = {
  name: "run",
  usage: USAGE,
  options: {
    conf: { type: "string", short: "c" },
    socket: { type: "string", short: "s" },
    "dry-run": { type: "boolean", default: false },
    commands: { type: "boolean", default: false },
  },
  takesWords: false,
} as const;

interface RunOptions {
  readonly conf: string | undefined;
  readonly socket: string | undefined;
  readonly dryRun: boolean;
  readonly commands: boolean;
}

/** Runs the command line of `gaoler run`. @returns the exit code */
export async function runRunCommand(
  argv: readonly string[],
  io: Outlet & Pick<Screen, "hasColour">,
): Promise<number> {
  const read = readWords(FACE, argv, io);
  if (typeof read === "number") return read;
  const { conf, socket, commands, "dry-run": dryRun } = read.values;
  return await runForeground({ conf, socket, dryRun, commands }, io);
}

/** Runs the daemon in this process until it is told to end. */
async function runForeground(options: RunOptions, io: Outlet & Pick<Screen, "hasColour">): Promise<number> {
  const screen: Screen = { write: io.out, hasColour: io.hasColour };
  const clock = systemClock;
  const zone = systemLocalZone;
  const place = findConfiguration(nodeConfigFiles, options.conf);
  const fitted = place.isStock ? fitStock(nodeConfigFiles, place.directory) : undefined;
  const files: ConfigFiles = fitted?.files ?? nodeConfigFiles;
  const loaded = loadConfiguration({
    files,
    baseDir: place.directory,
    stockDir: STOCK_DIRECTORY,
    hasJournal: hasJournal(),
  });
  if (!loaded.isSound) return refuseToStart(loaded, io);
  const folded = foldConfiguration(loaded);
  const leftOut = loaded.jails.flatMap(({ name, error }) => (error === undefined ? [] : [name]));

  const other = await runningServer([options.socket ?? folded.server.socket, FAIL2BAN_SOCKET]);
  if (other !== undefined) {
    io.err(
      `gaoler: a server answers on ${other} already, and two would undo each other's bans.\n` +
        "        Stop it first: systemctl stop fail2ban (or gaoler stop), then start again.\n",
    );
    return FAILURE;
  }

  const tools = firewallTools(folded.jails);
  const dryRunReason = reasonForDryRun(options, tools.wanted, tools.missing);
  const lines = new EventLines(screen, zone, dryRunReason !== undefined);
  const tell = (plan: CommandPlan): void => {
    if (options.commands) screen.write(`${plan.script.replace(/^/gm, "            would run: ")}\n`);
  };
  const run = (haste: Haste): RunCommand =>
    dryRunReason === undefined ? withMail(createRunner({ haste }), haste) : createDryRun(tell);
  const begin = fitServer(folded, options, dryRunReason !== undefined, place.isStock);
  const control = options.socket ?? (dryRunReason === undefined ? begin.server.socket : undefined);

  writeSummary(screen, files, {
    version: ownVersion(),
    place,
    choices: fitted?.choices ?? [],
    database: databaseText(begin.server.dbfile),
    control: control ?? "none",
    firewall: tools.wanted.length === 0 ? "no firewall tool is used" : tools.wanted.join(", "),
    dryRunReason,
    jails: begin.jails,
    leftOut,
    now: clock.now(),
  });

  const { daemon, log, observe } = compose({
    version: loaded.compatVersion,
    early: loaded.early,
    clock,
    zone,
    run,
    watch: (event: GaolerEvent) => lines.show(event, clock.now()),
    // what the screen shows needs no second copy on the screen
    writesLog: dryRunReason === undefined && !isScreenTarget(begin.server.logtarget),
    watchesFirewall: dryRunReason === undefined,
  });
  // from the first message on: the screen has its own lines
  log?.setTarget(begin.server.logtarget);
  return await serve({
    daemon,
    observe,
    zone,
    socket: control,
    pidfile: dryRunReason === undefined ? begin.server.pidfile : undefined,
    isDaemon: false,
    begin,
    ready: (running, unable) => {
      const failed = [...leftOut, ...unable];
      if (failed.length > 0) screen.write(`not running: ${failed.map(harmless).join(", ")}\n`);
      screen.write(`${running.length} of ${running.length + failed.length} jails run. Ctrl-C ends.\n`);
    },
  });
}

/** Where a file cannot be read as it is written, an option may have ended up in a jail that it is not for: nothing is started. */
function refuseToStart({ baseDir, diagnostics }: LoadedConfiguration, io: Outlet): number {
  for (const diagnostic of diagnostics.filter(({ severity }) => severity === "error")) {
    // what a jail would do without, had it been started, is of no interest now
    if (diagnostic.jail !== undefined) continue;
    const { severity, message, origin } = diagnostic;
    io.err(`${formatDiagnostic({ severity, message, ...(origin && { origin }) })}\n`);
  }
  io.err(`gaoler: nothing was started, as the configuration in ${baseDir} cannot be read\n`);
  return FAILURE;
}

function reasonForDryRun(
  { dryRun }: RunOptions,
  wanted: readonly string[],
  missing: readonly string[],
): string | undefined {
  if (dryRun) return "asked for by --dry-run";
  if (process.getuid?.() !== 0) return "not root (sudo npm start bans for real)";
  if (wanted.length > 0 && wanted.length === missing.length) {
    return `${missing.join(" and ")} not installed (apt-get install ${missing.includes("nft") ? "nftables" : missing[0]})`;
  }
  return undefined;
}

function databaseText(dbfile: string | undefined): string {
  return dbfile === undefined || dbfile === ":memory:" ? "none: bans are forgotten at the end" : dbfile;
}

/** A dry run must not leave bans in the database that never were; and one that cannot be written is not used. */
function fitServer(
  folded: FoldedConfiguration,
  options: RunOptions,
  isDryRun: boolean,
  isStock: boolean,
): FoldedConfiguration {
  const { server } = folded;
  const isUnusable = isStock && server.dbfile !== undefined && !canWrite(dirname(dirname(server.dbfile)));
  const dbfile = isDryRun || isUnusable ? ":memory:" : server.dbfile;
  return { ...folded, server: { ...server, dbfile, socket: options.socket ?? server.socket } };
}

function canWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
