/**
 * One server at work in a namespace: a configuration of its own, its state in one folder, asked over its socket.
 * Both programs are told the same in the same words.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ControlConnection } from "../../src/control/client.ts";
import { itemsOf, type WireValue } from "../../src/control/wire-value.ts";
import { CORE } from "../measure/timed-process.ts";
import type { Namespace } from "./namespace.ts";
import type { ServerProgram } from "./programs.ts";
import { cpuOf, residentOf } from "./usage.ts";

const START_MS = 60_000;
const STOP_MS = 60_000;
const ASK_MS = 30_000;
/** As often as a start is looked at. */
const LOOK_MS = 2;
/** A server that uses so little of the processor is done with what it was given; share. */
const QUIET = 0.02;
/** So little is no work at all; seconds of the processor. */
const QUIET_S = 0.02;
const SAMPLE_MS = 100;
/** Of its last words. */
const MAX_SAID_CHARS = 1000;
/** Of its log, in which a start and the first failure stand. */
const MAX_BEGIN_BYTES = 256 * 1024;

export interface DaemonSettings {
  /** text of `jail.local` */
  readonly jails: string;
  /** more files of the configuration, by their path in it */
  readonly files?: Readonly<Record<string, string>>;
  /** path of the database; one in the daemon's own folder unless told */
  readonly database?: string;
  readonly isPinned?: boolean;
}

export interface Counts {
  /** failures since its start */
  readonly failed: number;
  /** who is banned now */
  readonly banned: number;
}

/** An action that sets up nothing and bans nobody. */
export const NO_ACTION: Readonly<Record<string, string>> = {
  "action.d/bench-none.conf":
    "[Definition]\nactionstart =\nactionstop =\nactioncheck =\nactionban =\nactionunban =\n",
};

export class Daemon {
  readonly #space: Namespace;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #said: () => string;
  #connection: ControlConnection | undefined;
  /** from its start to its first answer, seconds */
  readonly startedIn: number;

  private constructor(
    space: Namespace,
    child: ChildProcess,
    folder: string,
    said: () => string,
    startedIn: number,
  ) {
    this.#said = said;
    this.#space = space;
    this.#child = child;
    this.#folder = folder;
    this.startedIn = startedIn;
  }

  /**
   * Starts it and waits for its first answer.
   *
   * @param folder is emptied
   * @throws {Error} it ends, or does not answer in time
   */
  static async start(
    space: Namespace,
    program: ServerProgram,
    folder: string,
    settings: DaemonSettings,
  ): Promise<Daemon> {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    configure(program, folder, settings);
    const pinned = settings.isPinned === true ? ["taskset", "-c", CORE] : [];
    const at = ["-c", join(folder, "etc"), "-s", socketOf(folder), "-p", join(folder, "pid"), "-xf", "start"];
    const begun = performance.now();
    const child = space.start([...pinned, ...program.argv, ...at], { env: program.env });
    const said = lastWords(child);
    while (!(await answers(socketOf(folder)))) {
      if (hasEnded(child) || performance.now() - begun > START_MS)
        throw new Error(`${program.name} does not start: ${said()}`);
      await sleep(LOOK_MS);
    }
    return new Daemon(space, child, folder, said, (performance.now() - begun) / 1000);
  }

  /** Asks over the socket. @throws {Error} it refuses or does not answer */
  async ask(...words: readonly string[]): Promise<WireValue> {
    this.#connection ??= await ControlConnection.open(socketOf(this.#folder), ASK_MS);
    const reply = await this.#connection.send(words, ASK_MS);
    if (!reply.ok) throw new Error(`${words.join(" ")}: ${reply.error.className}`);
    return reply.value;
  }

  async counts(jail: string): Promise<Counts> {
    const [, failed = 0, banned = 0] = numbersIn(await this.ask("status", jail));
    return { failed, banned };
  }

  /** Seconds of the processor that it and all its children have used so far. */
  get cpu(): number {
    return this.pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
  }

  /** Resident memory of it and all its children, MiB. */
  get resident(): number {
    return this.pids.reduce((sum, pid) => sum + residentOf(pid), 0);
  }

  /** Itself and its children; nobody else lives in the namespace. */
  get pids(): number[] {
    return this.#space.inhabitants();
  }

