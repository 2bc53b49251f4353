/**
 * A jail as the control socket sees it: its settings from the first `add`, and the running jail once it was started.
 * @module
 */
import { canonicalId } from "../address/address.ts";
import type { BanObjection } from "../ban/ban-objection.ts";
import { type Diagnostic, formatDiagnostic } from "../base/diagnostic.ts";
import { applyCommand, newJailSettings } from "../config/apply-command.ts";
import { ConfigMistake } from "../config/findings.ts";
import type { JailSettings, StreamWord } from "../config/settings.ts";
import { badSettings, badValue, refused } from "../control/command-error.ts";
import type {
  JailPort,
  JailReading,
  JailState,
  JailStatus,
  JailView,
  ListedBan,
} from "../control/daemon-port.ts";
import { fromStreamWord, type WireValue } from "../control/wire-value.ts";
import { Jail } from "../jail/jail.ts";
import { type BuiltParts, buildParts, type JailParts } from "../jail/jail-parts.ts";
import type { JailPorts } from "../jail/jail-ports.ts";
import { callAction } from "./action-call.ts";

export class JailSlot implements JailPort {
  readonly name: string;
  readonly #ports: JailPorts;
  #settings: JailSettings;
  #jail: Jail | undefined;
  /** what the settings come to while the jail is not running; its diagnostics may not be told yet */
  #idle: BuiltParts | undefined;
  /** what is wrong with the settings as they are; `undefined`: not looked at yet */
  #errors: ReadonlySet<string> | undefined;
  /** built for the start, and told */
  #isPrepared = false;

  constructor(settings: JailSettings, ports: JailPorts) {
    this.name = settings.name;
    this.#settings = settings;
    this.#ports = ports;
  }

  /** A jail that was only named yet (`add J BACKEND`). */
  static named(name: string, backend: string, ports: JailPorts): JailSlot {
    return new JailSlot(newJailSettings(name, backend), ports);
  }

  get settings(): JailSettings {
    return this.#settings;
  }

  get isRunning(): boolean {
    return this.#jail?.state === "running";
  }

  get state(): JailState {
    if (!this.isRunning) return "stopped";
    return this.#jail?.isIdle === true ? "idle" : "running";
  }

  get jail(): Jail | undefined {
    return this.#jail;
  }

