/**
 * `gaoler demo`: in twenty seconds from hostile log lines to a ban in the kernel and back, in a network namespace of its own and
 * with a log of its own. The host is not touched; where no namespace can be had it is a dry run.
 * @module
 */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { COMPAT_VERSION } from "../base/compat-version.ts";
import type { GaolerEvent } from "../base/event.ts";
import { formatCivil } from "../base/local-time.ts";
import { foldConfiguration } from "../config/fold.ts";
import { loadConfiguration } from "../config/load.ts";
import { compose } from "../daemon/compose.ts";
import { findProgram } from "../daemon/machine.ts";
import { serve } from "../daemon/serve.ts";
import { createDryRun } from "../enforce/dry-run.ts";
import { nodeConfigFiles } from "../exec/config-files.ts";
import { systemLocalZone } from "../exec/local-zone.ts";
import { createRunner } from "../exec/run-command.ts";
import { systemClock } from "../exec/system-clock.ts";
import { STOCK_DIRECTORY } from "./config-place.ts";
import { EventLines } from "./event-lines.ts";
import { type Outlet, readWords } from "./own-face.ts";
import { paint, type Screen } from "./screen.ts";
import { withFile } from "./virtual-file.ts";

const INSIDE = "--inside-namespace";
const ATTACKER = "192.0.2.77";
const BAN_SECONDS = 5;
/** The whole demonstration ends after this, whatever happens; milliseconds. */
const DEADLINE_MS = 40_000;
const PAUSE_MS = 700;

const USAGE = `Usage: gaoler demo

Shows a log, four failed log-ins, the ban in the kernel and its end, in a network namespace of its own.
Takes about ten seconds and touches nothing of this machine.
`;
const FACE = { name: "demo", usage: USAGE, options: {}, takesWords: false } as const;

/** Runs the demonstration. @returns the exit code */
export async function runDemoCommand(
  argv: readonly string[],
  io: Outlet & Pick<Screen, "hasColour">,
): Promise<number> {
  const words = readWords(
    FACE,
    argv.filter((word) => word !== INSIDE),
    io,
  );
  if (typeof words === "number") return words;
  const screen: Screen = { write: io.out, hasColour: io.hasColour };
  if (argv.includes(INSIDE)) return await demonstrate(screen, firewall());
  const isolation = firewall() === undefined ? undefined : namespaceCommand();
  if (isolation === undefined) {
    const why =
      firewall() === undefined
        ? "neither nft nor iptables is installed"
        : "no network namespace can be had here";
    screen.write(`${paint(screen, "yellow", `Dry run: ${why}; the commands are shown instead.`)}\n\n`);
    return await demonstrate(screen, undefined);
  }
  return await runInside(isolation);
}

/** The stock action for the tool that is here. */
function firewall(): "nft" | "iptables" | undefined {
  return (["nft", "iptables"] as const).find((tool) => findProgram(tool) !== undefined);
}

/** How to get a network namespace: as root, or with a user namespace. */
function namespaceCommand(): readonly string[] | undefined {
  const tries = [
    ["unshare", "-n"],
    ["unshare", "-Urn"],
  ];
  const tool = firewall() === "nft" ? ["nft", "list", "ruleset"] : ["iptables", "-w", "-S"];
  return tries.find(([command = "", ...args]) => {
    try {
      execFileSync(command, [...args, ...tool], { stdio: "ignore", timeout: 5000 });
      return true;
    } catch {
      return false;
    }
  });
}

