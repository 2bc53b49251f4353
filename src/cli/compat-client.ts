/**
 * `fail2ban-client`: its options, commands, texts and exit codes (B§1.2–1.3, B§1.19–1.20, B§2.1).
 * @module
 */
import { COMPAT_VERSION } from "../base/compat-version.ts";
import { valueRepr } from "../control/value-text.ts";
import { fromStreamWord } from "../control/wire-value.ts";
import { inspectConfiguration } from "./compat-dump.ts";
import { type CompatIo, FAILURE, OWN_NAME, SUCCESS } from "./compat-io.ts";
import { ClientLog } from "./compat-log.ts";
import { type CommandLine, type CompatOptions, readCommandLine } from "./compat-options.ts";
import { CompatSession } from "./compat-session.ts";
import {
  overridesOf,
  readConfiguration,
  type StartContext,
  serverArguments,
  startInBackground,
  tellLines,
  waitUntil,
} from "./compat-start.ts";
import { splitWords, WordsError } from "./compat-words.ts";
import { nobodyAt } from "./own-session.ts";
import { greeting, usage } from "./usage.ts";

const INIT_FAILED = "Init of command line failed";
const PING_MS = 1000;

/** Runs the client with its command line. @returns the exit code, 0 or 255 */
export async function runCompatClient(argv: readonly string[], io: CompatIo): Promise<number> {
  const line = readCommandLine(argv);
  if (line.kind !== "run") return answerAtOnce(line, io, true);
  const log = new ClientLog(io, line.options.verbosity);
  const signalled = io.signalled.then((number) => {
    io.out("\n");
    log.tell({ level: "WARNING", logger: "", text: `Caught signal ${number}. Exiting` });
    return FAILURE;
  });
  return Promise.race([runWords(line.words, line.options, io, log), signalled]);
}

/** The options that print something and end, and what is wrong with a command line. */
export function answerAtOnce(
  line: Exclude<CommandLine, { kind: "run" }>,
  io: CompatIo,
  isClient: boolean,
): number {
  if (io.program === OWN_NAME && "message" in line) {
    io.err(`gaoler: ${line.message}; gaoler --help says more\n`);
    return FAILURE;
  }
  switch (line.kind) {
    case "help":
      io.out(usage(io.program, versionOf(line.conf, io), isClient));
      return SUCCESS;
    case "version":
      io.out(`${line.isShort ? "" : "Fail2Ban v"}${versionOf(line.conf, io)}\n`);
      return SUCCESS;
    case "seconds":
      io.out(`${line.text}\n`);
      return SUCCESS;
    case "unknown-option":
      io.out(usage(io.program, versionOf(undefined, io), isClient));
      if (isClient) io.err(`${INIT_FAILED}\n`);
      return FAILURE;
    case "bad-value":
      io.out(`ERROR: ${line.message}\n`);
      io.err(`${INIT_FAILED}\n`);
      return FAILURE;
  }
}

/** The version that is reported; nothing is said of what is wrong with the configuration. */
export function versionOf(directory: string | undefined, io: CompatIo): string {
  const reading = io.configuration.places(directory ?? io.configDirectory);
  return "failure" in reading ? COMPAT_VERSION : reading.version;
}

/** What the command line and `fail2ban.conf` together say; `undefined` after telling what is wrong. */
export function contextOf(options: CompatOptions, io: CompatIo, log: ClientLog): StartContext | undefined {
  const directory = options.conf ?? io.configDirectory;
  const reading = completePlaces(options) ?? io.configuration.places(directory);
  if ("failure" in reading) return refuse(io, log, reading.failure);
  const places = { ...reading.places, ...overridesOf(options) };
  if (!isLevel(places.loglevel)) return refuse(io, log, `Invalid log level '${places.loglevel}'`);
  const session = new CompatSession(io, log, places.socket);
  return { io, log, options, places, placesLines: reading.lines, directory, session };
}

function refuse(io: CompatIo, log: ClientLog, reason: string): undefined {
  if (log.isOwn) {
    log.error(reason.trim());
    return;
  }
  io.out(`ERROR: ${reason}\n`);
  log.error(INIT_FAILED);
}

/** The command line says everything, so the configuration need not be there at all. */
function completePlaces(
  options: CompatOptions,
): (Pick<StartContext, "places"> & { readonly lines: readonly [] }) | undefined {
  const { socket, pidfile, loglevel, logtarget, syslogsocket } = options;
  if (socket === undefined || pidfile === undefined || loglevel === undefined) return undefined;
  if (logtarget === undefined || syslogsocket === undefined) return undefined;
  return { places: { socket, pidfile, loglevel, logtarget, syslogsocket }, lines: [] };
}

const isLevel = (text: string): boolean =>
  /^(?:critical|error|warning|notice|info|msg|debug|tracedebug|heavydebug|\d+)$/i.test(text);

