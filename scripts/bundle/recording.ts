/**
 * Runs the freshly built program as its users do, so that the code that V8 makes of it can be kept: a server with a jail, the commands
 * of a client, trials of a filter on a short and on a long log. All in a directory of its own, with stand-ins for the tools of the
 * firewall and no others to be found: nothing of this machine is touched.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "../..");
const RECORD = join(import.meta.dirname, "record.ts");

/** A program is given so long; milliseconds. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 20;
/** A server with its jails is at rest after so long; milliseconds. */
const REST_MS = 700;

/** A tool that takes everything and says nothing. */
const STAND_IN = "#!/bin/sh\nwhile read -r line; do :; done\n";

/** Lines of a quiet hour: nobody is banned, for a start seldom bans. */
function quietHour(now: Date): string {
  const stamp = now.toISOString().slice(0, 19);
  const line = (text: string): string => `${stamp} host sshd[4242]: ${text}\n`;
  return [
    line("Accepted publickey for alice from 192.0.2.7 port 4242 ssh2"),
    line("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1"),
    line("Failed password for root from 192.0.2.1 port 4242 ssh2"),
    line("Invalid user eve from 2001:db8::1 port 4242"),
  ].join("");
}

/** Lines of an hour of attacks, and what they say. */
const BUSY_LINES = 3000;
const BUSY_TEXTS = [
  "Failed password for root from HOST port 4242 ssh2",
  "Invalid user admin from HOST port 4242",
  "Failed password for invalid user admin from HOST port 4242 ssh2",
  "Connection closed by authenticating user root HOST port 4242 [preauth]",
  "Disconnected from authenticating user root HOST port 4242 [preauth]",
  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=HOST  user=root",
  "Accepted publickey for alice from 192.0.2.7 port 4242 ssh2",
  "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)",
] as const;

/** Enough lines to be read as a long log is: by walks over their bytes. */
function busyHour(now: Date): string {
  const lines = Array.from({ length: BUSY_LINES }, (_, index) => {
    const stamp = new Date(now.getTime() - 1000 * (BUSY_LINES - index)).toISOString().slice(0, 19);
    const text = BUSY_TEXTS[index % BUSY_TEXTS.length] ?? "";
    return `${stamp} host sshd[${1000 + index}]: ${text.replace("HOST", `198.51.100.${index % 256}`)}\n`;
  });
  return lines.join("");
}

class Recording {
  readonly #programs: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "gaoler-build-"));
  readonly #log = join(this.#folder, "auth.log");
  readonly #busyLog = join(this.#folder, "busy.log");
  readonly #socket = join(this.#folder, "socket");

  constructor(programs: string) {
    this.#programs = programs;
  }

  async run(): Promise<void> {
    try {
      this.#prepare();
      for (const log of [this.#log, this.#busyLog])
        await this.#end(this.#start(["regex", "-c", this.#configuration, log, "sshd"]));
      const server = this.#start(["server", ...this.#places, "-xf", "start"]);
      for (let waited = 0; !existsSync(this.#socket) && waited < PATIENCE_MS; waited += LOOK_MS)
        await sleep(LOOK_MS);
      for (const words of [["ping"], ["status"], ["status", "sshd"], ["banned"], ["version"]]) {
        await this.#end(this.#start(["client", ...this.#places, ...words]));
        await this.#end(this.#start([...this.#places, ...words]));
      }
      await sleep(REST_MS);
      server.kill("SIGTERM");
      await this.#end(server);
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  get #configuration(): string {
    return join(this.#folder, "etc");
  }

  get #places(): readonly string[] {
    return ["-c", this.#configuration, "-s", this.#socket, "-p", join(this.#folder, "pid")];
  }

  #prepare(): void {
    cpSync(join(ROOT, "stock"), this.#configuration, { recursive: true });
    rmSync(join(this.#configuration, "jail.d"), { recursive: true, force: true });
    const write = (name: string, text: string): void => writeFileSync(join(this.#configuration, name), text);
    write(
      "fail2ban.local",
      `[DEFAULT]\nlogtarget = ${join(this.#folder, "log")}\ndbfile = ${join(this.#folder, "database")}\n`,
    );
    write("jail.local", `[sshd]\nenabled = true\nlogpath = ${this.#log}\nusedns = no\n`);
    writeFileSync(this.#log, quietHour(new Date()));
    writeFileSync(this.#busyLog, busyHour(new Date()));
    mkdirSync(this.#tools);
    for (const tool of ["nft", "iptables", "ip6tables", "ipset"]) {
      writeFileSync(join(this.#tools, tool), STAND_IN);
      chmodSync(join(this.#tools, tool), 0o755);
    }
  }

  get #tools(): string {
    return join(this.#folder, "tools");
  }

  #start(words: readonly string[]) {
    const argv = ["--disable-warning=ExperimentalWarning", RECORD, this.#programs, ...words];
    const env = { PATH: this.#tools, TMPDIR: this.#folder, TZ: "UTC" };
    return spawn(process.execPath, argv, { env, cwd: this.#folder, stdio: "ignore", timeout: PATIENCE_MS });
  }

  /** Waits for a program. What one that fails would have run is compiled with each start. */
  async #end(program: ReturnType<typeof spawn>): Promise<void> {
    if (program.exitCode === null && program.signalCode === null) await once(program, "exit");
    const { exitCode, signalCode, spawnargs } = program;
    if (exitCode === 0) return;
    const what = spawnargs.slice(spawnargs.indexOf(this.#programs) + 1).join(" ");
    process.stderr.write(
      `build: no code is kept of 'gaoler ${what}', it ended with ${signalCode ?? exitCode}\n`,
    );
  }
}

/** Keeps beside the programs of a bundle the code that V8 makes of what every start runs. */
export async function recordCode(programs: string): Promise<void> {
  await new Recording(programs).run();
}
