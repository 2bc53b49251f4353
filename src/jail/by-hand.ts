/**
 * What people do to a jail by hand: bans, unbans, attempts (B§2.3, B§2.6). A ban by hand asks no ignore list, an attempt does.
 * @module
 */
import { canonicalId } from "../address/address.ts";
import type { JailCore } from "../ban/jail-core.ts";
import { formatCivil } from "../base/local-time.ts";
import type { Execution } from "./execution.ts";
import type { Intake } from "./intake.ts";
import type { JailPorts } from "./jail-ports.ts";
import { nobodyElse } from "./suspect.ts";

export interface ByHandOptions {
  readonly jail: string;
  readonly ports: Pick<JailPorts, "addressesOf" | "clock" | "observe" | "store" | "zone">;
  readonly core: JailCore;
  readonly execution: Execution;
  readonly intake: Intake;
  isRunning(): boolean;
  /** stores how far the logs were read: what an ID did before it was let go must not count again after a crash */
  remember(): void;
}

export class ByHand {
  readonly #options: ByHandOptions;

  constructor(options: ByHandOptions) {
    this.#options = options;
  }

  /** @returns how many bans are new, once their actions are done; none where the jail does not run */
  async ban(ids: readonly string[]): Promise<number> {
    const { core, execution, ports, isRunning } = this.#options;
    if (!isRunning()) return 0;
    let count = 0;
    const work: Promise<unknown>[] = [];
    for (const id of ids) {
      const effects = core.ban(canonicalId(id), ports.clock.now());
      count += effects.filter((effect) => effect.type === "ban").length;
      work.push(execution.apply(effects));
    }
    await Promise.all(work);
    return count;
  }

  /** Lifts bans and forgets them in the database. */
  async unban(texts: readonly string[]): Promise<{ lifted: number; absent: readonly string[] }> {
    const { core, execution, jail, ports, remember } = this.#options;
    remember();
    let lifted = 0;
    const absent: string[] = [];
    const work: Promise<unknown>[] = [];
    for (const text of texts) {
      ports.store()?.deleteBan(jail, text);
      const effects = core.unban(text, await this.#addressesIfName(text));
      const count = effects.filter((effect) => effect.type === "unban").length;
      if (count === 0) absent.push(text);
      lifted += count;
      work.push(execution.apply(effects));
    }
    await Promise.all(work);
    return { lifted, absent };
  }

  /** Lifts all bans, at once where an action can, and forgets them in the database. */
  async unbanAll(): Promise<number> {
    const { core, execution, remember } = this.#options;
    remember();
    const bans = [...core.bans.bans()];
    await execution.flush(bans, core.unbanAll("command"));
    return bans.length;
  }

  /** Counts a failure. @returns `false` where the ID is ignored or the jail does not run */
  async attempt(id: string, texts: readonly string[]): Promise<boolean> {
    const { core, execution, intake, isRunning, jail, ports } = this.#options;
    const canonical = canonicalId(id);
    const isAllowed = await intake.allows(nobodyElse(canonical, ports.clock.now()));
    if (!isAllowed || !isRunning()) return false;
    const now = ports.clock.now();
    const time = formatCivil(ports.zone.civilAt(now));
    const text = `[${jail}] Attempt ${canonical} - ${time}`;
    ports.observe({ type: "message", level: "INFO", logger: "filter", text });
    await execution.apply(core.attempt(canonical, texts, now));
    return true;
  }

  async #addressesIfName(text: string): Promise<readonly string[]> {
    const { core, jail, ports } = this.#options;
    const isPlain = core.bans.get(text) !== undefined || /[:/]|^[\d.]+$/.test(text);
    return isPlain ? [] : (await ports.addressesOf(text, jail)).map(canonicalId);
  }
}
