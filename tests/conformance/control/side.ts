/**
 * One server under the script of all commands, the original's or ours, in a directory of its own with the same small configuration;
 * the original's Python client speaks to either. What differs by nature (times, versions, places) is made equal here, and nothing else.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { END_COMMAND, frameOf } from "../../../src/control/frames.ts";

const ROOT = join(import.meta.dirname, "../../..");
const START_MS = 30_000;
const STOP_MS = 30_000;

/** What a run of the client showed, places and times made equal. */
export interface Shown {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The original's programs. */
export interface Original {
  readonly python: string;
  /** where the package was unpacked */
  readonly package: string;
}

const environment = (original: Original): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"] ?? "",
  LANG: "C.UTF-8",
  TZ: "UTC",
  PYTHONPATH: join(original.package, "usr/lib/python3/dist-packages"),
});

/** Two jails: one with everything that commands can ask for, one with nothing. */
const FILES: Readonly<Record<string, string>> = {
  "fail2ban.conf": `[Definition]
loglevel = INFO
logtarget = @DIR@/server.log
syslogsocket = auto
socket = @DIR@/s
pidfile = @DIR@/pid
allowipv6 = auto
dbfile = @DIR@/bans.sqlite3
dbpurgeage = 1d
dbmaxmatches = 10
`,
  "jail.conf": `[alpha]
enabled = true
backend = polling
filter = ours
ignoreip = 127.0.0.0/8 192.0.2.200
bantime = 1h
bantime.maxtime = 1mo
findtime = 2.5h
maxretry = 3
usedns = no
logpath = @DIR@/a.log
action = note[file=@DIR@/note]
         second[file="@DIR@/second"]

[beta]
enabled = true
backend = polling
filter =
failregex = ^beta <HOST>
logpath = @DIR@/b.log
ignoreself = false
action =
`,
  "filter.d/ours.conf": `[Definition]
failregex = ^fail from <HOST>
            ^bad user <F-USER>\\S+</F-USER> from <HOST>$
ignoreregex = from 192\\.0\\.2\\.77$
datepattern = ^%%Y-%%m-%%d %%H:%%M:%%S
`,
  "action.d/note.conf": `[Definition]
actionstart = echo start >> <file>
actionstop = echo stop >> <file>
actioncheck =
actionban = echo ban <ip> >> <file>
actionunban = echo unban <ip> >> <file>
actionflush = echo flush >> <file>
[Init]
file = /dev/null
`,
  "action.d/second.conf": `[Definition]
actionban = echo ban <name> <ip> >> <file>
actionunban = echo unban <name> <ip> >> <file>
timeout = 5
`,
};

function lay(directory: string): void {
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(directory, "conf", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text.replaceAll("@DIR@", directory));
  }
  for (const log of ["a.log", "b.log", "c.log"]) writeFileSync(join(directory, log), "");
}

/**
 * Runs the original's client again and again: as a program each time, but in a fork of an interpreter that has read it once already,
 * which takes a tenth of the time. One request and one answer a line.
 */
const DRIVER = `
import json, os, runpy, sys, tempfile
def client(words):
    sys.argv = [PATH] + words
    try: runpy.run_path(PATH, run_name='__main__')
    except SystemExit as end: return end.code or 0
    return 0
PATH = sys.argv[1]
quiet = os.dup(1); null = os.open(os.devnull, os.O_RDWR)
os.dup2(null, 1); client(['-V']); sys.stdout.flush(); os.dup2(quiet, 1)
for line in sys.stdin:
    request = json.loads(line)
    files = [tempfile.TemporaryFile() for _ in range(3)]
    files[0].write(request['stdin'].encode()); files[0].seek(0)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for number, file in enumerate(files): os.dup2(file.fileno(), number)
            sys.stdin = os.fdopen(0); sys.stdout = os.fdopen(1, 'w'); sys.stderr = os.fdopen(2, 'w')
            code = client(request['words'])
            sys.stdout.flush(); sys.stderr.flush()
        finally: os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for file in files: file.seek(0)
    print(json.dumps({'code': code, 'stdout': files[1].read().decode(), 'stderr': files[2].read().decode()}), flush=True)
`;

