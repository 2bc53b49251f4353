/**
 * The addresses of this machine, for `ignoreself` (A§3.3): those of its interfaces and those its own names resolve to.
 * @module
 */
import { hostname, networkInterfaces } from "node:os";
import { canonicalId } from "../address/address.ts";
import type { Clock } from "../base/clock.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { Resolver } from "./resolver.ts";

/** How long the set is kept. */
const CACHE_TIME: Seconds = 300;

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

export class OwnAddresses {
  readonly #resolver: Pick<Resolver, "addresses" | "nameOf">;
  readonly #clock: Clock;
  readonly #names: OwnNames;
  #known: { readonly set: ReadonlySet<string>; readonly at: EpochSeconds } | undefined;
  #asking: Promise<ReadonlySet<string>> | undefined;

  constructor(options: {
    readonly resolver: Pick<Resolver, "addresses" | "nameOf">;
    readonly clock: Clock;
    readonly names?: OwnNames;
  }) {
    this.#resolver = options.resolver;
    this.#clock = options.clock;
    this.#names = options.names ?? systemNames;
  }

  /** Canonical addresses of this machine. Never rejects; at worst a name server's deadline late. */
  async addresses(): Promise<ReadonlySet<string>> {
    const age = this.#known === undefined ? -1 : this.#clock.now() - this.#known.at;
    if (this.#known !== undefined && age >= 0 && age < CACHE_TIME) return this.#known.set;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return await this.#asking;
  }

  /** Forgets the set (reload of all jails). */
  clear(): void {
    this.#known = undefined;
  }

  async #ask(): Promise<ReadonlySet<string>> {
    const set = new Set<string>();
    const add = (addresses: readonly string[]): void => {
      // a zone (`%eth0`) is this machine's own business
      for (const address of addresses) set.add(canonicalId(address.replace(/%.*$/, "")));
    };
    const own = this.#names.hostname();
    add(this.#names.interfaceAddresses());
    const byName = await this.#resolver.addresses(own);
    add(byName);
    add(await this.#resolver.addresses("localhost"));
    const first = byName[0];
    const full = first === undefined ? undefined : await this.#resolver.nameOf(first);
    // a full name only if it continues the own one: the reverse name of a provider is somebody else's
    if (full?.startsWith(`${own}.`) === true) add(await this.#resolver.addresses(full));
    this.#known = { set, at: this.#clock.now() };
    return set;
  }
}
