/**
 * The world of the compatible faces as it is: this process, its terminal, its machine.
 * @module
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { nodeConfigFiles } from "../exec/config-files.ts";
import { systemLocalZone } from "../exec/local-zone.ts";
import { systemClock } from "../exec/system-clock.ts";
import { configurationReader } from "./compat-configuration.ts";
import { type CompatIo, FAILURE, OWN_NAME } from "./compat-io.ts";
import { type MistakesOf, ownConfigurationReader } from "./own-configuration.ts";

export interface SystemIoOptions {
  /** the name in the usage text: `fail2ban-client` */
  readonly program: string;
  /** program and first arguments of the server face, with absolute paths: it starts in `/` */
  readonly serverCommand: readonly string[];
  /** where the configuration is looked for without `-c` */
  readonly configDirectory: string;
  readonly stockDirectory?: string;
  /** all that is wrong with a configuration; else what reading it shows */
  readonly mistakesOf?: MistakesOf;
}

const SIGNALS = [
  ["SIGINT", 2],
  ["SIGTERM", 15],
] as const;

/** Whether a locale's characters are Unicode; the plain locales are, as Python takes them. */
export function showsUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || "C";
  return /^(?:C|POSIX)$/.test(locale) || /utf-?8/i.test(locale);
}

/** Lines of the terminal or of a pipe, asked for one by one. */
class LineInput {
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
    this.#reader = createInterface({
      input: process.stdin,
      ...(isTerminal && { output: process.stdout }),
      terminal: isTerminal,
    });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async next(prompt: string): Promise<string | undefined> {
    if (this.#reader.terminal) {
      this.#reader.setPrompt(prompt);
      this.#reader.prompt();
    } else process.stdout.write(prompt);
    const { done, value } = await this.#lines.next();
    return done === true ? undefined : value;
  }
}

/** Runs a program; resolves with its exit code, 255 if a signal ended it. Rejects if it cannot be started. */
function run(command: readonly string[], args: readonly string[], isDetached: boolean): Promise<number> {
  const [program = "", ...first] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(
      program,
      [...first, ...args],
      isDetached ? { detached: true, stdio: "ignore", cwd: "/" } : { stdio: "inherit" },
    );
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? FAILURE));
    if (isDetached) child.unref();
  });
}

/** The caller ends the process with the exit code it gets; a question left open would keep it alive. */
export function systemCompatIo(options: SystemIoOptions): CompatIo {
  const { program, serverCommand, configDirectory, stockDirectory } = options;
  const { mistakesOf = ({ diagnostics }) => diagnostics } = options;
  let input: LineInput | undefined;
  let signalled: Promise<number> | undefined;
  // A reader of our output that goes away (`| head`) is no reason to crash.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  return {
    program,
    out: (text) => {
      process.stdout.write(text);
    },
    err: (text) => {
      process.stderr.write(text);
    },
    ask: (prompt) => {
      input ??= new LineInput();
      return input.next(prompt);
    },
    unicode: showsUnicode(process.env),
    now: () => systemClock.now(),
    zone: systemLocalZone,
    pid: process.pid,
    wait: (time) => new Promise((resolve) => setTimeout(resolve, time * 1000)),
    /** Takes the signals once somebody asks for them; a server has its own way with them. */
    get signalled() {
      signalled ??= new Promise((resolve) => {
        for (const [name, number] of SIGNALS) process.once(name, () => resolve(number));
      });
      return signalled;
    },
    configuration:
      program === OWN_NAME && stockDirectory !== undefined
        ? ownConfigurationReader(nodeConfigFiles, stockDirectory, mistakesOf)
        : configurationReader(nodeConfigFiles, stockDirectory),
    configDirectory,
    exists: existsSync,
    spawnServer: (args) => run(serverCommand, args, true),
    runServerProgram: (args) => run(serverCommand, args, false),
  };
}
