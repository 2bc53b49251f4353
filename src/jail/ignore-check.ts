/**
 * Whether a failing ID is left alone: own addresses, ignoreip with its names and files, ignorecommand (A§3.3).
 * Answers at once where it can; names, files and commands take their time without holding up the log.
 * Hot: per failure, as far as the answer is known at once.
 * @module
 */
import type { CommandPlan, RunCommand } from "../action/command-plan.ts";
import type { NeededValue, PreparedValues, TicketInfo } from "../action/ticket-info.ts";
import type { IgnoreList } from "../ban/ignore-list.ts";
import type { Ban } from "../ban/ticket.ts";
import { BoundedMap } from "../base/bounded-map.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { IgnoreCacheTerms } from "./ignore-cache.ts";
import { IgnoreFiles, type IgnoreFilesPorts } from "./ignore-files.ts";
import { OwnGuess } from "./own-guess.ts";
import { banOf, fillIn, infoOf, neededIn, type Suspect } from "./suspect.ts";

/** What the check needs to know of the machine. */
export interface IgnorePorts extends IgnoreFilesPorts {
  /** the machine's own addresses, canonical; refreshed by whoever owns the set */
  ownAddresses(): ReadonlySet<string>;
  /** addresses of a name; the last known ones while nobody answers */
  lastAddressesOf(name: string, jail: string): Promise<readonly string[]>;
  readonly run: RunCommand;
}

/** The ignorecommand of a jail. */
export interface IgnoreCommand {
  /** tags in it whose values have to be looked up */
  readonly needed: ReadonlySet<NeededValue>;
  /** the command with its tags replaced */
  plan(info: TicketInfo): CommandPlan | undefined;
}

export interface IgnoreTerms {
  readonly jail: string;
  /** of the jail, for the tag */
  readonly bantime: Seconds;
  readonly ignoreself: boolean;
  readonly command: IgnoreCommand | undefined;
  /** how verdicts that take time are kept; `undefined`: not at all */
  readonly cache: IgnoreCacheTerms | undefined;
  prepare(ban: Ban, needed: ReadonlySet<NeededValue>): Promise<PreparedValues>;
}

export interface Verdict {
  /** why the ID is ignored (`ip`, `ignoreself rule`, `dns`, `command`, a file's entry); `undefined`: it counts */
  readonly source: string | undefined;
  /** the answer to an earlier question */
  readonly isRepeated: boolean;
}

const COUNTS: Verdict = { source: undefined, isRepeated: false };
const NOTHING: PreparedValues = new Map();

const ignored = (source: string): Verdict => ({ source, isRepeated: false });

export class IgnoreCheck {
  readonly #list: IgnoreList;
  readonly #terms: IgnoreTerms;
  readonly #ports: IgnorePorts;
  readonly #files: IgnoreFiles;
  readonly #own = new OwnGuess();
  readonly #kept: BoundedMap<string, { readonly verdict: Verdict; readonly at: EpochSeconds }> | undefined;
  /** questions under way whose answers will be kept */
  readonly #asked = new Map<string, Promise<Verdict>>();
  /** tags of the cache's key whose values have to be looked up */
  readonly #neededForKey: ReadonlySet<NeededValue>;

  constructor(list: IgnoreList, terms: IgnoreTerms, ports: IgnorePorts) {
    this.#list = list;
    this.#terms = terms;
    this.#ports = ports;
    this.#files = new IgnoreFiles(terms.jail, list, ports);
    this.#kept = terms.cache && new BoundedMap({ limit: terms.cache.maxCount });
    this.#neededForKey = neededIn(terms.cache?.key ?? "");
  }

