/**
 * The `gaoler` command: its own faces and the compatible ones.
 * @module
 */
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { nodeConfigFiles } from "../exec/config-files.ts";
import { systemLocalZone } from "../exec/local-zone.ts";
import { systemClock } from "../exec/system-clock.ts";
import { findConfiguration, STOCK_DIRECTORY } from "./config-place.ts";
import type { FiltersIo } from "./filters-io.ts";
import { HELP } from "./help.ts";
import type { MistakesOf } from "./own-configuration.ts";
import type { OwnIo } from "./own-io.ts";
import { PACKAGE_DIRECTORY } from "./own-place.ts";
import { ownVersion } from "./own-version.ts";
import { wantsColour } from "./screen.ts";
import { sessionAddresses } from "./ssh-session.ts";

const LAUNCHER = join(PACKAGE_DIRECTORY, "bin/gaoler");
const SHIMS = join(PACKAGE_DIRECTORY, "packaging/shims");
const USAGE_ERROR = 2;
const OUTPUT_LOST = 1;

/** Commands of the client that need no other word before them. */
const SHORT_COMMANDS: ReadonlySet<string> = new Set([
  ..."start stop restart reload status stats banned unban ping version echo get set add flushlogs".split(" "),
]);

/**
 * Patterns that would backtrack without end go on in V8's linear engine; to be called before any regex of a filter is made, but not before
 * the program's parts are there: V8 takes ready code of them, and of Node's own modules, only while no such flag is set.
 */
function boundBacktracking(): void {
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
}

/**
 * Of a log that is read once, only what runs for very many of its lines is worth an optimizing compiler: with V8's own thresholds
 * a thousand lines took a quarter more of the processor's time. Called as {@link boundBacktracking}.
 */
function tuneForReading(): void {
  boundBacktracking();
  setFlagsFromString("--invocation-count-for-turbofan=30000");
  setFlagsFromString("--invocation-count-for-maglev=4000");
}

/**
 * How much the heap grows by until it is collected as a whole, in percent: under a flood little of it lives for long. With twice as much
 * the attackers of `npm run bench -- --only memory` take ten MiB more, and no less time.
 */
const HEAP_GROWTH = 30;

/** What waits for most of its time needs no optimizing compiler for what runs at the start alone. Called when the parts are there. */
function tuneForWaiting(): void {
  boundBacktracking();
  setFlagsFromString("--invocation-count-for-turbofan=30000");
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  // what was compiled is wanted when an attack comes, however late
  setFlagsFromString("--no-flush-bytecode");
  // of bin/gaoler, for this process alone
  delete process.env["MALLOC_MMAP_THRESHOLD_"];
  delete process.env["MALLOC_ARENA_MAX"];
}

/** Where all commands write. */
const terminal = {
  out: (text: string): boolean => process.stdout.write(text),
  err: (text: string): boolean => process.stderr.write(text),
  hasColour: wantsColour(process.stdout.isTTY, process.env),
};

/** What commands that look at filters get besides. */
const filtersIo: FiltersIo = { ...terminal, files: nodeConfigFiles, stockDirectory: STOCK_DIRECTORY };

/** What the compatible faces get of this machine. */
async function compatIo(program: string, mistakesOf?: MistakesOf) {
  const { systemCompatIo } = await import("./compat-system-io.ts");
  return systemCompatIo({
    program,
    ...(mistakesOf === undefined ? {} : { mistakesOf }),
    serverCommand: [LAUNCHER, "server"],
    configDirectory: findConfiguration(nodeConfigFiles).directory,
    stockDirectory: STOCK_DIRECTORY,
  });
}

/** What gaoler's own short commands get of this machine. */
function ownIo(): OwnIo {
  return {
    ...terminal,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    zone: systemLocalZone,
    now: () => systemClock.now(),
    sessions: () => sessionAddresses(process.env, process.pid),
  };
}

async function client(words: readonly string[], program = "gaoler"): Promise<number> {
  const { runCompatClient } = await import("./compat-client.ts");
  const { readCommandLine } = await import("./compat-options.ts");
  const line = readCommandLine(words);
  const isTest = line.kind === "run" && line.options.test;
  const mistakesOf = isTest ? (await import("./settings-mistakes.ts")).settingsMistakes : undefined;
  return await runCompatClient(words, await compatIo(program, mistakesOf));
}

async function server(argv: readonly string[]): Promise<number> {
  const { runCompatServer } = await import("./compat-server.ts");
  const { runServerFace } = await import("./server-face.ts");
  // not spread: asking for its signals is what takes them
  const io = Object.assign(await compatIo("fail2ban-server"), { runServer: runServerFace });
  tuneForWaiting();
  return await runCompatServer(argv, io);
}

