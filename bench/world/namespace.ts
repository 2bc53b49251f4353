/**
 * Processes, a network and a `/run` of their own, so that firewalls can be filled and nothing survives the benchmark.
 * Whoever leads the namespace takes all its inhabitants with it, however it ends.
 * @module
 */
import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  execFileSync,
  spawn,
} from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../tests/parity/program.ts";

const NEEDED = ["setpriv", "unshare", "nsenter", "taskset", "mount", "ip", "nft", "python3"];
const SET_UP = "mount -t tmpfs tmpfs /run && ip link set lo up && echo ready && exec sleep infinity";
const FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** What is not here of all that a namespace with a firewall takes. */
export function missingForWorld(): string[] {
  const missing = NEEDED.filter((tool) => !FOLDERS.some((folder) => existsSync(join(folder, tool))));
  return process.getuid?.() === 0 ? missing : ["root", ...missing];
}

export class Namespace {
  readonly #leader: ChildProcess;
  /** the first process inside, as the machine numbers it */
  readonly #first: number;
  readonly #watchers: ChildProcess[] = [];

  private constructor(leader: ChildProcess, first: number) {
    this.#leader = leader;
    this.#first = first;
  }

  static async create(): Promise<Namespace> {
    const spaces = ["-n", "-m", "-p", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
    const leader = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...spaces, "sh", "-c", SET_UP], {
      // it complains of being killed
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [said] = (await Promise.race([once(leader.stdout, "data"), once(leader, "exit")])) as [unknown];
    if (!String(said).includes("ready")) throw new Error("the namespace could not be made");
    const children = readFileSync(`/proc/${leader.pid}/task/${leader.pid}/children`, "utf8");
    return new Namespace(leader, Number(children.trim().split(" ")[0]));
  }

  /** Starts a process as one of the inhabitants. */
  start(argv: readonly string[], options: { env?: Readonly<Record<string, string>> } = {}): ChildProcess {
    return spawn("nsenter", ["-t", String(this.#first), "-n", "-m", "-p", "--", ...argv], {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: "/",
      env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", ...options.env },
    });
  }

  /** Starts a tool that looks at the network of the namespace and is no inhabitant: what it uses is not counted. */
  watch(argv: readonly string[]): ChildProcessWithoutNullStreams {
    const watcher = spawn("setpriv", ["--pdeathsig", "KILL", ...this.#network(argv)], {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: "/",
    });
    this.#watchers.push(watcher);
    return watcher;
  }

  /** Runs such a tool to its end. @throws {Error} it fails */
  async tool(argv: readonly string[], stdin = "", timeoutMs = 60_000): Promise<string> {
    const [program = "", ...args] = this.#network(argv);
    const { code, stdout, stderr } = await runProgram(program, args, { stdin, timeoutMs });
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr.slice(0, 300)}`);
    return stdout;
  }

  #network(argv: readonly string[]): string[] {
    return ["nsenter", "-t", String(this.#first), "-n", "--", ...argv];
  }

  /** Sends a signal to a process by its number on the machine. */
  signal(pid: number, name: NodeJS.Signals): void {
    if (this.inhabitants().includes(pid)) process.kill(pid, name);
  }

  /** Processes inside, as the machine numbers them, without the one that only holds it open. */
  inhabitants(): number[] {
    const home = homeOf(this.#first);
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== this.#first && home !== undefined && homeOf(pid) === home);
  }

  /** Ends all that runs in here or looks into it. */
  async close(): Promise<void> {
    for (const watcher of this.#watchers) watcher.kill("SIGKILL");
    if (this.#leader.exitCode !== null || this.#leader.signalCode !== null) return;
    const ended = once(this.#leader, "exit");
    // the first process of a namespace takes all others with it
    execFileSync("kill", ["-KILL", String(this.#first)]);
    await ended;
  }
}

function homeOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