  /** Builds what the jail needs, tells what is wrong with it, and starts nothing yet. @returns whether it can run */
  prepare(): boolean {
    const { parts, diagnostics } = this.#built();
    if (!this.#isPrepared) this.#diagnose(diagnostics);
    this.#isPrepared = true;
    return parts !== undefined;
  }

  /**
   * Starts the jail, or lets an idle one go on.
   *
   * @param before the stopped jail that this one takes the place of
   * @returns whether it runs; where not, what is wrong was told
   */
  async start(before?: Jail): Promise<boolean> {
    if (this.#jail?.state === "stopped") await this.stop();
    if (this.#jail !== undefined) {
      this.#jail.setIdle(false);
      return true;
    }
    const isFit = this.prepare();
    const { parts } = this.#built();
    this.#forgetBuilt();
    if (!isFit || parts === undefined) return false;
    this.#jail = new Jail(parts, this.#ports);
    await this.#jail.start(before);
    return this.isRunning;
  }

  async stop(): Promise<void> {
    const jail = this.#jail;
    await jail?.stop();
    if (this.#jail === jail) this.#jail = undefined;
  }

  /**
   * Swaps the settings of a running jail, if the new ones can run and hold no mistake that the old ones did not.
   *
   * @returns `false`: nothing was changed, what is wrong was told
   */
  async reconfigure(settings: JailSettings): Promise<boolean> {
    const { parts, diagnostics } = buildParts(settings, this.#ports);
    const before = buildParts(this.#settings, this.#ports).diagnostics.filter(isError);
    const isWorse = diagnostics.some(
      (one) => isError(one) && !before.some(({ message }) => message === one.message),
    );
    if (parts === undefined || isWorse) {
      const consequence = "the jail runs on as it was before the reload";
      this.#diagnose(diagnostics.map((one) => (isError(one) ? { ...one, consequence } : one)));
      return false;
    }
    this.#diagnose(diagnostics);
    this.#settings = settings;
    this.#forgetBuilt();
    await this.#jail?.reconfigure(parts);
    return true;
  }

  get backend(): string {
    return this.#parts().backend.kind;
  }

  status(): JailStatus {
    const jail = this.#jail;
    return {
      currentlyFailed: jail?.failures.current ?? 0,
      totalFailed: jail?.failures.total ?? 0,
      currentlyBanned: jail?.bans.size ?? 0,
      totalBanned: jail?.bans.total ?? 0,
    };
  }

  reading(): JailReading {
    if (this.#parts().backend.kind === "systemd") {
      return { kind: "journal", matches: this.#settings.journalmatch };
    }
    const paths = this.#jail?.paths() ?? this.#settings.logpaths.map(({ pattern }) => pattern);
    return { kind: "files", paths };
  }

  view(): JailView {
    const { filter, decoder, ignoreList, ignoreCache } = this.#parts();
    const { prefix, failures, ignores, detector } = filter.parts;
    return {
      settings: this.#settings,
      logencoding: decoder.encoding,
      prefregex: prefix?.expanded ?? "",
      failregex: failures.map(({ expanded }) => expanded),
      ignoreregex: ignores.map(({ expanded }) => expanded),
      datepattern: detector.describe(),
      ignoreip: ignoreList.entries(),
      ignorecache: ignoreCache,
    };
  }

  bannedIds(): readonly string[] {
    return this.#jail === undefined ? [] : [...this.#jail.bans.bans()].map(({ id }) => id);
  }

  bansByEnd(): readonly ListedBan[] {
    const jail = this.#jail;
    if (jail === undefined) return [];
    return jail.bans
      .byEnd()
      .map(({ id, at, bantime }) => ({ id, at, bantime: bantime ?? jail.bans.bantime }));
  }

  isBanned(id: string): boolean {
    return this.#jail?.bans.get(canonicalId(id)) !== undefined;
  }

  async ban(ids: readonly string[]): Promise<number> {
    return await this.#running().ban(ids);
  }

  async objections(ids: readonly string[], sessions: readonly string[]): Promise<readonly BanObjection[]> {
    return await this.#running().objections.find(ids, sessions);
  }

  async unbanAll(): Promise<number> {
    return (await this.#jail?.unbanAll()) ?? 0;
  }

  async unban(ids: readonly string[]): Promise<{ lifted: number; absent: readonly string[] }> {
    if (this.#jail === undefined) return { lifted: 0, absent: ids };
    return await this.#jail.unban(ids);
  }

  async attempt(id: string, failures: readonly string[]): Promise<number> {
    return (await this.#running().attempt(id, failures)) ? 1 : 0;
  }

  setIdle(isIdle: boolean): void {
    this.#jail?.setIdle(isIdle);
  }

  async apply(words: readonly StreamWord[]): Promise<void> {
    const changed = applyCommand(this.#settings, { words: ["set", this.name, ...words] });
    if (changed instanceof ConfigMistake) throw badValue(changed.message);
    const built = buildParts(changed, this.#ports);
    // what was wrong before the change does not stand in its way
    this.#errors ??= new Set(errorsOf(buildParts(this.#settings, this.#ports)));
    const known = this.#errors;
    const mistake = errorsOf(built).find((error) => !known.has(error));
    if (mistake !== undefined) throw badSettings(mistake);
    if (this.#jail !== undefined && built.parts === undefined) throw refused("The jail cannot run so");
    this.#settings = changed;
    this.#forgetBuilt();
    this.#errors = new Set(errorsOf(built));
    if (built.parts !== undefined) await this.#jail?.reconfigure(built.parts);
  }

  actions(): ReadonlyMap<string, ReadonlyMap<string, WireValue>> {
    return new Map(
      this.#settings.actions.map(({ name, properties }) => [
        name,
        new Map([...properties].map(([key, value]) => [key, fromStreamWord(value)])),
      ]),
    );
  }

  async callAction(action: string, method: string, json: string | undefined): Promise<WireValue> {
    return await callAction(this.#running(), { action, method, json }, this.#ports);
  }

  #running(): Jail {
    if (this.#jail?.state !== "running") throw refused(`Jail '${this.name}' is not running`);
    return this.#jail;
  }

  #parts(): JailParts {
    if (this.#jail !== undefined) return this.#jail.parts;
    const { parts, diagnostics } = this.#built();
    if (parts !== undefined) return parts;
    const [first] = diagnostics;
    throw refused(first === undefined ? `Jail '${this.name}' cannot run` : formatDiagnostic(first));
  }

  #built(): BuiltParts {
    this.#idle ??= buildParts(this.#settings, this.#ports);
    return this.#idle;
  }

  #forgetBuilt(): void {
    this.#errors = undefined;
    this.#idle = undefined;
    this.#isPrepared = false;
  }

  #diagnose(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) this.#ports.observe({ type: "diagnosed", diagnostic });
  }
}

function errorsOf({ diagnostics }: BuiltParts): string[] {
  return diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
}

const isError = ({ severity }: Diagnostic): boolean => severity === "error";