function runInside([command = "", ...args]: readonly string[]): Promise<number> {
  const child = spawn(
    command,
    [...args, process.execPath, ...process.execArgv, process.argv[1] ?? "", "demo", INSIDE],
    {
      stdio: "inherit",
    },
  );
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

async function demonstrate(screen: Screen, tool: "nft" | "iptables" | undefined): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "gaoler-demo-"));
  try {
    return await new Demonstration(screen, tool, directory).run();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

class Demonstration {
  readonly #screen: Screen;
  readonly #tool: "nft" | "iptables" | undefined;
  readonly #log: string;
  readonly #waiting: { readonly type: GaolerEvent["type"]; readonly resolve: () => void }[] = [];

  constructor(screen: Screen, tool: "nft" | "iptables" | undefined, directory: string) {
    this.#screen = screen;
    this.#tool = tool;
    this.#log = join(directory, "auth.log");
  }

  async run(): Promise<number> {
    writeFileSync(this.#log, "");
    const banaction = this.#tool === "iptables" ? "iptables-multiport" : "nftables";
    const text = [
      "[DEFAULT]",
      `bantime = ${BAN_SECONDS}`,
      "maxretry = 4",
      `banaction = ${banaction}`,
      "[sshd]",
      "enabled = true",
      "backend = pyinotify",
      `logpath = ${this.#log}`,
      "",
    ].join("\n");
    const files = withFile(nodeConfigFiles, join(STOCK_DIRECTORY, "jail.d/demo.local"), text);
    const loaded = loadConfiguration({ files, baseDir: STOCK_DIRECTORY, stockDir: STOCK_DIRECTORY });
    const folded = foldConfiguration(loaded);
    const lines = new EventLines(this.#screen, systemLocalZone, this.#tool === undefined);
    const dry = createDryRun((plan) => this.#note(plan.script.replace(/^/gm, "  would run: ")));
    const { daemon, observe } = compose({
      version: COMPAT_VERSION,
      early: loaded.early,
      clock: systemClock,
      zone: systemLocalZone,
      run: (haste) => (this.#tool === undefined ? dry : createRunner({ haste })),
      writesLog: false,
      watchesFirewall: false,
      watch: (event) => {
        if (event.type === "message" && event.level !== "ERROR") return;
        lines.show(event, systemClock.now());
        this.#happened(event);
      },
    });
    const begin = { ...folded, server: { ...folded.server, dbfile: ":memory:" } };
    const deadline = setTimeout(() => void daemon.shutdown(), DEADLINE_MS);
    let isGood = false;
    const story = async (): Promise<void> => {
      isGood = await this.#tell();
      await daemon.shutdown();
    };
    let telling: Promise<void> | undefined;
    const code = await serve({
      daemon,
      observe,
      zone: systemLocalZone,
      socket: undefined,
      pidfile: undefined,
      isDaemon: false,
      begin,
      ready: () => {
        telling = story();
      },
    });
    await telling;
    clearTimeout(deadline);
    if (!isGood) {
      this.#screen.write("The demonstration did not come to its end.\n");
      return 1;
    }
    return code;
  }

  /** The story; `true` once all of it happened. */
  async #tell(): Promise<boolean> {
    this.#title(`1. gaoler watches ${this.#log}; four failures lead to a ban of ${BAN_SECONDS} seconds`);
    this.#rules("The firewall before");
    this.#title(`2. somebody at ${ATTACKER} guesses passwords`);
    const carriedOut = this.#when("carried-out");
    for (const user of ["root", "admin", "oracle", "`reboot`"]) {
      const at = formatCivil(systemLocalZone.civilAt(systemClock.now()));
      const line = `${at} host sshd[${1000 + user.length}]: Failed password for invalid user ${user} from ${ATTACKER} port 50022 ssh2`;
      this.#note(`  log: ${line}`);
      appendFileSync(this.#log, `${line}\n`);
      await sleep(PAUSE_MS);
    }
    await carriedOut;
    this.#title("3. the kernel has the ban");
    if (!this.#rules("The firewall now").includes(ATTACKER) && this.#tool !== undefined) return false;
    this.#title("4. the time is up");
    const lifted = this.#when("carried-out");
    await lifted;
    return !this.#rules("The firewall after").includes(ATTACKER);
  }

  #when(type: GaolerEvent["type"]): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ type, resolve }));
  }

  #happened(event: GaolerEvent): void {
    const at = this.#waiting.findIndex(({ type }) => type === event.type);
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.resolve();
  }

  #title(text: string): void {
    this.#screen.write(`\n${paint(this.#screen, "bold", text)}\n`);
  }

  #note(text: string): void {
    this.#screen.write(`${paint(this.#screen, "grey", text)}\n`);
  }

  #rules(title: string): string {
    if (this.#tool === undefined) return "";
    const args = this.#tool === "nft" ? ["list", "ruleset"] : ["-w", "-S"];
    const rules = execFileSync(this.#tool, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    this.#note(`${title}:\n${(rules === "" ? "(no rule)" : rules).replace(/^/gm, "    ")}`);
    return rules;
  }
}
