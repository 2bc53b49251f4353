/**
 * `fail2ban-server`: a server for the words "" and `start`, the client for all others (B§1.1, B§1.4).
 * @module
 */
import { COMPAT_VERSION } from "../base/compat-version.ts";
import type { StreamCommand } from "../config/settings.ts";
import { answerAtOnce, contextOf, runCompatClient, versionOf } from "./compat-client.ts";
import { inspectConfiguration } from "./compat-dump.ts";
import { type CompatIo, FAILURE, type ServerPlaces, SUCCESS } from "./compat-io.ts";
import { ClientLog } from "./compat-log.ts";
import { readCommandLine } from "./compat-options.ts";
import { prepareStart, type StartContext, startInBackground } from "./compat-start.ts";

/** What the daemon is to do. */
export interface ServerRun extends ServerPlaces {
  readonly pname: string | undefined;
  /** the version of fail2ban that is reported, unless the stream says otherwise */
  readonly version: string;
  /** an existing socket file is removed */
  readonly force: boolean;
  /** detached already; HUP is ignored and `Daemon started` is logged */
  readonly isDaemon: boolean;
  readonly verbosity: number;
  /** tells whoever started it what the log alone would have; `undefined`: nobody is there */
  readonly complain: ((text: string) => void) | undefined;
  /** what to execute once the socket is there; `undefined`: a client will send it */
  readonly stream: readonly StreamCommand[] | undefined;
}

export interface CompatServerIo extends CompatIo {
  /** Runs the daemon in this process until it ends. @returns its exit code */
  runServer(run: ServerRun): Promise<number>;
}

/** A server that is told everything but the directory may belong to another one than the usual: their sockets tell. */
function isOthers({ io, options, places }: StartContext): boolean {
  if (options.conf !== undefined) return false;
  const usual = io.configuration.places(io.configDirectory);
  return "failure" in usual || usual.places.socket !== places.socket;
}

/** Runs the server program with its command line. @returns the exit code, 0 or 255 */
export async function runCompatServer(argv: readonly string[], io: CompatServerIo): Promise<number> {
  const line = readCommandLine(argv);
  if (line.kind !== "run") return answerAtOnce(line, io, false);
  const { options, words } = line;
  const isStart = words.length === 0 || (words.length === 1 && words[0] === "start");
  if (!isStart || options.interactive) return runCompatClient(argv, io);
  const log = new ClientLog(io, options.verbosity);
  const context = contextOf(options, io, log);
  if (context === undefined) return FAILURE;
  const ending = inspectConfiguration(context, words.length > 0);
  if (ending !== undefined) return ending;
  if (options.background && !options.async) {
    return (await startInBackground(context)) ? SUCCESS : FAILURE;
  }
  const stream = options.async ? undefined : await prepareStart(context);
  if (stream === undefined && !options.async) return FAILURE;
  const { socket, pidfile, loglevel, logtarget, syslogsocket } = context.places;
  const { pname, force, verbosity, background: isDaemon } = options;
  return io.runServer({
    socket,
    pidfile,
    loglevel,
    logtarget,
    syslogsocket,
    pname,
    version: isOthers(context) ? COMPAT_VERSION : versionOf(options.conf, io),
    force,
    isDaemon,
    verbosity,
    complain: isDaemon ? undefined : (text) => log.error(text),
    stream,
  });
}
