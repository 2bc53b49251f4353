/**
 * What systemd is told of the daemon's life (`Type=notify`), and the socket that it may hand over. Node cannot write to a unix
 * datagram socket, so `systemd-notify` does. Without systemd all of this is silent.
 * @module
 */
import { execFile } from "node:child_process";
import type { Observe } from "../base/event.ts";

/** The first descriptor that a service manager hands over. */
const FIRST_DESCRIPTOR = 3;
/** The name that `fail2ban.socket` and `gaoler.socket` give the control socket (B§1.10). */
const SOCKET_NAME = "fail2ban";
/** A service manager that does not take its message within so long goes without; milliseconds. */
const DEADLINE_MS = 5000;
/** Messages waiting for the one before; more than a life holds, unless somebody reloads without end. */
const MAX_WAITING = 64;

/** What a service manager handed over to this process. */
export interface Handover {
  /** the descriptor of the control socket */
  readonly socket: number | undefined;
  /** where the service manager listens for messages */
  readonly notifySocket: string | undefined;
}

/** Takes what was handed over out of the environment: it is not for our children, who would speak for us. */
export function takeHandover(environment: Record<string, string | undefined>, pid: number): Handover {
  const { LISTEN_FDS: count, LISTEN_PID: owner, LISTEN_FDNAMES: names, NOTIFY_SOCKET: address } = environment;
  for (const name of ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET"]) {
    delete environment[name];
  }
  const isForUs = owner === String(pid) && /^[1-9]\d{0,3}$/.test(count ?? "");
  const index = (names ?? "").split(":").indexOf(SOCKET_NAME);
  const isNamed = index > 0 && index < Number(count);
  return {
    socket: isForUs ? FIRST_DESCRIPTOR + (isNamed ? index : 0) : undefined,
    notifySocket: address === "" ? undefined : address,
  };
}

/** Who wants to know how the daemon fares. */
export type LifeListener = Pick<ServiceManager, "ready" | "reloading" | "stopping" | "told">;

export interface ServiceManagerOptions {
  /** `undefined`: nobody wants to know */
  readonly notifySocket: string | undefined;
  /** the path of `systemd-notify`; `undefined`: not here */
  readonly tool: string | undefined;
  readonly observe: Observe;
}

export class ServiceManager {
  readonly #options: ServiceManagerOptions;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: ServiceManagerOptions) {
    this.#options = options;
    if (options.notifySocket !== undefined && options.tool === undefined) {
      this.#debug("systemd waits for messages, but systemd-notify is not here: it is told nothing");
    }
  }

  /** The daemon does its work, or does so again after a reload. */
  ready(status: string): void {
    this.#tell("READY=1", `STATUS=${status}`);
  }

  /** A reload began; `ready` ends it. */
  reloading(): void {
    const microseconds = process.hrtime.bigint() / 1000n;
    this.#tell("RELOADING=1", `MONOTONIC_USEC=${microseconds}`, "STATUS=Reading the configuration again");
  }

  stopping(): void {
    this.#tell("STOPPING=1", "STATUS=Lifting the bans; the database keeps them");
  }

  /** Resolves once everything was told, or could not be. */
  get told(): Promise<void> {
    return this.#last;
  }

  #tell(...assignments: readonly string[]): void {
    const { tool, notifySocket } = this.#options;
    if (tool === undefined || notifySocket === undefined || this.#waiting >= MAX_WAITING) return;
    this.#waiting += 1;
    // one after the other: a message that overtakes another would turn the state around
    this.#last = this.#last.then(async () => {
      await this.#run(tool, notifySocket, assignments);
      this.#waiting -= 1;
    });
  }

  #run(tool: string, notifySocket: string, assignments: readonly string[]): Promise<void> {
    const env = { ...process.env, NOTIFY_SOCKET: notifySocket };
    return new Promise((resolve) => {
      const done = (error: Error | null, _: string, stderr: string): void => {
        if (error !== null) this.#debug(`systemd-notify failed: ${stderr.trim() || error.message}`);
        resolve();
      };
      execFile(tool, [...assignments], { env, timeout: DEADLINE_MS, killSignal: "SIGKILL" }, done);
    });
  }

  #debug(text: string): void {
    this.#options.observe({ type: "message", level: "DEBUG", logger: "server", text });
  }
}