  /** Its own process, without its children. */
  get pid(): number {
    const inside = readFileSync(join(this.#folder, "pid"), "utf8").trim();
    const isIt = (pid: number): boolean =>
      new RegExp(`^NSpid:.*\\t${inside}$`, "m").test(readFileSync(`/proc/${pid}/status`, "utf8"));
    return this.pids.find(isIt) ?? Number.NaN;
  }

  #lastLogLines(): string {
    const log = readFileSync(join(this.#folder, "log"), "latin1");
    return log.slice(-MAX_SAID_CHARS);
  }

  /** Whether its log tells of a failure yet. To ask it would be work for it. */
  get hasFound(): boolean {
    const file = openSync(join(this.#folder, "log"), "r");
    try {
      const begin = Buffer.alloc(MAX_BEGIN_BYTES);
      return begin.toString("latin1", 0, readSync(file, begin)).includes("] Found ");
    } finally {
      closeSync(file);
    }
  }

  /**
   * Waits until it has nothing more to do.
   *
   * @param hasBegun whether it has begun at all
   * @param quietMs for so long it must be still
   * @returns what it had used of the processor then, and how long after the start of the waiting it fell still; seconds
   */
  async untilQuiet(
    hasBegun: () => boolean,
    deadlineMs: number,
    quietMs = 2000,
  ): Promise<{ readonly cpu: number; readonly wall: number }> {
    const begun = performance.now();
    let last = { cpu: this.cpu, at: begun };
    for (;;) {
      await sleep(SAMPLE_MS);
      const [cpu, at] = [this.cpu, performance.now()];
      const isBusy = cpu - last.cpu > Math.max(QUIET_S, (QUIET * (at - last.at)) / 1000);
      if (isBusy) last = { cpu, at };
      else if (at - last.at >= quietMs && hasBegun())
        return { cpu: last.cpu, wall: (last.at - begun) / 1000 };
      if (hasEnded(this.#child))
        throw new Error(`it has ended ${endOf(this.#child)}: ${this.#said()}${this.#lastLogLines()}`);
      if (at - begun > deadlineMs) throw new Error(`it is still at work after ${deadlineMs / 1000} s`);
    }
  }

  /** Asks it to end; whoever does not is killed. @returns seconds */
  async stop(): Promise<number> {
    const begun = performance.now();
    this.#connection?.close();
    if (!hasEnded(this.#child)) {
      const ended = once(this.#child, "exit", { signal: AbortSignal.timeout(STOP_MS) });
      this.#space.signal(this.pid, "SIGTERM");
      await ended.catch(() => undefined);
    }
    const seconds = (performance.now() - begun) / 1000;
    for (const pid of this.pids) this.#space.signal(pid, "SIGKILL");
    return seconds;
  }

  /** No goodbye: as a power cut ends it. */
  async kill(): Promise<void> {
    this.#connection?.close();
    const ended = once(this.#child, "exit");
    for (const pid of this.pids) this.#space.signal(pid, "SIGKILL");
    if (!hasEnded(this.#child)) await ended;
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

const endOf = ({ exitCode, signalCode }: ChildProcess): string => `with ${exitCode ?? signalCode}`;

/** What it has written last. */
function lastWords(child: ChildProcess): () => string {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (data: Buffer) => {
      said = `${said}${data}`.slice(-MAX_SAID_CHARS);
    });
  return () => said;
}

const socketOf = (folder: string): string => join(folder, "socket");

function configure(program: ServerProgram, folder: string, settings: DaemonSettings): void {
  const tree = join(folder, "etc");
  cpSync(program.configuration, tree, { recursive: true });
  // distributions enable jails there
  rmSync(join(tree, "jail.d"), { recursive: true, force: true });
  const server = [
    "loglevel = INFO",
    `logtarget = ${join(folder, "log")}`,
    `dbfile = ${settings.database ?? join(folder, "database.sqlite3")}`,
    "dbpurgeage = 30d",
    "allowipv6 = yes",
  ].join("\n");
  writeFileSync(join(tree, "fail2ban.local"), `[DEFAULT]\n${server}\n[Definition]\n${server}\n`);
  writeFileSync(join(tree, "jail.local"), settings.jails);
  for (const [path, text] of Object.entries(settings.files ?? {})) writeFileSync(join(tree, path), text);
}

async function answers(socket: string): Promise<boolean> {
  try {
    const connection = await ControlConnection.open(socket, ASK_MS);
    const reply = await connection.send(["ping"], ASK_MS);
    connection.close();
    return reply.ok;
  } catch {
    return false;
  }
}

/** All numbers of a value in their order: failed now, failed in all, banned now, banned in all. */
const numbersIn = (value: WireValue): number[] =>
  typeof value === "number" ? [value] : (itemsOf(value) ?? []).flatMap(numbersIn);
