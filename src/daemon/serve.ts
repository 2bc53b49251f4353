/**
 * The life of the daemon's process: pid file, control socket, signals, and an end that leaves nothing behind (B§1.4–1.9).
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../base/error-text.ts";
import type { Level, Logger, Observe } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { FoldedConfiguration } from "../config/fold.ts";
import { runCommand } from "../control/commands.ts";
import { SocketServer } from "../control/socket-server.ts";
import { zoneProblem } from "../exec/local-zone.ts";
import type { Daemon, LifePhase } from "./daemon.ts";
import type { LifeListener } from "./service-manager.ts";

export interface ServeOptions {
  readonly daemon: Daemon;
  readonly observe: Observe;
  readonly zone: LocalZone;
  /** `undefined`: no control socket */
  readonly socket: string | undefined;
  readonly pidfile: string | undefined;
  /** detached from any terminal: HUP is ignored */
  readonly isDaemon: boolean;
  /** what to start with; `undefined`: a client will send it */
  readonly begin: FoldedConfiguration | undefined;
  /** the control socket that a service manager made: its descriptor */
  readonly inheritedSocket?: number | undefined;
  /** is told how the daemon fares */
  readonly serviceManager?: LifeListener | undefined;
  /** called where the daemon ends without having begun, with the reason, which is logged too */
  refused?: ((reason: string) => void) | undefined;
  /** called once the jails run, with their names */
  ready?(running: readonly string[], failed: readonly string[]): void;
}

const FAILURE = 255;

/**
 * Runs until a signal or a `stop` command ends it.
 *
 * @returns the exit code: 0, or 255 where no jail could be started or the socket is not to be had
 */
export async function serve(options: ServeOptions): Promise<number> {
  const { daemon, observe, zone, socket, serviceManager: manager } = options;
  const say = (level: Level, text: string, logger: Logger = "server"): void =>
    observe({ type: "message", level, logger, text });
  const refuse = (reason: string): void => {
    say("ERROR", reason);
    options.refused?.(reason);
  };
  const pidFile = writePidFile(options.pidfile, say);
  const control =
    socket === undefined
      ? undefined
      : new SocketServer({
          path: socket,
          inherited: options.inheritedSocket,
          observe,
          answer: (request) => runCommand(request, { daemon, zone, observe }),
        });
  try {
    await control?.listen();
  } catch (error) {
    refuse(`Could not start server: ${messageOf(error)}`);
    pidFile.giveBack();
    return FAILURE;
  }
  const signals = takeSignals(options);
  daemon.onLife((phase) => tellPhase(manager, phase, daemon));
  const isBegun = options.begin !== undefined && !daemon.isStopping;
  const begin = isBegun ? await daemon.start(options.begin) : undefined;
  const zoneTrouble = zoneProblem(process.env["TZ"]);
  if (zoneTrouble !== undefined) say("WARNING", zoneTrouble);
  options.ready?.(begin?.running ?? [], begin?.failed ?? []);
  if (!daemon.isStopping) manager?.ready(statusOf(daemon));
  const isIdle = begin !== undefined && begin.running.length === 0 && begin.failed.length > 0;
  // a signal may have come while the jails were starting
  const hasNone = isIdle && !daemon.isStopping;
  if (hasNone) {
    refuse("No jail could be started");
    await daemon.shutdown();
  }
  await daemon.stopped;
  signals.release();
  await control?.close();
  say("INFO", "Exiting Fail2ban");
  pidFile.remove();
  await manager?.told;
  return hasNone ? FAILURE : 0;
}

function tellPhase(manager: LifeListener | undefined, phase: LifePhase, daemon: Daemon): void {
  if (phase === "reloading") manager?.reloading();
  else if (phase === "running") manager?.ready(statusOf(daemon));
  else manager?.stopping();
}

/** The state in one line, for `systemctl status`. */
function statusOf(daemon: Daemon): string {
  const running = [...daemon.jails()].filter(({ isRunning }) => isRunning).length;
  return running === 0
    ? "Waiting for its configuration"
    : `${running} ${running === 1 ? "jail runs" : "jails run"}`;
}

interface PidFile {
  /** The end of this daemon; one that took over meanwhile has written its own. */
  remove(): void;
  /** As it was before: this daemon did not begin, and there may be another one. */
  giveBack(): void;
}

const NO_PID_FILE: PidFile = { remove: () => undefined, giveBack: () => undefined };

function writePidFile(path: string | undefined, say: (level: Level, text: string) => void): PidFile {
  if (path === undefined) return NO_PID_FILE;
  const own = `${process.pid}\n`;
  const before = textOf(path);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, own, { mode: 0o600 });
  } catch (error) {
    say("ERROR", `Unable to create PID file: ${messageOf(error)}`);
    return NO_PID_FILE;
  }
  const leave = (text: string | undefined): void => {
    if (textOf(path) !== own) return;
    try {
      if (text === undefined) rmSync(path);
      else writeFileSync(path, text);
    } catch {
      // gone already, or nobody's
    }
  };
  return { remove: () => leave(undefined), giveBack: () => leave(before) };
}

/** `undefined`: not there, or not to be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** TERM and INT end the daemon in order, USR1 reopens the log, HUP is ignored where nobody sits at a terminal (B§1.9). */
function takeSignals({ daemon, isDaemon }: ServeOptions): { release(): void } {
  const stop = (): void => {
    void daemon.shutdown();
  };
  const flush = (): void => {
    daemon.flushLogs();
  };
  const ignore = (): void => undefined;
  const listeners: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ["SIGTERM", stop],
    ["SIGINT", stop],
    ["SIGUSR1", flush],
    ["SIGHUP", isDaemon ? ignore : stop],
  ];
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return {
    release: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}