export class Side {
  readonly directory: string;
  readonly #server: ChildProcess;
  readonly #driver: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #places: readonly string[];

  private constructor(directory: string, original: Original, server: ChildProcess) {
    this.directory = directory;
    this.#server = server;
    const client = join(original.package, "usr/bin/fail2ban-client");
    const driver = spawn(original.python, ["-c", DRIVER, client], {
      env: environment(original),
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#driver = driver;
    this.#answers = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
    this.#places = ["-c", join(directory, "conf")];
  }

  /** Starts a server in the foreground and waits until its jails are there. */
  static async start(who: "original" | "gaoler", original: Original): Promise<Side> {
    const directory = mkdtempSync(join(tmpdir(), `gaoler-${who}-`));
    lay(directory);
    const args = ["-c", join(directory, "conf"), "-f", "start"];
    const [program, ...first] =
      who === "original"
        ? [original.python, join(original.package, "usr/bin/fail2ban-server")]
        : ["sh", join(ROOT, "bin/gaoler"), "server"];
    const server = spawn(program ?? "", [...first, ...args], {
      env: environment(original),
      stdio: "ignore",
    });
    const side = new Side(directory, original, server);
    const deadline = Date.now() + START_MS;
    while ((await side.run(["status", "beta"])).code !== 0) {
      if (Date.now() > deadline) throw new Error(`${who} does not answer`);
      await sleep(100);
    }
    return side;
  }

  /** Runs the original's client; one command at a time. */
  async run(words: readonly string[], stdin = ""): Promise<Shown> {
    const placed = [...this.#places, ...words.map((word) => word.replaceAll("@DIR@", this.directory))];
    this.#driver.stdin?.write(`${JSON.stringify({ words: placed, stdin })}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error("the client's driver has ended");
    const { code, stdout, stderr } = JSON.parse(value) as Shown;
    return { code, stdout: this.#equal(stdout), stderr: this.#equal(stderr) };
  }

  /** What a pickle gets on a connection of its own, as text of bytes; nothing where there is no answer. */
  answer(pickle: Uint8Array): Promise<string> {
    return new Promise((resolve) => {
      let read = "";
      const socket = connect(join(this.directory, "s"));
      socket.setEncoding("latin1");
      socket.on("data", (text) => {
        read += String(text);
        if (read.endsWith(END_COMMAND)) socket.destroy();
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(read));
      socket.write(frameOf(pickle));
    });
  }

  /** Places, times, process numbers and versions made equal. */
  #equal(text: string): string {
    return (
      text
        .replaceAll(this.directory, "DIR")
        // the pattern of an IPv6 address has one colon more in 1.0.2 (A§8)
        .replaceAll("{1,4}::?|::){1,7}", "{1,4}::?|:){1,7}")
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(,\d{3})?/g, "TIME")
        // a ban that is prolonged grows by the time since it began
        .replace(/^(\S+ \tTIME) \+ 360\d =/gm, "$1 + 3600 =")
        .replace(/^TIME (.{24})\[\d+\]/gm, "$1")
        .replace(/^(Fail2Ban v)?1\.(0\.2|1\.0)\b/gm, "$1VERSION")
    );
  }

  /** Ends the server if it still runs. @returns its exit code */
  async end(): Promise<number | null> {
    if (this.#server.exitCode === null) {
      const deadline = setTimeout(() => this.#server.kill("SIGKILL"), STOP_MS);
      await Promise.race([once(this.#server, "exit"), sleep(STOP_MS + 1000)]);
      clearTimeout(deadline);
    }
    return this.#server.exitCode;
  }

  remove(): void {
    this.#server.kill("SIGKILL");
    this.#driver.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}
