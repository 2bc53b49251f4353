/**
 * Runs command plans with `/bin/sh`: own process group, a deadline that ends the whole group, output drained and bounded.
 * Knows nothing of jails or actions, and never judges an exit code.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import type { CommandPlan, CommandResult, RunCommand } from "../action/command-plan.ts";
import { messageOf } from "../base/error-text.ts";
import { Haste } from "./haste.ts";

/** Between the polite signal and the last one, and between the end of the shell and giving up on its pipes. */
const GRACE_MS = 200;
/** Kept of stdout and of stderr each; the rest is read and dropped. */
const MAX_OUTPUT_BYTES = 64 * 1024;
/** Children at once in one runner; further commands wait in order. */
const MAX_CHILDREN = 32;
/** Longest deadline that a timer can hold. */
const MAX_TIMER_MS = 2_147_483_647;
/** As fail2ban runs its commands: what they create is for root alone (B§4.7). */
const DEFAULT_UMASK = 0o077;

export interface RunnerOptions {
  /** working directory; `/` unless given */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly maxOutputBytes?: number;
  readonly umask?: number;
  readonly maxChildren?: number;
  /** shortens all deadlines once it begins */
  readonly haste?: Haste;
}

/** The bounded beginning of a stream; the stream is drained to its end all the same, so that no writer blocks. */
class OutputHead {
  readonly #chunks: Buffer[] = [];
  readonly #stream: Readable;
  #room: number;

  constructor(stream: Readable, maxBytes: number) {
    this.#stream = stream;
    this.#room = maxBytes;
    stream.on("data", (chunk: Buffer) => {
      if (this.#room === 0) return;
      const kept = chunk.subarray(0, this.#room);
      // a copy, so that a few bytes do not keep the pool's whole block alive
      this.#chunks.push(Buffer.from(kept));
      this.#room -= kept.length;
    });
    // a broken pipe ends the output, not the daemon
    stream.on("error", () => undefined);
  }

  close(): void {
    this.#stream.destroy();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

/** Signals the whole group; a group that is gone already is fine. */
function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // ESRCH: nobody left; EPERM: it changed its user, and is not ours to end
  }
}

function signalNumber(signal: NodeJS.Signals | null): number | undefined {
  return signal === null ? undefined : -constants.signals[signal];
}

function notStarted(error: unknown): CommandResult {
  const reason = messageOf(error);
  return { code: undefined, stdout: "", stderr: "", timedOut: false, error: reason };
}

interface Shell {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly maxOutputBytes: number;
  /** goes before the script on its first line, so that the line numbers in the shell's messages stay */
  readonly preamble: string;
  readonly haste: Haste;
}

/** Waits for a started child: its exit, then its pipes for a moment, since a daemon it left behind may hold them open. */
function finished(
  child: ChildProcess,
  plan: CommandPlan,
  { maxOutputBytes: maxBytes, haste }: Shell,
): Promise<CommandResult> {
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) {
    return new Promise((resolve) => child.once("error", (error) => resolve(notStarted(error))));
  }
  const out = new OutputHead(stdout, maxBytes);
  const err = new OutputHead(stderr, maxBytes);
  return new Promise((resolve) => {
    let timedOut = false;
    let isKillDue = false;
    let code: number | undefined;
    let isDone = false;
    let hasExited = false;
    let graceTimer: NodeJS.Timeout | undefined;

    const done = (): void => {
      // after a deadline the last signal is sent first: members of the group may outlive the shell
      if (isDone || isKillDue) return;
      isDone = true;
      forget();
      clearTimeout(deadline);
      clearTimeout(graceTimer);
      out.close();
      err.close();
      resolve({ code, stdout: out.text(), stderr: err.text(), timedOut });
    };
    const expire = (): void => {
      if (timedOut || hasExited) return;
      timedOut = true;
      isKillDue = true;
      signalGroup(pid, "SIGTERM");
      setTimeout(() => {
        isKillDue = false;
        signalGroup(pid, "SIGKILL");
        // if even this does not end the shell (a dead disk), it is left behind, not waited for
        graceTimer = setTimeout(done, GRACE_MS);
        if (hasExited && stdout.readableEnded && stderr.readableEnded) done();
      }, GRACE_MS);
    };
    const deadline = setTimeout(expire, Math.min(haste.limit(plan.timeout * 1000), MAX_TIMER_MS));
    const forget = haste.onBegin((limitMs) => {
      // one that would end sooner anyway does so: expiring twice does nothing
      setTimeout(expire, limitMs).unref();
    });
    child.once("exit", (status, signal) => {
      hasExited = true;
      code = status ?? signalNumber(signal);
      if (timedOut) return;
      clearTimeout(deadline);
      graceTimer = setTimeout(done, GRACE_MS);
    });
    child.once("close", done);
    // a child that could not be signalled or started reports here; without a listener it would end the daemon
    child.once("error", done);
  });
}

/** One command from spawn to result. */
async function runShell(plan: CommandPlan, shell: Shell): Promise<CommandResult> {
  try {
    const child = spawn("/bin/sh", ["-c", shell.preamble + plan.script, ...plan.args], {
      cwd: shell.cwd,
      env: shell.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return await finished(child, plan, shell);
  } catch (error) {
    // too long for the system (E2BIG), a NUL inside, no more processes
    return notStarted(error);
  }
}

/**
 * A runner for command plans. It never rejects: what cannot be started has `code` undefined and says why.
 * At most `maxChildren` commands run at once; others wait in the order they came, and their deadline starts with them.
 *
 * @see compat B§4.7
 */
export function createRunner(options: RunnerOptions = {}): RunCommand {
  const shell: Shell = {
    cwd: options.cwd ?? "/",
    env: { ...(options.env ?? process.env) },
    maxOutputBytes: options.maxOutputBytes ?? MAX_OUTPUT_BYTES,
    haste: options.haste ?? new Haste(),
    preamble: `umask ${(options.umask ?? DEFAULT_UMASK).toString(8).padStart(4, "0")}; `,
  };
  const maxChildren = options.maxChildren ?? MAX_CHILDREN;
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (plan) => {
    // a slot is handed from the one that ends to the first that waits, so the count stays
    if (running < maxChildren) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await runShell(plan, shell);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
