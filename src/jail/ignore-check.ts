/**
 * Whether a failing ID is left alone: own addresses, ignoreip with its names and files, ignorecommand (A§3.3).
 * Answers at once where it can; names, files and commands take their time without holding up the log.
 * @module
 */
import type { RunCommand } from "../action/command-plan.ts";
import type { IgnoreList } from "../ban/ignore-list.ts";
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import { parseDuration } from "../base/duration.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";

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
  /** `ignorecache` as configured */
  readonly cache: string | undefined;
}

/** Files of `file:` entries are read again after this long. */
const FILE_FRESH: Seconds = 1;
const COMMAND_TIMEOUT: Seconds = 60;
const DEFAULT_CACHE_COUNT = 100;
const DEFAULT_CACHE_TIME: Seconds = 300;

type Verdict = string | undefined;

export class IgnoreCheck {
  readonly #jail: string;
  readonly #list: IgnoreList;
  readonly #terms: IgnoreTerms;
  readonly #ports: IgnorePorts;
  readonly #verdicts: BoundedMap<string, { verdict: Verdict; until: EpochSeconds }> | undefined;
  readonly #cacheTime: Seconds;
  #filesReadAt: EpochSeconds = Number.NEGATIVE_INFINITY;

  constructor(jail: string, list: IgnoreList, terms: IgnoreTerms, ports: IgnorePorts) {
    this.#jail = jail;
    this.#list = list;
    this.#terms = terms;
    this.#ports = ports;
    const cache = cacheTerms(terms.cache);
    this.#cacheTime = cache?.time ?? DEFAULT_CACHE_TIME;
    this.#verdicts = cache === undefined ? undefined : new BoundedMap({ limit: cache.count });
  }

  /** The source of the verdict (`ip`, `ignoreself rule`, `dns`, `command`), `undefined` where the ID counts. */
  check(id: string): Verdict | Promise<Verdict> {
    if (this.#terms.ignoreself && this.#ports.ownAddresses().has(id)) return "ignoreself rule";
    const listed = this.#list.check(id);
    if (listed !== undefined) return listed;
    if (!this.#isSlow(id)) return undefined;
    const known = this.#verdicts?.get(id);
    if (known !== undefined && known.until > this.#ports.clock.now()) return known.verdict;
    return this.#ask(id);
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
    this.#verdicts?.set(id, { verdict, until: this.#ports.clock.now() + this.#cacheTime });
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
    if (files.length === 0 || this.#ports.clock.now() - this.#filesReadAt < FILE_FRESH) return;
    this.#filesReadAt = this.#ports.clock.now();
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

/** `key="<ip>", max-count=100, max-time=5m`, as the option has it (A§1.12). The key is always the ID. */
function cacheTerms(text: string | undefined): { count: number; time: Seconds } | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const optionOf = (name: string): string | undefined =>
    new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*"?([^",]+)"?`).exec(text)?.[1]?.trim();
  const count = Number(optionOf("max-count") ?? DEFAULT_CACHE_COUNT);
  const time = optionOf("max-time");
  return {
    count: Number.isInteger(count) && count > 0 ? count : DEFAULT_CACHE_COUNT,
    time: time === undefined ? DEFAULT_CACHE_TIME : parseDuration(time),
  };
}