/** Commands that read the whole configuration, `fail2ban.conf` included. */
const READS_CONFIGURATION: ReadonlySet<string> = new Set(["start", "restart", "reload"]);

async function runWords(
  words: readonly string[],
  options: CompatOptions,
  io: CompatIo,
  log: ClientLog,
): Promise<number> {
  const context = contextOf(options, io, log);
  if (context === undefined) return FAILURE;
  const ending = inspectConfiguration(context, words.length > 0 || options.interactive);
  if (ending !== undefined) return ending;
  if (words.length === 0 && !options.interactive) {
    io.out(usage(io.program, versionOf(options.conf, io), true));
    return FAILURE;
  }
  if (!READS_CONFIGURATION.has(words[0] ?? "")) tellLines(context, context.placesLines);
  if (words.length > 0 && !(await runCommand(words, context))) return FAILURE;
  return options.interactive ? converse(context) : SUCCESS;
}

/** Runs one command. @returns whether it went well */
async function runCommand(words: readonly string[], context: StartContext): Promise<boolean> {
  const { session, log } = context;
  const [command = "", ...rest] = words;
  if (command === "start" && rest.length === 0) return start(context);
  if (command === "restart" && rest.length === 0) return restart(context);
  if (command === "restart") return reload(["--restart", ...rest], context);
  if (command === "reload") return reload(rest, context);
  if (command !== "ping" || rest.length === 0) return session.send({ words });
  const [time = ""] = rest;
  const seconds = time.trim() === "" ? Number.NaN : Number(time);
  if (Number.isNaN(seconds)) {
    log.error(`could not convert string to float: ${valueRepr(time)}`);
    return false;
  }
  if (seconds === 0) {
    // A socket that may not wait at all has nothing to read yet.
    log.error("[Errno 11] Resource temporarily unavailable");
    return false;
  }
  return session.send({ words, timeoutMs: seconds * 1000 });
}

/** Tells where a longer command stands, to people only. */
function announce({ io, options }: StartContext, step: string): void {
  if (options.interactive) io.out(`  ## ${step} ... \n`);
}

async function start(context: StartContext): Promise<boolean> {
  const { io, options, directory } = context;
  if (options.background) return startInBackground(context);
  const code = await io.runServerProgram(["-f", "-c", directory, ...serverArguments(context)]);
  return code === SUCCESS;
}

async function restart(context: StartContext): Promise<boolean> {
  const { session, log } = context;
  announce(context, "stop");
  await session.send({ words: ["stop"] });
  if (!(await waitUntil(context, async () => !(await session.ping(PING_MS))))) {
    log.error("Could not stop server");
    return false;
  }
  announce(context, "load configuration");
  announce(context, "start");
  return start(context);
}

const RELOAD_OPTIONS: ReadonlySet<string> = new Set(["--restart", "--unban", "--if-exists"]);

/** `reload [OPTIONS] [J|--all]`: the client reads, the server gets the stream (B§1.7). */
async function reload(words: readonly string[], context: StartContext): Promise<boolean> {
  const { session, log, places } = context;
  const firstOther = words.findIndex((word) => !RELOAD_OPTIONS.has(word));
  const options = firstOther < 0 ? words : words.slice(0, firstOther);
  const rest = words.slice(options.length);
  if (rest.length > 1) {
    log.error(`Unexpected argument(s) for reload: ${valueRepr(rest)}`);
    return false;
  }
  const [target = "--all"] = rest;
  if (!(await session.ping())) {
    log.error(log.isOwn ? nobodyAt(places.socket) : "Could not find server");
    return false;
  }
  const { stream, isUsable } = readConfiguration(context, {
    mode: "start",
    ...(target !== "--all" && { jail: target }),
  });
  if (!isUsable) return false;
  announce(context, "reload");
  const commands = stream.map((command) => command.words.map(fromStreamWord));
  return session.send({ words: ["reload", target, options, commands] });
}

/** Interactive mode: commands from the terminal until `quit`, `exit` or the end of input. */
async function converse(context: StartContext): Promise<number> {
  const { io, log, directory } = context;
  io.out(`${greeting(versionOf(directory, io))}\n\n`);
  for (;;) {
    const line = await io.ask("fail2ban> ");
    if (line === undefined) {
      io.out("\n");
      log.error("EOF when reading a line");
      return FAILURE;
    }
    const words = wordsOf(line, log);
    const [command] = words;
    if (words.length === 1 && (command === "quit" || command === "exit")) return SUCCESS;
    if (words.length === 1 && command === "help") io.out(usage(io.program, versionOf(directory, io), true));
    else if (words.length > 0) await runCommand(words, context);
  }
}

function wordsOf(line: string, log: ClientLog): readonly string[] {
  try {
    return splitWords(line);
  } catch (error) {
    if (!(error instanceof WordsError)) throw error;
    log.error(error.message);
    return [];
  }
}
