/**
 * A world with one small filter, for tests of what gaoler does with odd surroundings: each test writes its own configuration and logs,
 * starts gaoler, and looks at what it says and bans.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Said, START_MS, until, World } from "./world.ts";

const STOCK = join(import.meta.dirname, "../../stock");
const SOCKET = "/run/fail2ban/fail2ban.sock";
export const LOG = "/var/log/test.log";

/** A line that the filter `simple` takes, without its newline. */
export function failure(from: string, text = "fail"): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())} ${text} from ${from}`;
}

/** One gaoler at work. */
export class Guard {
  readonly #world: World;
  readonly #child: ChildProcess;
  readonly #output: () => string;
  #ended: number | null | undefined;

  constructor(world: World, { child, output }: { child: ChildProcess; output: () => string }) {
    this.#world = world;
    this.#child = child;
    this.#output = output;
    child.once("exit", (code) => {
      this.#ended = code;
    });
  }

  /** All that it has said on its screen. */
  get said(): string {
    return this.#output();
  }

  async untilSaid(pattern: RegExp | string, deadlineMs = 10_000): Promise<void> {
    const isThere = (): boolean =>
      typeof pattern === "string" ? this.said.includes(pattern) : pattern.test(this.said);
    try {
      await until(`it says ${pattern}`, () => isThere() || this.#ended !== undefined, deadlineMs);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${this.said}`);
    }
    if (!isThere()) throw new Error(`it ended (${this.#ended}) without saying ${pattern}\n${this.said}`);
  }

  /** Sends a signal to the daemon itself, not to the process that entered the world. */
  signal(name: "INT" | "TERM" | "KILL"): void {
    const pids = this.#world.shSync(`pgrep -f 'cli/main\\.[jt]s (run|server)' || true`);
    for (const pid of pids.split("\n").filter((one) => one !== "" && this.#isOurs(one))) {
      this.#world.shSync(`kill -${name} ${pid} 2>/dev/null || true`);
    }
  }

  /** Other worlds may have daemons of their own; ours has our mounts. */
  #isOurs(pid: string): boolean {
    return this.#world.shSync(`[ /proc/${pid}/ns/mnt -ef /proc/self/ns/mnt ] && echo yes || true`) !== "";
  }

  /** Waits for its end; a signal is sent first if one is given. @returns exit code and milliseconds that it took */
  async end(
    signal?: "INT" | "TERM" | "KILL",
    deadlineMs = 60_000,
  ): Promise<{ code: number | null; tookMs: number }> {
    const begun = Date.now();
    if (signal !== undefined) this.signal(signal);
    if (this.#ended === undefined) {
      const gaveUp = AbortSignal.timeout(deadlineMs);
      try {
        await once(this.#child, "exit", { signal: gaveUp });
      } catch {
        throw new Error(`it does not end\n${this.said}`);
      }
    }
    // its last words may still be in the pipe
    await sleep(50);
    return { code: this.#ended ?? null, tookMs: Date.now() - begun };
  }
}

export class Bench {
  readonly #guards: Guard[] = [];
  /** programs that are not where they belong */
  readonly #taken = new Set<string>();
  #world: World | undefined;

  async open(): Promise<void> {
    this.#world = await World.create([22]);
    this.clean();
  }

  get world(): World {
    if (this.#world === undefined) throw new Error("the bench is not open");
    return this.#world;
  }

  /** An empty state directory, no logs, and the stock configuration with no jail but those of the test. */
  clean(): void {
    this.restore();
    this.world.shSync(
      "rm -rf /etc/fail2ban /var/lib/fail2ban /run/fail2ban /var/spool/stand-in/*; find /var/log -mindepth 1 -delete; mkdir -p /run/fail2ban; nft flush ruleset",
    );
    this.world.copy(STOCK, "/etc/fail2ban");
    this.world.write("/etc/fail2ban/filter.d/simple.conf", "[Definition]\nfailregex = fail from <HOST>$\n");
    this.world.write(LOG, "");
  }

  /** Writes `jail.local`: defaults that ban after three failures by nftables, then the jails of the test. */
  jails(text: string): void {
    const defaults = `[DEFAULT]\nfilter = simple\nlogpath = ${LOG}\nmaxretry = 3\nbantime = 10m\nport = 22\nbanaction = nftables\n`;
    this.world.write("/etc/fail2ban/jail.local", `${defaults}${text}`);
  }

  /** Takes a program of the machine away, until `restore` or the next test. */
  take(path: string): void {
    if (this.#taken.has(path)) return;
    this.#taken.add(path);
    this.world.shSync(`mv ${path} ${path}.taken`);
  }

  restore(): void {
    for (const path of this.#taken) this.world.shSync(`mv ${path}.taken ${path}`);
    this.#taken.clear();
  }

  /** A stand-in for a program of the machine. */
  standIn(path: string, script: string): void {
    this.take(path);
    this.world.write(path, `#!/bin/sh\n${script}\n`);
    this.world.shSync(`chmod 755 ${path}`);
  }

  start(...args: string[]): Guard {
    const guard = new Guard(this.world, this.world.daemon(args));
    this.#guards.push(guard);
    return guard;
  }

  /** Starts gaoler through another program, such as one that changes the user. */
  startAs(command: string, ...args: string[]): Guard {
    const guard = new Guard(this.world, this.world.daemon(args, command));
    this.#guards.push(guard);
    return guard;
  }

  /** Starts `gaoler run` and waits until its jails run. */
  async run(...args: string[]): Promise<Guard> {
    const guard = this.start("run", ...args);
    await guard.untilSaid("Ctrl-C ends", START_MS);
    return guard;
  }

  client(...words: string[]): Promise<Said> {
    return this.world.gaoler(["client", ...words]);
  }

  /** Writes failures of an address to a log, three by default. */
  attack(from: string, { log = LOG, times = 3 } = {}): void {
    this.world.append(log, `${failure(from)}\n`.repeat(times));
  }

  async untilBanned(jail: string, id: string, deadlineMs = 10_000): Promise<void> {
    await until(
      `${jail} bans ${id}`,
      async () => (await this.client("get", jail, "banned", id)).stdout.trim() === "1",
      deadlineMs,
    );
  }

  rules(): string {
    return this.world.shSync("nft list ruleset 2>/dev/null || true");
  }

  async untilRule(text: string, deadlineMs = 10_000): Promise<void> {
    await until(`the firewall has ${text}`, () => this.rules().includes(text), deadlineMs);
  }

  get log(): string {
    return this.world.read("/var/log/fail2ban.log");
  }

  get socket(): string {
    return SOCKET;
  }

  /** Ends whatever a failed test left running. */
  async stopAll(): Promise<void> {
    for (const guard of this.#guards.splice(0)) await guard.end("KILL").catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.#world?.close();
  }
}