async function regex(argv: readonly string[]): Promise<number> {
  const { runRegexCommand } = await import("./regex-command.ts");
  tuneForReading();
  const { stdout, stderr } = process;
  let isReaderGone = false;
  stdout.on("error", () => {
    isReaderGone = true;
  });
  // on the terminal that shows the output itself, a figure would stand in between
  const showsProgress = stderr.isTTY && !stdout.isTTY && process.env["TERM"] !== "dumb";
  return await runRegexCommand(argv, {
    stdout: (text) => stdout.write(text),
    stderr: (text) => stderr.write(text),
    files: nodeConfigFiles,
    clock: systemClock,
    zone: systemLocalZone,
    env: process.env,
    stockDirectory: STOCK_DIRECTORY,
    isReaderGone: () => isReaderGone,
    drained: () => written(stdout),
    hasColour: wantsColour(stdout.isTTY, process.env),
    ...(stderr.isTTY ? { hint: (text: string) => stderr.write(text) } : {}),
    ...(showsProgress ? { progress: (text: string) => stderr.write(text) } : {}),
  });
}

/** Each face is loaded only when it is asked for: a `ping` need not load a daemon. */
async function main(argv: readonly string[]): Promise<number> {
  const [command = "", ...rest] = argv;
  switch (command) {
    case "run": {
      const { runRunCommand } = await import("./run-command.ts");
      tuneForWaiting();
      return await runRunCommand(rest, terminal);
    }
    case "demo": {
      const { runDemoCommand } = await import("./demo-command.ts");
      boundBacktracking();
      return await runDemoCommand(rest, terminal);
    }
    case "server":
      return await server(rest);
    case "client":
      return await client(rest, "fail2ban-client");
    case "regex":
      return await regex(rest);
    case "test-filters": {
      const { runTestFilters } = await import("./test-filters-command.ts");
      boundBacktracking();
      return runTestFilters(rest, filtersIo);
    }
    case "lint": {
      const { runLint } = await import("./lint-command.ts");
      boundBacktracking();
      return runLint(rest, filtersIo);
    }
    case "doctor": {
      const { runDoctor } = await import("./doctor-command.ts");
      const { gatherFacts } = await import("./doctor-facts.ts");
      return await runDoctor(rest, { ...ownIo(), facts: (conf) => gatherFacts(nodeConfigFiles, conf) });
    }
    case "shims": {
      const { runShimsCommand } = await import("./shims-command.ts");
      return runShimsCommand(rest, { ...terminal, sourceDirectory: SHIMS, launcher: LAUNCHER });
    }
    case "--version":
      terminal.out(`gaoler ${ownVersion()}\n`);
      return 0;
    case "help":
      if (rest.length > 0) return await main([...rest, "--help"]);
      terminal.out(HELP);
      return 0;
    case "-h":
    case "--help":
      terminal.out(HELP);
      return 0;
    case "":
      terminal.out(HELP);
      return USAGE_ERROR;
    default: {
      const { ownCommandOf } = await import("./own-command.ts");
      const { shortHelp } = await import("./short-help.ts");
      const own = ownCommandOf(argv);
      if (asksForHelp(own?.words ?? rest)) {
        const help = shortHelp(own?.name ?? command);
        if (help !== undefined) {
          terminal.out(help);
          return 0;
        }
        // the many commands that are the client's alone
        if (SHORT_COMMANDS.has(command)) return await client(["--help"]);
      }
      if (own !== undefined) return await own.run(await compatIo("gaoler"), ownIo());
      // options of the client stand before its command: gaoler -s SOCKET status
      if (SHORT_COMMANDS.has(command) || command.startsWith("-")) return await client(argv);
      return complain(`there is no command '${command}'; gaoler --help lists them`);
    }
  }
}

const asksForHelp = ([first]: readonly string[]): boolean => first === "-h" || first === "--help";

function complain(text: string): number {
  terminal.err(`gaoler: ${text}\n`);
  return USAGE_ERROR;
}

/**
 * What could not be written is no success, but where the reader wanted no more (`| head`), and for a daemon: that it was stopped in order is
 * what its service manager goes by.
 */
function ending(code: number, isDaemon: boolean, lost: Error | undefined): number {
  if (code !== 0 || isDaemon || lost === undefined || ("code" in lost && lost.code === "EPIPE")) return code;
  terminal.err(`gaoler: not all was written: ${lost.message}\n`);
  return OUTPUT_LOST;
}

/** Waits until a reader that is slower has taken all, or has gone. Nothing is to hold up a daemon's stop. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write("", () => resolve());
  });

// a reader that goes away must not end a daemon that has rules in the firewall; the stream itself forgets soon that it failed
let lost: Error | undefined;
process.stdout.on("error", (error) => {
  lost ??= error;
});

const argv = process.argv.slice(2);
// a question to the terminal left open must not keep a finished command alive; what is thrown ends the process, too
void main(argv).then(async (code) => {
  const isDaemon = argv[0] === "run" || argv[0] === "server";
  lost ??= process.stdout.errored ?? undefined;
  if (!isDaemon) await written(process.stdout);
  process.exit(ending(code, isDaemon, lost));
});
