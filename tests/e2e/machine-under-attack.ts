/**
 * The machine of the end-to-end tests: a configuration as people have it, services on their ports, and attacks as lines in its logs.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Said, START_MS, until, World } from "./world.ts";

const ROOT = join(import.meta.dirname, "../..");
const FIXTURE = join(import.meta.dirname, "fixtures/as-people-have-it");
export const SERVER = "10.99.0.1";
export const SERVER6 = "2001:db8:99::1";
export const AUTH_LOG = "/var/log/auth.log";
export const APACHE_LOG = "/var/log/apache2/site_error_log";
export const FTP_LOG = "/var/log/pure-ftpd/pure-ftpd.log";

export interface MachineOptions {
  /** our own tree or that of the Debian package */
  readonly tree: "stock" | "debian";
  readonly banaction: string;
  readonly action: "action_" | "action_mw" | "action_mwl";
}

/** The unpacked Debian package, if it is here. */
export function debianTree(): string | undefined {
  const oracle = process.env["GAOLER_ORACLE"];
  const tree = oracle === undefined ? undefined : join(oracle, "etc/fail2ban");
  return tree !== undefined && existsSync(tree) ? tree : undefined;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const two = (value: number): string => String(value).padStart(2, "0");

/** `Nov 22 10:00:00` of this moment. */
function syslogTime(): string {
  const now = new Date();
  const day = String(now.getDate()).padStart(2, " ");
  return `${MONTHS[now.getMonth()]} ${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

export class Machine {
  readonly world: World;
  readonly #tree: MachineOptions["tree"];
  #daemon: { child: ChildProcess; output: () => string } | undefined;
  #process = 1000;

  private constructor(world: World, tree: MachineOptions["tree"]) {
    this.world = world;
    this.#tree = tree;
  }

  static async create({ tree, banaction, action }: MachineOptions): Promise<Machine> {
    const world = await World.create([22, 80, 21, 8081]);
    world.copy(tree === "stock" ? join(ROOT, "stock") : (debianTree() ?? ""), "/etc/fail2ban");
    world.copy(FIXTURE, "/etc/fail2ban");
    world.write("/etc/fail2ban/jail.d/banaction.conf", `[DEFAULT]\nbanaction = ${banaction}\n`);
    // Debian enables its own jail on the same log; here the jail `ssh` is the one that counts
    world.write(
      "/etc/fail2ban/jail.d/test.local",
      `[DEFAULT]\naction = %(${action})s\n[sshd]\nenabled = false\n[pureftpd]\nbantime = 5\n`,
    );
    for (const log of [AUTH_LOG, APACHE_LOG, FTP_LOG]) world.write(log, "");
    return new Machine(world, tree);
  }

  /** What the daemon has said since its start. */
  get output(): string {
    return this.#daemon?.output() ?? "";
  }

  get log(): string {
    return this.world.read("/var/log/fail2ban.log");
  }

  async start(): Promise<void> {
    const args = this.#tree === "stock" ? ["run"] : ["server", "-xf", "start"];
    this.#daemon = this.world.daemon(args);
    try {
      await until("the daemon answers", async () => (await this.client("ping")).code === 0, START_MS);
      await until(
        "all jails run",
        async () => (await this.client("status")).stdout.includes("ssh-ddos"),
        10_000,
      );
      await until("all logs are read", async () =>
        (await this.client("status", "pureftpd")).stdout.includes(FTP_LOG),
      );
    } catch (error) {
      throw new Error(
        `${error instanceof Error ? error.message : String(error)}\n${this.output}\n${this.log}`,
      );
    }
  }

  client(...words: string[]): Promise<Said> {
    return this.world.gaoler(["client", ...words]);
  }

  /** Ends the daemon by a signal; resolves with its exit code once it is gone. */
  async end(signal: "SIGINT" | "SIGKILL"): Promise<number | null> {
    const child = this.#daemon?.child;
    if (child === undefined) return null;
    const ended = once(child, "exit");
    const pid = this.world.read("/run/fail2ban/fail2ban.pid").trim();
    this.world.shSync(`kill -${signal.slice(3)} ${pid}`);
    const [code] = (await ended) as [number | null];
    return code;
  }

  #line(log: string, text: string): void {
    this.world.append(log, `${text}\n`);
  }

  ssh(message: string): void {
    this.#process += 1;
    this.#line(AUTH_LOG, `${syslogTime()} host sshd[${this.#process}]: ${message}`);
  }

  wrongPassword(from: string, user = "root"): void {
    this.ssh(`Failed password for invalid user ${user} from ${from} port 40022 ssh2`);
  }

  /** A line as Apache 2.2 writes it. */
  missingFile(from: string, path: string): void {
    const now = new Date();
    const stamp = `${DAYS[now.getDay()]} ${syslogTime()} ${now.getFullYear()}`.replace("  ", " ");
    this.#line(APACHE_LOG, `[${stamp}] [error] [client ${from}] File does not exist: ${path}`);
  }

  wrongFtpPassword(from: string): void {
    this.#line(
      FTP_LOG,
      `${syslogTime()} host pure-ftpd: (?@${from}) [WARNING] Authentication failed for user [alice]`,
    );
  }

  /** What a connection from an address meets at each of the ports. */
  async meets(from: string, ...ports: number[]): Promise<string[]> {
    const to = from.includes(":") ? SERVER6 : SERVER;
    return await Promise.all(ports.map((port) => this.world.connect(from, to, port)));
  }

  async isBanned(jail: string, id: string): Promise<boolean> {
    return (await this.client("get", jail, "banned", id)).stdout.trim() === "1";
  }

  /** Waits until the firewall rejects an address at a port. */
  async untilRejected(from: string, port: number): Promise<void> {
    await until(
      `${from} is rejected at port ${port}\n${this.log}`,
      async () => (await this.meets(from, port))[0] === "ECONNREFUSED",
    );
  }

  async untilOpen(from: string, port: number, deadlineMs = 10_000): Promise<void> {
    await until(
      `${from} passes at port ${port}`,
      async () => (await this.meets(from, port))[0] === "open",
      deadlineMs,
    );
  }

  /** Every trace that gaoler may leave in the firewall. */
  rules(): string {
    return this.world.shSync("nft list ruleset 2>/dev/null; iptables-save; ip6tables-save");
  }

  async close(): Promise<void> {
    await this.world.close();
  }
}
