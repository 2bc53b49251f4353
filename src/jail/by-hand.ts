/**
 * What people do to a jail by hand: bans, unbans, attempts (B§2.3, B§2.6). A ban by hand obeys no ignore list, it
 * only warns of what the list says; an attempt obeys.
 * @module
 */
import { canonicalId } from "../address/address.ts";
import type { BanObjection } from "../ban/ban-objection.ts";
import type { JailCore } from "../ban/jail-core.ts";
import { formatCivil } from "../base/local-time.ts";
import type { BanObjections } from "./ban-objections.ts";
import type { Execution } from "./execution.ts";
import type { Intake } from "./intake.ts";
import type { JailPorts } from "./jail-ports.ts";
import { Lookups } from "./lookups.ts";
import { nobodyElse } from "./suspect.ts";

export interface ByHandOptions {
  readonly jail: string;
  readonly ports: Pick<JailPorts, "addressesOf" | "clock" | "observe" | "store" | "zone">;
  readonly core: JailCore;
  readonly execution: Execution;
  readonly intake: Intake;
  readonly objections: BanObjections;
  isRunning(): boolean;
  /** stores how far the logs were read: what an ID did before it was let go must not count again after a crash */
  remember(): void;
  /** stores what is counted now, unless a failure waits for an answer */
  noteCounts(): void;
}

export class ByHand {
  readonly #options: ByHandOptions;
  /** bans that were carried out and may have hit somebody who is ignored */
  readonly #doubts: Lookups;

  constructor(options: ByHandOptions) {
    this.#options = options;
    const { jail, ports } = options;
    const awaited = "ignorecommand or the names of ignoreip about bans by hand";
    const instead = "nobody is warned of such bans";
    this.#doubts = new Lookups({ jail, observe: ports.observe, awaited, instead });
  }

  /** Warns of nothing any more. */
  close(): void {
    this.#doubts.close();
  }

  /** @returns how many bans are new, once their actions are done; none where the jail does not run */
  async ban(ids: readonly string[]): Promise<number> {
    const { core, execution, ports, isRunning, noteCounts } = this.#options;
    if (!isRunning()) return 0;
    let count = 0;
    const work: Promise<unknown>[] = [];
    for (const id of ids) {
      this.#warnOf(canonicalId(id));
      const effects = core.ban(canonicalId(id), ports.clock.now());
      count += effects.filter((effect) => effect.type === "ban").length;
      work.push(execution.apply(effects));
    }
    noteCounts();
    await Promise.all(work);
    return count;
  }

  /** A ban by hand is obeyed as fail2ban obeys it, but not in silence. It never waits for the answer. */
  #warnOf(id: string): void {
    const { objections } = this.#options;
    const known = objections.known(id);
    if (known !== undefined) {
      this.#warn(id, known.objection);
      return;
    }
    this.#doubts.add({
      about: id,
      ask: async () => {
        const objection = await objections.ask(id);
        return () => this.#warn(id, objection);
      },
      giveUp: () => undefined,
    });
  }

  #warn(id: string, objection: BanObjection | undefined): void {
    if (objection === undefined) return;
    const { jail, ports } = this.#options;
    const text = `[${jail}] ${id} banned by hand, though ${objection.text}`;
    ports.observe({ type: "message", level: "WARNING", logger: "actions", text });
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
    const { core, execution, intake, isRunning, jail, noteCounts, ports } = this.#options;
    const canonical = canonicalId(id);
    const isAllowed = await intake.allows(nobodyElse(canonical, ports.clock.now()));
    if (!isAllowed || !isRunning()) return false;
    const now = ports.clock.now();
    const time = formatCivil(ports.zone.civilAt(now));
    const text = `[${jail}] Attempt ${canonical} - ${time}`;
    ports.observe({ type: "message", level: "INFO", logger: "filter", text });
    const done = execution.apply(core.attempt(canonical, texts, now));
    noteCounts();
    await done;
    return true;
  }

  async #addressesIfName(text: string): Promise<readonly string[]> {
    const { core, jail, ports } = this.#options;
    const isPlain = core.bans.get(text) !== undefined || /[:/]|^[\d.]+$/.test(text);
    return isPlain ? [] : (await ports.addressesOf(text, jail)).map(canonicalId);
  }
}