  /** What can be said at once; `undefined`: somebody has to be asked. */
  known(suspect: Suspect): Verdict | undefined {
    const certain = this.#certain(suspect);
    if (certain !== undefined) return certain;
    if (this.#list.isEmpty && this.#terms.command === undefined) return COUNTS;
    if (this.#files.isDue) return undefined;
    const listed = this.#listed(suspect);
    if (listed !== undefined) return listed;
    return this.#neededForKey.size > 0 ? undefined : this.#keptAs(this.#keyOf(suspect, NOTHING));
  }

  /** The verdict, whoever has to be asked for it. Begins at once: the caller sees to it that not too many are under way. */
  async check(suspect: Suspect): Promise<Verdict> {
    const certain = this.#certain(suspect);
    if (certain !== undefined) return certain;
    if (this.#files.isDue) await this.#files.refresh();
    const listed = this.#listed(suspect);
    if (listed !== undefined) return listed;
    if (this.#kept === undefined) return await this.#ask(suspect);
    const prepared = await this.#prepare(suspect, this.#neededForKey);
    const key = this.#keyOf(suspect, prepared);
    return this.#keptAs(key) ?? (await this.#askOnce(key, suspect));
  }

  /** What needs neither files nor questions. */
  #certain({ id }: Suspect): Verdict | undefined {
    if (this.#terms.ignoreself && this.#own.has(this.#ports.ownAddresses(), id))
      return ignored("ignoreself rule");
    const listed = this.#list.isEmpty ? undefined : this.#list.check(id);
    return listed === undefined ? undefined : ignored(listed);
  }

  /** What the files say, and that there is nobody else to ask. */
  #listed({ id }: Suspect): Verdict | undefined {
    const file = this.#list.checkFiles(id);
    if (file !== undefined) return ignored(file);
    const isLast = this.#list.dnsNames().length === 0 && this.#terms.command === undefined;
    return isLast ? COUNTS : undefined;
  }

  #keyOf(suspect: Suspect, prepared: PreparedValues): string {
    const { cache } = this.#terms;
    return cache === undefined ? "" : fillIn(cache.key, this.#info(suspect, prepared));
  }

  #keptAs(key: string): Verdict | undefined {
    const kept = this.#kept?.get(key);
    if (kept === undefined) return undefined;
    const age = this.#ports.clock.now() - kept.at;
    return age >= 0 && age < (this.#terms.cache?.maxTime ?? 0) ? kept.verdict : undefined;
  }

  /** Asks, unless the same question is under way. */
  async #askOnce(key: string, suspect: Suspect): Promise<Verdict> {
    const running = this.#asked.get(key);
    if (running !== undefined) return { ...(await running), isRepeated: true };
    const answer = this.#ask(suspect).finally(() => this.#asked.delete(key));
    this.#asked.set(key, answer);
    const verdict = await answer;
    // not set in its old place: it has just been asked for
    this.#kept?.delete(key);
    this.#kept?.set(key, { verdict: { ...verdict, isRepeated: true }, at: this.#ports.clock.now() });
    return verdict;
  }

  async #ask(suspect: Suspect): Promise<Verdict> {
    for (const name of this.#list.dnsNames()) {
      const addresses = await this.#ports.lastAddressesOf(name, this.#terms.jail);
      if (this.#list.checkResolved(suspect.id, name, addresses)) return ignored("dns");
    }
    return await this.#askCommand(suspect);
  }

  async #askCommand(suspect: Suspect): Promise<Verdict> {
    const { command } = this.#terms;
    if (command === undefined) return COUNTS;
    const info = this.#info(suspect, await this.#prepare(suspect, command.needed));
    const plan = command.plan(info);
    if (plan === undefined) return COUNTS;
    const result = await this.#ports.run(plan);
    if (result.code === 0) return ignored("command");
    if (result.code !== 1) {
      const how = result.timedOut ? "timed out" : `returned ${result.code ?? result.error}`;
      this.#say(`ignorecommand ${how} for ${suspect.id}; the ID is not ignored`);
    }
    return COUNTS;
  }

  #info(suspect: Suspect, prepared: PreparedValues): TicketInfo {
    const { jail, bantime } = this.#terms;
    return infoOf(suspect, { name: jail, bantime }, prepared);
  }

  async #prepare(suspect: Suspect, needed: ReadonlySet<NeededValue>): Promise<PreparedValues> {
    return needed.size === 0 ? NOTHING : await this.#terms.prepare(banOf(suspect), needed);
  }

  #say(text: string): void {
    const told = `[${this.#terms.jail}] ${text}`;
    this.#ports.observe({ type: "message", level: "ERROR", logger: "utils", text: told });
  }
}
