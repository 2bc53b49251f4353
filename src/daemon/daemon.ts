/**
 * The daemon: its jails, its options, and how both change while it runs. What the control socket may ask is here; how the process
 * begins and ends is not.
 * @module
 */
import type { GaolerEvent, Level, Observe } from "../base/event.ts";
import { type FoldedConfiguration, foldStream } from "../config/fold.ts";
import type { EarlyOptions } from "../config/server-reader.ts";
import type { StreamWord } from "../config/settings.ts";
import { duplicateJail, refused, unknownJail } from "../control/command-error.ts";
import type { DaemonPort, ReloadRequest, ServerOption } from "../control/daemon-port.ts";
import type { WireValue } from "../control/wire-value.ts";
import type { JailPorts } from "../jail/jail-ports.ts";
import type { Log } from "../log/target.ts";
import type { BanDatabase } from "./ban-database.ts";
import { configErrorJails, JailMistakes } from "./jail-mistakes.ts";
import { JailSlot } from "./jail-slot.ts";
import { JailSlots, type StartReport } from "./jail-slots.ts";
import { ServerOptions } from "./server-options.ts";

/** A shutdown lets commands take their time for so long; milliseconds. */
const PATIENCE_MS = 3_000;

export interface DaemonDeps {
  /** what `version` answers to clients unless the configuration says otherwise */
  readonly version: string;
  readonly early: EarlyOptions;
  readonly observe: Observe;
  /** `undefined`: the log is not the daemon's to set (`gaoler run` shows it on the screen) */
  readonly log: Log | undefined;
  readonly database: BanDatabase;
  readonly ports: JailPorts;
  /** resolves when this machine knows its own addresses and names, or has waited long enough for them */
  readonly isKnown: Promise<void>;
  /** commands under way and to come get seconds instead of their timeouts */
  hasten(): void;
  /** new addresses and names are looked up again */
  forgetNames(): void;
  /** `allowipv6` as configured */
  setAllowIpv6(text: string): void;
}

/** A turn in the daemon's life. */
export type LifePhase = "reloading" | "running" | "stopping";

export class Daemon implements DaemonPort {
  readonly #deps: DaemonDeps;
  #version: string;
  readonly #slots: JailSlots;
  readonly #mistakes = new JailMistakes();
  readonly #stopped: Promise<void>;
  #resolveStopped: () => void = () => undefined;
  #shutdown: Promise<void> | undefined;
  /** starts, reloads and stops of jails, one after the other */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #options: ServerOptions;
  #tellLife: (phase: LifePhase) => void = () => undefined;

