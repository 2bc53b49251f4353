/**
 * Starting a server in the background: look whether one runs, read the configuration, spawn, wait for its pong, hand the
 * configuration over (B§1.4).
 * @module
 */
import { messageOf } from "../base/error-text.ts";
import type { ReportLine } from "../config/report.ts";
import type { StreamCommand } from "../config/settings.ts";
import { fromStreamWord } from "../control/wire-value.ts";
import type { CompatIo, ReadConfiguration, ReadingOptions, ServerPlaces } from "./compat-io.ts";
import type { ClientLog } from "./compat-log.ts";
import type { CompatOptions } from "./compat-options.ts";
import type { CompatSession } from "./compat-session.ts";

export interface StartContext {
  readonly io: CompatIo;
  readonly log: ClientLog;
  readonly session: CompatSession;
  readonly options: CompatOptions;
  readonly places: ServerPlaces;
  /** what reading `fail2ban.conf` has to say, to be said unless the whole configuration is read */
  readonly placesLines: readonly ReportLine[];
  /** the configuration directory */
  readonly directory: string;
}

const FIRST_PING_MS = 100;
/** Waits between pings, seconds: from the first, doubling up to the next limit. */
const SHORTEST_WAIT = 0.006;
const SHORT_WAIT_LIMIT = 0.1;
const LONG_WAIT_LIMIT = 0.5;
/** How long the short limit holds, seconds. */
const SHORT_PHASE = 0.2;

/** What a server program is told on its command line, in the order of the original. */
export function serverArguments({ options, places }: Pick<StartContext, "options" | "places">): string[] {
  return [
    ...["-s", places.socket, "-p", places.pidfile],
    ...(options.force ? ["-x"] : []),
    ...Array<string>(Math.max(0, options.verbosity - 1)).fill("-v"),
    ...["--loglevel", places.loglevel, "--logtarget", places.logtarget],
    ...["--syslogsocket", places.syslogsocket],
    ...(options.pname === undefined ? [] : ["--pname", options.pname]),
  ];
}

/**
 * The common preparation of every start; says what is in the way.
 *
 * @returns the stream for the server; `undefined`: no start
 */
export async function prepareStart(context: StartContext): Promise<readonly StreamCommand[] | undefined> {
  const { io, log, session, options, places } = context;
  if (await session.ping(FIRST_PING_MS)) {
    log.error("Server already running");
    return undefined;
  }
  const configuration = readConfiguration(context, { mode: "start", overrides: overridesOf(options) });
  if (!configuration.isUsable) return undefined;
  if (!options.force && io.exists(places.socket)) {
    log.error("Fail2ban seems to be in unexpected state (not running but the socket exists)");
    if (log.isOwn) log.error(leftBehind(places.socket));
    return undefined;
  }
  return configuration.stream;
}

/** What the original leaves its users to find out. */
const leftBehind = (socket: string): string =>
  `a server that was killed leaves its socket behind: gaoler -x start takes ${socket} away and starts`;

/** What the command line says in place of `fail2ban.conf`; a reload goes without (B§1.2). */
export function overridesOf(options: CompatOptions): Partial<ServerPlaces> {
  const { socket, pidfile, loglevel, logtarget, syslogsocket } = options;
  return {
    ...(socket !== undefined && { socket }),
    ...(pidfile !== undefined && { pidfile }),
    ...(loglevel !== undefined && { loglevel }),
    ...(logtarget !== undefined && { logtarget }),
    ...(syslogsocket !== undefined && { syslogsocket }),
  };
}

/** Says what a reading has to say. */
export function tellLines({ io, log }: Pick<StartContext, "io" | "log">, lines: readonly ReportLine[]): void {
  for (const line of lines) {
    if (line.stream === "stdout") io.out(`${line.text}\n`);
    else log.tell(line);
  }
}

/** Reads the configuration and says what there is to say of it. */
export function readConfiguration(
  context: Pick<StartContext, "io" | "log" | "directory">,
  options: ReadingOptions,
): ReadConfiguration {
  const configuration = context.io.configuration.read(context.directory, options);
  tellLines(context, configuration.lines);
  return configuration;
}

/** @returns whether the server is up and took its whole configuration */
export async function startInBackground(context: StartContext): Promise<boolean> {
  const stream = await prepareStart(context);
  if (stream === undefined) return false;
  const { io, log, places, session } = context;
  let exitCode: number | undefined;
  io.spawnServer(["--async", "-b", ...serverArguments(context)]).then(
    (code) => {
      exitCode = code;
    },
    (error: unknown) => {
      exitCode = 255;
      log.error(messageOf(error));
    },
  );
  const isUp = await waitUntil(
    context,
    async () => exitCode !== undefined || (await session.ping(FIRST_PING_MS)),
  );
  if (!isUp || exitCode !== undefined) {
    log.error("Failed to start server");
    if (log.isOwn) log.error(`why is in ${places.logtarget}; gaoler -f start shows it here`);
    return false;
  }
  const words = stream.map((command) => command.words.map(fromStreamWord));
  return session.send({ words: ["server-stream", words], isSilent: true }, { words: ["server-status"] });
}

/**
 * Asks again and again, at growing distances, for `--timeout` at most.
 *
 * @returns whether the answer became yes
 */
export async function waitUntil(
  { io, options }: Pick<StartContext, "io" | "options">,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  const begun = io.now();
  let pause = SHORTEST_WAIT;
  while (!(await ask())) {
    const waited = io.now() - begun;
    if (waited >= options.timeout) return false;
    await io.wait(pause);
    pause = Math.min(pause * 2, waited < SHORT_PHASE ? SHORT_WAIT_LIMIT : LONG_WAIT_LIMIT);
  }
  return true;
}
