/**
 * What speaks against a ban by hand in a jail: own addresses, those that the jail ignores, the sessions of whoever asks. Carries
 * nothing out and forbids nothing.
 * @module
 */
import { canonicalId, parseAddress } from "../address/address.ts";
import { type BanObjection, ignoreObjection, ownObjection, sessionObjection } from "../ban/ban-objection.ts";
import type { JailParts } from "./jail-parts.ts";
import type { JailPorts } from "./jail-ports.ts";
import { nobodyElse } from "./suspect.ts";

/** IDs that a firewall's tool would look up. */
const HOST_NAME = /^localhost$|^[a-z\d-]+(?:\.[a-z\d-]+)+\.?$/i;

export interface BanObjectionsOptions {
  readonly jail: string;
  readonly ports: Pick<JailPorts, "addressesOf" | "clock" | "ownAddresses">;
  /** the parts as they are now */
  parts(): Pick<JailParts, "ignoreCheck" | "ignoreList">;
}

/** What is known; `objection` is `undefined` where nothing speaks against the ban. */
export interface KnownObjection {
  readonly objection: BanObjection | undefined;
}

export class BanObjections {
  readonly #options: BanObjectionsOptions;

  constructor(options: BanObjectionsOptions) {
    this.#options = options;
  }

  /**
   * What can be said at once; `undefined`: somebody has to be asked.
   *
   * @param id canonical
   */
  known(id: string): KnownObjection | undefined {
    const { ports, parts } = this.#options;
    const { ignoreCheck, ignoreList } = parts();
    const objection = ownObjection(id, ports.ownAddresses());
    if (objection !== undefined) return { objection };
    const entry = ignoreList.entryHitBy(id);
    if (entry !== undefined) return { objection: ignoreObjection(id, "ip", entry) };
    const verdict = ignoreCheck.known(nobodyElse(id, ports.clock.now()));
    return verdict && { objection: ofSource(id, verdict.source) };
  }

  /** The same, whoever has to be asked. */
  async ask(id: string): Promise<BanObjection | undefined> {
    const known = this.known(id);
    if (known !== undefined) return known.objection;
    const { ports, parts } = this.#options;
    const { source } = await parts().ignoreCheck.check(nobodyElse(id, ports.clock.now()));
    return ofSource(id, source);
  }

  /**
   * What speaks against the bans that somebody wants, names looked up: one objection for each ID at most, in their order.
   *
   * @param sessions addresses that the sessions of whoever asks come from
   */
  async find(ids: readonly string[], sessions: readonly string[]): Promise<readonly BanObjection[]> {
    const objections: BanObjection[] = [];
    for (const id of ids) {
      const objection = await this.#findOne(id, sessions.map(canonicalId));
      if (objection !== undefined) objections.push({ ...objection, id });
    }
    return objections;
  }

  async #findOne(text: string, sessions: readonly string[]): Promise<BanObjection | undefined> {
    for (const id of [canonicalId(text), ...(await this.#addressesIfName(text))]) {
      const objection = sessionObjection(id, sessions) ?? (await this.ask(id));
      if (objection !== undefined) return objection;
    }
    return undefined;
  }

  async #addressesIfName(text: string): Promise<readonly string[]> {
    if (parseAddress(text) !== undefined || !HOST_NAME.test(text)) return [];
    const { jail, ports } = this.#options;
    return (await ports.addressesOf(text, jail)).map(canonicalId);
  }
}

const ofSource = (id: string, source: string | undefined): BanObjection | undefined =>
  source === undefined ? undefined : ignoreObjection(id, source);
