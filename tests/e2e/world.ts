/**
 * A machine of its own for end-to-end tests: private mounts and network, an attacker on the other end of a wire,
 * stand-ins for sendmail and whois, and gaoler as its users run it. Touches nothing of the host.
 * @module
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "../..");
const FIXTURES = join(import.meta.dirname, "fixtures");

/** What a command in the world said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const NEEDED_TOOLS: readonly string[] = ["unshare", "nsenter", "ip", "nft", "iptables", "ip6tables"];

/** Tools that the end-to-end suite cannot do without. */
export function missingTools(tools = NEEDED_TOOLS): string[] {
  const found = (tool: string): boolean =>
    (process.env["PATH"] ?? "")
      .split(":")
      .concat("/usr/sbin", "/sbin")
      .some((dir) => existsSync(join(dir, tool)));
  const missing = tools.filter((tool) => !found(tool));
  if (process.getuid?.() !== 0) missing.push("root");
  return missing;
}

/** So long a start may take on a machine that has other things to do, milliseconds: how soon it is done is measured elsewhere. */
export const START_MS = 60_000;

/** Waits until `probe` gives something other than `undefined` and `false`; fails with `what` after the deadline. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  deadlineMs = 10_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await sleep(40);
  }
}

export class World {
  readonly #dir: string;
  readonly #machine: ChildProcess;
  readonly #attacker: ChildProcess;
  readonly #children: ChildProcess[] = [];

  private constructor(dir: string, machine: ChildProcess, attacker: ChildProcess) {
    this.#dir = dir;
    this.#machine = machine;
    this.#attacker = attacker;
  }

  /** Builds the namespaces; `ports` are listened on by ordinary services of the machine. */
  static async create(ports: readonly number[]): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), "gaoler-world-"));
    const attacker = spawn("unshare", ["-n", "sleep", "infinity"], { stdio: "ignore" });
    const machine = spawn(
      "unshare",
      [
        "-m",
        "-n",
        "--propagation",
        "private",
        "sh",
        join(FIXTURES, "setup-world.sh"),
        dir,
        String(attacker.pid),
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let complaint = "";
    machine.stderr.on("data", (data: Buffer) => {
      complaint += data.toString();
    });
    let said = "";
    for await (const data of machine.stdout) {
      said += String(data);
      if (said.includes("ready")) break;
    }
    if (!said.includes("ready")) throw new Error(`the world could not be built: ${complaint}`);
    const world = new World(dir, machine, attacker);
    world.start("node", [join(FIXTURES, "listen.mjs"), ...ports.map(String)]);
    await until(
      "the services of the machine listen",
      async () => (await world.connect("10.99.0.2", "10.99.0.1", ports[0] ?? 0)) === "open",
    );
    return world;
  }

  get hasIpv6(): boolean {
    return this.shSync("ip -6 address show dev wire0").includes("2001:db8:99::1");
  }

  /** The path as seen from outside. */
  path(inside: string): string {
    return join(`/proc/${this.#machine.pid}/root`, inside);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  append(path: string, text: string): void {
    appendFileSync(this.path(path), text);
  }

  read(path: string): string {
    return existsSync(this.path(path)) ? readFileSync(this.path(path), "utf8") : "";
  }

  /** Copies a tree of the host into the world. */
  copy(from: string, to: string): void {
    cpSync(from, this.path(to), { recursive: true });
  }

  /** The mails that the stand-in took, oldest first. */
  mails(): string[] {
    const dir = this.path("/var/spool/stand-in");
    const names = readdirSync(dir).filter((name) => name.startsWith("mail."));
    return names
      .sort((a, b) => Number(a.split(".")[2]) - Number(b.split(".")[2]))
      .map((name) => readFileSync(join(dir, name), "utf8"));
  }

  #enter(pid: number | undefined, namespaces: readonly string[], command: readonly string[]): string[] {
    return ["-t", String(pid), ...namespaces, ...command];
  }

  /** Runs a command in the world, as root. */
  run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
    return new Promise((resolve) => {
      execFile(
        "nsenter",
        this.#enter(this.#machine.pid, ["-m", "-n"], [command, ...args]),
        { env: { ...process.env, ...env }, cwd: "/", timeout: 60_000, maxBuffer: 16 << 20 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
          resolve({ code, stdout, stderr });
        },
      );
    });
  }

  shSync(script: string): string {
    return execFileSync("nsenter", this.#enter(this.#machine.pid, ["-m", "-n"], ["sh", "-c", script]), {
      encoding: "utf8",
      timeout: 30_000,
    });
  }

  /** Starts a long-lived process in the world. */
  start(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input: "ignore" | "pipe" = "ignore",
  ): ChildProcess {
    const child = spawn("nsenter", this.#enter(this.#machine.pid, ["-m", "-n"], [command, ...args]), {
      stdio: [input, "pipe", "pipe"],
      cwd: "/",
      env: { ...process.env, ...env },
    });
    this.#children.push(child);
    return child;
  }

  /** gaoler's command line, by the launcher that ships. */
  gaoler(args: readonly string[]): Promise<Said> {
    return this.run(join(ROOT, "bin/gaoler"), args);
  }

  /** Starts the daemon in the foreground and keeps its words. */
  daemon(
    args: readonly string[],
    command = join(ROOT, "bin/gaoler"),
  ): { child: ChildProcess; output: () => string } {
    const child = this.start(command, args, { NO_COLOR: "1" });
    let output = "";
    const keep = (data: Buffer): void => {
      output += data.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    return { child, output: () => output };
  }

  /** What connections from an address of the attacker to a port of the machine meet. */
  async connect(from: string, to: string, port: number): Promise<string> {
    const args = this.#enter(
      this.#attacker.pid,
      ["-n"],
      ["node", join(FIXTURES, "connect.mjs"), from, to, String(port)],
    );
    return await new Promise((resolve, reject) => {
      execFile("nsenter", args, { timeout: 10_000 }, (error, stdout) => {
        if (error !== null) reject(error);
        else resolve(stdout.trim());
      });
    });
  }

  /** Daemons that were started in the background outlive whoever started them; their mounts show where they live. */
  #killInhabitants(): void {
    const homeOf = (pid: string): string | undefined => {
      try {
        return readlinkSync(`/proc/${pid}/ns/mnt`);
      } catch {
        return undefined;
      }
    };
    const own = String(this.#machine.pid);
    const home = homeOf(own);
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (pid === own || home === undefined || homeOf(pid) !== home) continue;
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // gone by itself meanwhile
      }
    }
  }

  /** Ends everything that runs in the world and the world itself. */
  async close(): Promise<void> {
    this.#killInhabitants();
    for (const child of this.#children) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
      }
    }
    for (const child of [this.#machine, this.#attacker]) {
      if (child.exitCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
