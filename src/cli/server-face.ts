/**
 * `gaoler server`: the daemon as `fail2ban-server` starts it, in this process.
 * @module
 */
import { foldStream } from "../config/fold.ts";
import { compose } from "../daemon/compose.ts";
import { findProgram } from "../daemon/machine.ts";
import { serve } from "../daemon/serve.ts";
import { ServiceManager, takeHandover } from "../daemon/service-manager.ts";
import { systemLocalZone } from "../exec/local-zone.ts";
import { createRunner } from "../exec/run-command.ts";
import { systemClock } from "../exec/system-clock.ts";
import { withMail } from "../mail/mail-runner.ts";
import type { ServerRun } from "./compat-server.ts";
import { isScreenTarget } from "./screen.ts";

/** Runs the daemon until it is told to end. @returns the exit code */
export async function runServerFace(run: ServerRun): Promise<number> {
  if (run.pname !== undefined) process.title = run.pname;
  process.umask(0o077);
  // before anything copies the environment for the commands that it runs
  const handover = takeHandover(process.env, process.pid);
  const { daemon, log, observe } = compose({
    version: run.version,
    early: run,
    clock: systemClock,
    zone: systemLocalZone,
    run: (haste) => withMail(createRunner({ haste }), haste),
    writesLog: true,
    watchesFirewall: true,
  });
  log?.setLevel(run.loglevel);
  log?.setSyslogSocket(run.syslogsocket);
  log?.setTarget(run.logtarget);
  const serviceManager = new ServiceManager({
    notifySocket: handover.notifySocket,
    tool: findProgram("systemd-notify"),
    observe,
  });
  const say = (text: string): void => observe({ type: "message", level: "INFO", logger: "server", text });
  say("-".repeat(50));
  say(`Starting Fail2ban v${run.version}`);
  if (run.isDaemon) say("Daemon started");
  return await serve({
    daemon,
    observe,
    zone: systemLocalZone,
    socket: run.socket,
    pidfile: run.pidfile,
    isDaemon: run.isDaemon,
    // on a screen that shows the log it stands already, as where no other target could be had
    refused: (reason) => {
      if (log !== undefined && !isScreenTarget(log.target)) run.complain?.(reason);
    },
    inheritedSocket: handover.socket,
    serviceManager,
    begin: run.stream === undefined ? undefined : foldStream(run.stream, { early: run }),
  });
}
