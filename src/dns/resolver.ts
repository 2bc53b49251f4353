/**
 * Names to addresses and back, through the system's resolver so that `/etc/hosts` counts (A§2.17). Shared by all jails.
 * A slow or dead name server costs waiting only: answers have a deadline, lookups under way and waiting are bounded, every
 * answer, the empty one too, is kept for a while.
 * @module
 */
import { lookup, lookupService } from "node:dns/promises";
import { canonicalId } from "../address/address.ts";
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { GivenUpError, LookupTurns } from "./lookup-turns.ts";

/** Answers kept, for each of the two directions. */
const MAX_CACHED = 1000;
/** How long an answer is kept. */
const CACHE_TIME: Seconds = 300;
/** How long it is kept that a question was given up: the next one may find the name server in better health. */
const GIVEN_UP_TIME: Seconds = 30;
/** Longest host name there can be, characters; longer text is none. */
const MAX_NAME_CHARS = 253;
/** Longest wait for an answer, the turn included; milliseconds. */
const DEADLINE_MS = 5000;

/** The two questions as asked of the system. Both reject if there is no answer. */
export interface NameService {
  addressesOf(name: string, family: 0 | 4): Promise<readonly string[]>;
  nameOf(address: string): Promise<string>;
}

const systemNames: NameService = {
  addressesOf: async (name, family) =>
    (await lookup(name, { all: true, family, order: "verbatim" })).map((one) => one.address),
  nameOf: async (address) => (await lookupService(address, 0)).hostname,
};

export interface ResolverOptions {
  readonly observe: Observe;
  readonly clock: Clock;
  /** whether IPv6 addresses are asked for (`allowipv6`) */
  readonly allowIpv6?: boolean;
  readonly names?: NameService;
}

interface Answer<T> {
  readonly value: T;
  readonly at: EpochSeconds;
  readonly lifetime: Seconds;
  /** nobody answered in time; not what is true, only what is known */
  readonly isGivenUp: boolean;
}

/** Answers of one direction and the questions being asked, so that none is asked twice at once. */
class Answers<T> {
  readonly #clock: Clock;
  readonly #known = new BoundedMap<string, Answer<T>>({ limit: MAX_CACHED });
  readonly #asked = new Map<string, Promise<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(question: string): Answer<T> | undefined {
    const answer = this.#known.get(question);
    if (answer === undefined) return undefined;
    const age = this.#clock.now() - answer.at;
    // a clock that went back makes an answer old as well
    return age >= 0 && age < answer.lifetime ? answer : undefined;
  }

  keep(question: string, value: T, isGivenUp = false): T {
    this.#known.delete(question);
    const lifetime = isGivenUp ? GIVEN_UP_TIME : CACHE_TIME;
    this.#known.set(question, { value, at: this.#clock.now(), lifetime, isGivenUp });
    return value;
  }

  /** The kept answer, that of the same question under way, or a new one. */
  async once(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.get(question);
    if (known !== undefined) return known.value;
    const running = this.#asked.get(question);
    if (running !== undefined) return await running;
    const answer = ask().finally(() => this.#asked.delete(question));
    this.#asked.set(question, answer);
    return await answer;
  }

  clear(): void {
    this.#known.clear();
  }
}

export class Resolver {
  readonly #options: ResolverOptions;
  readonly #names: NameService;
  readonly #addresses: Answers<readonly string[]>;
  readonly #reverse: Answers<string | undefined>;
  /** names whose last true answer may be needed; outlives the cache */
  readonly #last = new BoundedMap<string, readonly string[]>({ limit: MAX_CACHED });
  readonly #turns: LookupTurns;
  #allowIpv6: boolean;

  constructor(options: ResolverOptions) {
    this.#options = options;
    this.#names = options.names ?? systemNames;
    this.#addresses = new Answers(options.clock);
    this.#reverse = new Answers(options.clock);
    this.#turns = new LookupTurns(DEADLINE_MS);
    this.#allowIpv6 = options.allowIpv6 ?? true;
  }

  /** Whether IPv6 addresses are asked for; a change forgets all answers. */
  setAllowIpv6(allow: boolean): void {
    if (allow !== this.#allowIpv6) this.clear();
    this.#allowIpv6 = allow;
  }

  /**
   * Canonical addresses of a name, none if it has none. Never rejects; takes at most the deadline.
   * A name without addresses is told once while the answer is kept.
   *
   * @param asker who asks, a jail mostly: each has turns of its own
   */
  async addresses(name: string, asker = ""): Promise<readonly string[]> {
    if (name.length > MAX_NAME_CHARS) return [];
    return await this.#addresses.once(name, async () => {
      try {
        const found = await this.#turns.take(asker, () =>
          this.#names.addressesOf(name, this.#allowIpv6 ? 0 : 4),
        );
        const addresses = [...new Set(found.map((address) => canonicalId(address)))];
        return this.#addresses.keep(name, addresses);
      } catch (error) {
        const text = `Unable to find a corresponding IP address for ${name}: ${reasonOf(error)}`;
        this.#options.observe({ type: "message", level: "WARNING", logger: "ipdns", text });
        return this.#addresses.keep(name, [], isNoAnswer(error));
      }
    });
  }

  /** Like {@link addresses}; the last known ones where the question was given up. For whom it is worse to know nobody. */
  async lastAddresses(name: string, asker = ""): Promise<readonly string[]> {
    const addresses = await this.addresses(name, asker);
    if (this.#addresses.get(name)?.isGivenUp !== true) {
      if (addresses.length > 0) this.#last.set(name, addresses);
      else this.#last.delete(name);
      return addresses;
    }
    return this.#last.get(name) ?? addresses;
  }

  /** The name of an address; `undefined` if it has none. Never rejects; takes at most the deadline. */
  async nameOf(address: string): Promise<string | undefined> {
    if (address.length > MAX_NAME_CHARS) return undefined;
    return await this.#reverse.once(address, async () => {
      try {
        const name = await this.#turns.take("", () => this.#names.nameOf(address));
        // an address given back as it is says that there is no name
        return this.#reverse.keep(address, name === address || name === "" ? undefined : name);
      } catch (error) {
        const text = `Unable to find a name for the IP ${address}: ${reasonOf(error)}`;
        this.#options.observe({ type: "message", level: "DEBUG", logger: "ipdns", text });
        return this.#reverse.keep(address, undefined, isNoAnswer(error));
      }
    });
  }

  /** Forgets all answers (reload of all jails). */
  clear(): void {
    this.#addresses.clear();
    this.#reverse.clear();
  }
}

/** Whether the question stays open: nobody answered, in time or at all. */
function isNoAnswer(error: unknown): boolean {
  return (
    error instanceof GivenUpError || (error instanceof Error && "code" in error && error.code === "EAI_AGAIN")
  );
}

/** The error's code where it has one: `ENOTFOUND`. */
function reasonOf(error: unknown): string {
  const isCoded = error instanceof Error && "code" in error && typeof error.code === "string";
  return isCoded ? String(error.code) : messageOf(error);
}
