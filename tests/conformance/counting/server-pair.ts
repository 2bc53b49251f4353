/**
 * The real fail2ban-server and ours, side by side on one configuration and the same logs, each with its own socket, database and
 * output. What both say of each jail comes back in a form that can be compared.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ControlConnection } from "../../../src/control/client.ts";
import type { WireValue } from "../../../src/control/wire-value.ts";

const LAUNCHER = join(import.meta.dirname, "../../../bin/gaoler");
const READY_MS = 30_000;
const STOP_MS = 10_000;
const REPLY_MS = 20_000;

export const SIDES = ["theirs", "ours"] as const;
export type Side = (typeof SIDES)[number];

/** What one side said and did about a jail. Threads of the real one speak independently, so each has its own list. */
export interface JailStory {
  /** Found, Ignore, Attempt */
  readonly filter: readonly string[];
  /** Ban, already banned, expired */
  readonly actions: readonly string[];
  /** growing ban times */
  readonly observer: readonly string[];
  /** what the action was told of each ban */
  readonly bans: readonly string[];
  /** replies to commands */
  readonly replies: readonly string[];
}

interface Server {
  readonly child: ChildProcess;
  readonly socket: string;
  readonly log: string;
  readonly out: string;
  readonly replies: Map<string, string[]>;
  said: string;
}

export interface PairOptions {
  /** of its own; everything is put there */
  readonly directory: string;
  /** where Debian's package was unpacked */
  readonly oracle: string;
  /** the configuration; `@OWN@` in its jail.conf is each side's own directory, `OUT` in an action's environment the file for what it is told */
  readonly etc: string;
  /** a database that both begin with */
  readonly database: string;
  /** where both find the programs that actions call; before all others */
  readonly programs?: string;
  /** a moment before both, whole seconds; times of old lines are told relative to it */
  readonly begin: number;
}

/** Whose failure stands at the end of each log before the start. */
export const MARKER = "203.0.113.250";
const END_MS = 500;
/** A line that comes later than this after its own time counts as now. */
const LONGEST_DELAY_SECONDS = 60;

export class ServerPair {
  /** when both had started, whole seconds; times of new lines are told relative to it */
  start = 0;
  readonly #options: PairOptions;
  readonly #servers: Readonly<Record<Side, Server>>;

  constructor(options: PairOptions) {
    this.#options = options;
    this.#servers = { theirs: this.#spawn("theirs"), ours: this.#spawn("ours") };
  }