  constructor(deps: DaemonDeps) {
    this.#version = deps.version;
    this.#deps = deps;
    const { log, database, early } = deps;
    this.#slots = new JailSlots({
      ports: deps.ports,
      isKnown: deps.isKnown,
      isStopping: () => this.isStopping,
      say: (text) => this.#say("INFO", text),
    });
    this.#options = new ServerOptions({
      log,
      database,
      early,
      setAllowIpv6: (text) => deps.setAllowIpv6(text),
      hasJails: () => [...this.#slots.all()].some(({ isRunning }) => isRunning),
      tell: (text) => this.#say("ERROR", text),
    });
    database.onReadable(() => {
      for (const { jail } of this.#slots.all()) jail?.restoreLate();
    });
    this.#stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
  }

  /** Resolves once a shutdown is complete. */
  get stopped(): Promise<void> {
    return this.#stopped;
  }

  /** Who is told of the turns in the daemon's life, in place of the one before. */
  onLife(listener: (phase: LifePhase) => void): void {
    this.#tellLife = listener;
  }

  get version(): string {
    return this.#version;
  }

  /** A shutdown was asked for. */
  get isStopping(): boolean {
    return this.#shutdown !== undefined;
  }

  jails(): Iterable<JailSlot> {
    return this.#slots.all();
  }

  jail(name: string): JailSlot | undefined {
    return this.#slots.get(name);
  }

  /** Takes the server's options and starts the jails beside each other; one that cannot run is told and left out. */
  start(folded: FoldedConfiguration): Promise<StartReport> {
    return this.#inTurn(() => this.#start(folded));
  }

  async #start(folded: FoldedConfiguration): Promise<StartReport> {
    this.#takeServer(folded);
    this.#mistakes.begin(folded.diagnostics);
    for (const diagnostic of folded.diagnostics) this.#deps.observe({ type: "diagnosed", diagnostic });
    return await this.#slots.start(folded.jails);
  }

  executeStream(stream: readonly (readonly StreamWord[])[]): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#execute(stream);
      } finally {
        this.#tellRunning();
      }
    });
  }

  async #execute(stream: readonly (readonly StreamWord[])[]): Promise<void> {
    const { running, failed } = await this.#start(this.#fold(stream));
    this.#tellConfigErrors(stream);
    if (failed.length > 0 && running.length === 0) {
      throw refused(`no jail could be started: ${failed.join(", ")}`);
    }
  }

  /** Builds the new jails beside the old and swaps; a jail whose new settings cannot run keeps its old ones (B§1.7). */
  reload(request: ReloadRequest): Promise<void> {
    return this.#inTurn(async () => {
      this.#tellLife("reloading");
      try {
        await this.#reload(request);
      } finally {
        this.#tellRunning();
      }
    });
  }

  async #reload(request: ReloadRequest): Promise<void> {
    const { jail: only, restart, unban, ifExists, stream } = request;
    if (only !== undefined && !this.#slots.has(only) && !ifExists && stream.length === 0) {
      throw unknownJail(only);
    }
    this.#say("INFO", only === undefined ? "Reload all jails" : `Reload jail ${only}`);
    const folded = this.#fold(stream);
    if (only === undefined) {
      this.#deps.forgetNames();
      this.#takeServer(folded);
    }
    const mistakes = this.#mistakes.comparedWith(folded.diagnostics);
    const isWorse = (name: string): boolean =>
      this.#slots.get(name)?.isRunning === true && mistakes.areMore(name);
    for (const diagnostic of folded.diagnostics) {
      const isKept = diagnostic.jail !== undefined && isWorse(diagnostic.jail);
      const consequence = "the jail runs on as it was before the reload";
      const told = isKept ? { ...diagnostic, consequence } : diagnostic;
      this.#deps.observe({ type: "diagnosed", diagnostic: told });
    }
    this.#tellConfigErrors(stream);
    const failed: string[] = [];
    for (const settings of folded.jails) {
      const { name } = settings;
      const slot = this.#slots.get(name);
      if (unban) await slot?.unbanAll();
      const isDone = !isWorse(name) && (await this.#slots.renew(slot, settings, restart));
      if (isDone) mistakes.take(name);
      else failed.push(name);
    }
    const wanted = new Set(folded.jails.map(({ name }) => name));
    const broken = new Set(configErrorJails(stream));
    for (const { name } of [...this.#slots.all()]) {
      if (only !== undefined && name !== only) continue;
      if (!wanted.has(name) && !broken.has(name)) await this.#slots.remove(name);
    }
    this.#say("INFO", "Reload finished.");
    const bad = [...new Set([...failed, ...broken])];
    if (bad.length > 0) throw refused(this.#badReload(bad));
  }

  /** After a stop began, nothing is ready any more. */
  #tellRunning(): void {
    if (!this.isStopping) this.#tellLife("running");
  }

  #badReload(names: readonly string[]): string {
    const isRunning = (name: string): boolean => this.#slots.get(name)?.isRunning === true;
    const kept = names.filter(isRunning);
    const absent = names.filter((name) => !isRunning(name));
    const parts = [
      ...(kept.length > 0 ? [`not reloaded, still running as before: ${kept.join(", ")}`] : []),
      ...(absent.length > 0 ? [`not running: ${absent.join(", ")}`] : []),
    ];
    return `${parts.join("; ")}; the log says why`;
  }

  addJail(name: string, backend: string): void {
    this.#refuseWhileStopping();
    if (this.#slots.has(name)) throw duplicateJail(name);
    if (name === "--all") throw refused("Reserved name '--all'");
    const slot = JailSlot.named(name, backend, this.#deps.ports);
    // an unknown backend is refused here, not at the start
    void slot.backend;
    this.#slots.add(slot);
  }

  startJail(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const slot = this.#slots.get(name);
      if (slot === undefined) throw unknownJail(name);
      if (!(await slot.start())) throw refused(`Jail '${name}' cannot run; the log says why`);
    });
  }

  stopJail(name: string | undefined): Promise<void> {
    return this.#inTurn(async () => {
      if (name !== undefined && !this.#slots.has(name)) throw unknownJail(name);
      if (name === undefined) await this.#slots.removeAll();
      else await this.#slots.remove(name);
    });
  }

  /**
   * Stops all jails at the same time, then closes the database. What is under way ends early; nothing is begun any more. Asked
   * again it waits for the first.
   */
  shutdown(): Promise<void> {
    if (this.#shutdown === undefined) {
      this.#tellLife("stopping");
      this.#shutdown = this.#stopAll();
    }
    return this.#shutdown;
  }

  async #stopAll(): Promise<void> {
    this.#say("INFO", "Shutdown in progress...");
    this.#say("INFO", "Stopping all jails");
    const hasty = setTimeout(() => this.#deps.hasten(), PATIENCE_MS);
    await this.#slots.removeAll();
    await this.#turn.catch(() => undefined);
    await this.#slots.removeAll();
    clearTimeout(hasty);
    this.#deps.database.close();
    this.#resolveStopped();
  }

  option(name: ServerOption): WireValue {
    return this.#options.get(name);
  }

  setOption(name: ServerOption, value: StreamWord): void {
    this.#options.set(name, value);
  }

  flushLogs(): "rolled over" | "flushed" {
    return this.#deps.log?.flush() ?? "flushed";
  }

  async unban(ids: readonly string[] | undefined): Promise<number> {
    let lifted = 0;
    for (const slot of this.#slots.all()) {
      lifted += ids === undefined ? await slot.unbanAll() : (await slot.unban(ids)).lifted;
    }
    return lifted;
  }

  /** A stream that says nothing of the version leaves it as the start had it. */
  #takeServer({ server }: FoldedConfiguration): void {
    this.#version = server.compatVersion ?? this.#deps.version;
    this.#options.take(server);
  }

  #fold(stream: readonly (readonly StreamWord[])[]): FoldedConfiguration {
    return foldStream(
      stream.map((words) => ({ words })),
      { early: this.#deps.early },
    );
  }

  /** Does something once what was begun before is done; refused once the end has begun. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseWhileStopping();
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return await done;
  }

  #refuseWhileStopping(): void {
    if (this.isStopping) throw refused("The server is shutting down");
  }

  #tellConfigErrors(stream: readonly (readonly StreamWord[])[]): void {
    for (const [verb, text] of stream) {
      if (verb === "config-error") this.#say("ERROR", String(text));
    }
  }

  #say(level: Level, text: string): void {
    this.#tell(level, "server", text);
  }

  #tell(level: Level, logger: Extract<GaolerEvent, { type: "message" }>["logger"], text: string): void {
    this.#deps.observe({ type: "message", level, logger, text });
  }
}
