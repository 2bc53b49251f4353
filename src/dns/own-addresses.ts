/**
 * The addresses of this machine, for `ignoreself` (A§3.3): those of its interfaces and those its own names resolve to.
 * @module
 */
import { hostname, networkInterfaces } from "node:os";
import { canonicalId } from "../address/address.ts";
import type { Clock } from "../base/clock.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { Resolver } from "./resolver.ts";

/** How old the addresses of the interfaces may be. */
const INTERFACES_FRESH: Seconds = 5;
/** How old those of the own names may be. */
const NAMES_FRESH: Seconds = 300;

/** What the machine says of itself. */
export interface OwnNames {
  hostname(): string;
  /** addresses of all interfaces */
  interfaceAddresses(): readonly string[];
}

const systemNames: OwnNames = {
  hostname,
  interfaceAddresses: () =>
    Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map((entry) => entry.address)),
};

export interface OwnAddressesOptions {
  readonly resolver: Pick<Resolver, "lastAddresses" | "nameOf">;
  readonly clock: Clock;
  readonly names?: OwnNames;
}

export class OwnAddresses {
  readonly #resolver: OwnAddressesOptions["resolver"];
  readonly #clock: Clock;
  readonly #names: OwnNames;
  #set: ReadonlySet<string> = new Set();
  #lookedAt: EpochSeconds = Number.NEGATIVE_INFINITY;
  /** addresses of the own names, as last heard */
  #named: readonly string[] = [];
  #askedAt: EpochSeconds = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(options: OwnAddressesOptions) {
    this.#resolver = options.resolver;
    this.#clock = options.clock;
    this.#names = options.names ?? systemNames;
  }

  /**
   * Looks around for the first time.
   *
   * @param patienceMs wait for a name server that does not answer; its answers are taken whenever they come
   */
  async begin(patienceMs: number): Promise<void> {
    const { promise: passed, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    await Promise.race([this.#ask(), passed]);
    clearTimeout(timer);
  }

  /**
   * Canonical addresses of this machine as they are known now: those of the interfaces a few seconds old at most, those of the own
   * names asked for again in the background when they grow old.
   */
  current(): ReadonlySet<string> {
    const now = this.#clock.now();
    if (Math.abs(now - this.#askedAt) >= NAMES_FRESH) void this.#ask();
    if (Math.abs(now - this.#lookedAt) >= INTERFACES_FRESH) this.#look(now);
    return this.#set;
  }

  /** Looks and asks anew at the next question (reload of all jails). */
  clear(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  #look(now: EpochSeconds): void {
    this.#lookedAt = now;
    // a zone (`%eth0`) is this machine's own business
    const found = this.#names.interfaceAddresses().map((address) => address.replace(/%.*$/, ""));
    this.#set = new Set([...found, ...this.#named].map(canonicalId));
  }

  async #ask(): Promise<void> {
    this.#askedAt = this.#clock.now();
    this.#asking ??= this.#askNames().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #askNames(): Promise<void> {
    const own = this.#names.hostname();
    const byName = await this.#resolver.lastAddresses(own);
    const found = [...byName, ...(await this.#resolver.lastAddresses("localhost"))];
    const first = byName[0];
    const full = first === undefined ? undefined : await this.#resolver.nameOf(first);
    // a full name only if it continues the own one: the reverse name of a provider is somebody else's
    if (full?.startsWith(`${own}.`) === true) found.push(...(await this.#resolver.lastAddresses(full)));
    this.#named = found;
    this.#look(this.#clock.now());
  }
}
