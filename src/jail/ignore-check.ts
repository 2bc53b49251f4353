/**
 * Whether a failing ID is left alone: own addresses, ignoreip with its names and files, ignorecommand (A§3.3).
 * Answers at once where it can; names, files and commands take their time without holding up the log.
 * @module
 */
import type { RunCommand } from "../action/command-plan.ts";
import type { IgnoreList } from "../ban/ignore-list.ts";
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { IgnoreCacheTerms } from "./ignore-cache.ts";

/** What the check needs to know of the machine. */
export interface IgnorePorts {
  readonly clock: Clock;
  readonly observe: Observe;
  /** the machine's own addresses, canonical; refreshed by whoever owns the set */
  ownAddresses(): ReadonlySet<string>;
  addressesOf(name: string): Promise<readonly string[]>;
  /** text of a file, `undefined` where it cannot be read */
  readText(path: string): Promise<string | undefined>;
  readonly run: RunCommand;
}

export interface IgnoreTerms {
  readonly ignoreself: boolean;
  /** the command with its tags replaced for an ID; `undefined`: none */
  commandFor(id: string): { readonly script: string; readonly args: readonly string[] } | undefined;
  /** how verdicts that take time are kept; `undefined`: not at all */
  readonly cache: IgnoreCacheTerms | undefined;
}

/** Files of `file:` entries are read again after this long. */
const FILE_FRESH: Seconds = 1;
const COMMAND_TIMEOUT: Seconds = 60;

/** The source of a verdict (`ip`, `ignoreself rule`, `dns`, `command`, a file's entry); `undefined`: the ID counts. */
type Verdict = string | undefined;

export class IgnoreCheck {
  readonly #jail: string;
  readonly #list: IgnoreList;
  readonly #terms: IgnoreTerms;
  readonly #ports: IgnorePorts;
  readonly #verdicts:
    | BoundedMap<string, { readonly verdict: Verdict; readonly at: EpochSeconds }>
    | undefined;
  #filesReadAt: EpochSeconds = Number.NEGATIVE_INFINITY;

  constructor(jail: string, list: IgnoreList, terms: IgnoreTerms, ports: IgnorePorts) {
    this.#jail = jail;
    this.#list = list;
    this.#terms = terms;
    this.#ports = ports;
    this.#verdicts = terms.cache === undefined ? undefined : new BoundedMap({ limit: terms.cache.maxCount });
  }

  /** What can be said at once; `undefined`: somebody has to be asked. */
  known(id: string): { readonly verdict: Verdict } | undefined {
    if (this.#terms.ignoreself && this.#ports.ownAddresses().has(id)) return { verdict: "ignoreself rule" };
    const listed = this.#list.check(id);
    if (listed !== undefined) return { verdict: listed };
    if (!this.#isSlow(id)) return { verdict: undefined };
    const kept = this.#verdicts?.get(id);
    const age = kept === undefined ? undefined : this.#ports.clock.now() - kept.at;
    return age !== undefined && age >= 0 && age < (this.#terms.cache?.maxTime ?? 0) ? kept : undefined;
  }

  /** The verdict, whoever has to be asked for it. Begins at once: the caller sees to it that not too many are under way. */
  async check(id: string): Promise<Verdict> {
    const known = this.known(id);
    return known === undefined ? await this.#ask(id) : known.verdict;
  }

  #isSlow(id: string): boolean {
    return (
      this.#list.dnsNames().length > 0 ||
      this.#list.files().length > 0 ||
      this.#terms.commandFor(id) !== undefined
    );
  }

  async #ask(id: string): Promise<Verdict> {
    const verdict = await this.#askAll(id);
    this.#verdicts?.set(id, { verdict, at: this.#ports.clock.now() });
    return verdict;
  }

  async #askAll(id: string): Promise<Verdict> {
    await this.#refreshFiles();
    const file = this.#list.checkFiles(id);
    if (file !== undefined) return file;
    for (const name of this.#list.dnsNames()) {
      if (this.#list.checkResolved(id, name, await this.#ports.addressesOf(name))) return "dns";
    }
    return await this.#askCommand(id);
  }

  async #refreshFiles(): Promise<void> {
    const files = this.#list.files();
    const now = this.#ports.clock.now();
    if (files.length === 0 || Math.abs(now - this.#filesReadAt) < FILE_FRESH) return;
    this.#filesReadAt = now;
    for (const { entry, path } of files) {
      const text = await this.#ports.readText(path);
      if (text === undefined) this.#warn(`ignoreip: ${path} cannot be read; what was known of it stays`);
      else this.#list.setFile(entry, text);
    }
  }

  async #askCommand(id: string): Promise<Verdict> {
    const command = this.#terms.commandFor(id);
    if (command === undefined) return undefined;
    const result = await this.#ports.run({ ...command, timeout: COMMAND_TIMEOUT });
    if (result.code === 0) return "command";
    if (result.code !== 1) {
      const how = result.timedOut ? "timed out" : `returned ${result.code ?? result.error}`;
      this.#warn(`ignorecommand ${how} for ${id}; the ID is not ignored`);
    }
    return undefined;
  }

  #warn(text: string): void {
    this.#ports.observe({
      type: "message",
      level: "ERROR",
      logger: "filter",
      text: `[${this.#jail}] ${text}`,
    });
  }
}