  /** Waits until both have read the logs of all jails up to the marker at their ends, which is the start. */
  async ready(jails: number): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (const side of SIDES) {
      const { log } = this.#servers[side];
      const count = () => this.#read(log).split(`Found ${MARKER} `).length - 1;
      while (count() < jails) {
        if (Date.now() > deadline)
          throw new Error(`${side}: ${this.#servers[side].said}\n${this.#read(log)}`);
        await delay(100);
      }
    }
    // from the marker to the end of the log it takes a moment
    await delay(END_MS);
    this.start = Math.floor(Date.now() / 1000);
  }

  /** Appends lines to a log, at once. */
  write(log: string, lines: readonly string[]): void {
    if (lines.length > 0) appendFileSync(log, lines.map((line) => `${line}\n`).join(""));
  }

  /** Sends commands to both, one after the other on each side. */
  async send(
    commands: readonly { readonly jail: string; readonly words: readonly string[] }[],
  ): Promise<void> {
    await Promise.all(
      SIDES.map(async (side) => {
        const { socket, replies } = this.#servers[side];
        const connection = await ControlConnection.open(socket, REPLY_MS).catch((error: unknown) => {
          throw new Error(`${side}: ${String(error)}\n${this.#servers[side].said}`, { cause: error });
        });
        for (const { jail, words } of commands) {
          const reply = await connection.send(words, REPLY_MS);
          const text = reply.ok
            ? shown(reply.value)
            : `${reply.error.className}: ${reply.error.args.map(shown)}`;
          replies.set(jail, [...(replies.get(jail) ?? []), `${words.slice(2).join(" ")} → ${text}`]);
        }
        connection.close();
      }),
    );
  }

  /** Waits until neither has said anything for a while. */
  async quiet(quietMs: number, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    const size = () => SIDES.map((side) => this.#read(this.#servers[side].log).length).join();
    for (let last = size(), since = Date.now(); Date.now() - since < quietMs && Date.now() < deadline; ) {
      await delay(100);
      const now = size();
      if (now !== last) since = Date.now();
      last = now;
    }
  }

  story(side: Side, jail: string): JailStory {
    const { log, out, replies } = this.#servers[side];
    const lists = { filter: [] as string[], actions: [] as string[], observer: [] as string[] };
    for (const line of this.#read(log).split("\n")) {
      const match = /fail2ban\.(filter|actions|observer)\s+\[\d+\]: (\w+)\s+\[([\w-]+)\] (.*)$/.exec(line);
      if (match === null) continue;
      const [, logger = "", level = "", name, text = ""] = match;
      if (name !== jail || text.includes(MARKER) || /^(?:Restore|Unban|Repeal) /.test(text)) continue;
      // whether a scenario's address is this machine's is no matter of the scenario
      if (text.includes(" banned by hand, though ")) continue;
      const list = logger === "filter" ? lists.filter : logger === "actions" ? lists.actions : lists.observer;
      list.push(`${level} ${this.#relative(text)}`);
    }
    const prefix = `${jail}|`;
    const bans = this.#read(out)
      .split("\n")
      .filter((line) => line.startsWith(prefix) && !line.includes(MARKER))
      .map((line) => line.slice(prefix.length));
    // the original's observer takes events of several IDs in any order
    const observer = lists.observer.sort((a, b) => order(a) - order(b));
    return { ...lists, observer, bans, replies: replies.get(jail) ?? [] };
  }

  log(side: Side): string {
    return this.#read(this.#servers[side].log) + this.#servers[side].said;
  }

  /** Stops both. */
  async stop(): Promise<void> {
    await Promise.all(
      SIDES.map(async (side) => {
        const { child } = this.#servers[side];
        if (child.exitCode !== null) return;
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
        await ended;
        clearTimeout(timer);
      }),
    );
  }

  #spawn(side: Side): Server {
    const { directory, oracle, etc, database } = this.#options;
    const own = join(directory, side);
    mkdirSync(own);
    const path = (name: string) => join(own, name);
    const files = { socket: path("socket"), log: path("log"), out: path("out") };
    copyFileSync(database, path("db"));
    const configuration = path("etc");
    cpSync(etc, configuration, { recursive: true });
    writeFileSync(
      join(configuration, "fail2ban.conf"),
      [
        "[Definition]",
        "loglevel = INFO",
        `logtarget = ${files.log}`,
        "syslogsocket = auto",
        `socket = ${files.socket}`,
        `pidfile = ${path("pid")}`,
        `dbfile = ${path("db")}`,
        "dbpurgeage = 1d",
        "allowipv6 = true",
        "",
      ].join("\n"),
    );
    const arguments_ = ["-f", "-c", configuration, "-s", files.socket, "-p", path("pid"), "start"];
    const jails = path("etc/jail.conf");
    writeFileSync(jails, readFileSync(jails, "utf8").replaceAll("@OWN@", own));
    const before = this.#options.programs === undefined ? "" : `${this.#options.programs}:`;
    const env = { ...process.env, OUT: files.out, TZ: "UTC", PATH: `${before}${process.env["PATH"]}` };
    const child =
      side === "ours"
        ? spawn(LAUNCHER, ["server", ...arguments_], { env, stdio: ["ignore", "pipe", "pipe"] })
        : spawn("/usr/bin/python3", [join(oracle, "usr/bin/fail2ban-server"), ...arguments_], {
            env: { ...env, PYTHONPATH: join(oracle, "usr/lib/python3/dist-packages") },
            stdio: ["ignore", "pipe", "pipe"],
          });
    const server: Server = { child, ...files, replies: new Map(), said: "" };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (bytes: Buffer) => {
        server.said += bytes.toString("utf8");
      });
    }
    return server;
  }

  #read(path: string): string {
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** Times as distances from begin and start; from the start on they depend on when a server came to the line. */
  #relative(text: string): string {
    return (
      text
        .replace(/(?<=Detected a log entry) .*? (?=before|after)/, " … ")
        .replace(/(?<=odd timestamp:) [\d.]+/, " …")
        // 1.0.2 tells parts of seconds
        .replace(/\b(\d+)\.\d+(?=[smhdwy]\b)/g, "$1")
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, (time) => {
          const at = Date.parse(`${time.replace(" ", "T")}Z`) / 1000;
          const { begin } = this.#options;
          if (at < begin - LONGEST_DELAY_SECONDS) return `begin${at - begin}`;
          const distance = at - this.start;
          if (distance < 0) return `start${distance}`;
          return distance < 60 ? "now" : `start+${Math.round(distance / 60)}m`;
        })
    );
  }
}

/** By the last number of the ID, which all IDs of the scenarios differ in. */
function order(told: string): number {
  return Number(/[.:](\d+)[ ,]/.exec(told)?.[1] ?? 0);
}

function shown(value: WireValue): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each));
}
