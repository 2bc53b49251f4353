/**
 * Looks whether the firewall still has what an action has put there, and puts back what is gone. When a look is due, and what
 * there is to doubt, the watch over the firewall knows.
 * @module
 */
import type { ActionFamily } from "../action/action-definition.ts";
import { canonicalId } from "../address/address.ts";
import type { ActionCore } from "./action-core.ts";
import type { ActionRepair } from "./action-repair.ts";
import { countOf, planCount } from "./ban-count.ts";
import type { Doubt } from "./firewall-doubts.ts";

/** What a look at the firewall has come to. */
export type LookOutcome = "fine" | "repaired" | "failed";

export class ActionLook {
  readonly #core: ActionCore;
  readonly #repair: ActionRepair;
  /** families whose bans cannot be counted, as a repair has shown */
  readonly #uncountable = new Set<ActionFamily>();

  constructor(core: ActionCore, repair: ActionRepair) {
    this.#core = core;
    this.#repair = repair;
  }

  /** By the action's `actioncheck`, and for what was seen to go. Without bans there is nothing to look at. */
  async look(doubt: Doubt): Promise<LookOutcome> {
    const { states, jail, definition, observe } = this.#core;
    if (states.holds === 0) return "fine";
    const before = states.epoch;
    if (doubt.checks && (await this.#repair.check()).kind === "failed") return "failed";
    if (states.epoch === before && doubt.counts) await this.#restoreShort();
    const isRenewed = states.epoch !== before;
    const lost = isRenewed ? 0 : await this.#restoreLost(doubt.lost);
    if (!isRenewed && lost === 0) return "fine";
    const what = isRenewed ? "what it had set up" : `${lost} of its bans`;
    const text = `[${jail.name}] Somebody removed ${what} from the firewall: action '${definition.name}' is restored, with ${states.inForce} bans in force`;
    observe({ type: "message", level: "WARNING", logger: "actions", text });
    return "repaired";
  }

  /** Makes those families anew that hold fewer bans than they should: the way to them is still there, so that no check sees it. */
  async #restoreShort(): Promise<void> {
    await this.#core.guarded("restoring", async () => {
      const short: ActionFamily[] = [];
      for (const family of this.#core.states.withItems()) {
        if (await this.#isShort(family)) short.push(family);
      }
      for (const family of short) await this.#repair.renew(family);
      await this.#repair.makeLostBansAgain();
      // where even all bans anew are too few, there is something else than bans to count
      for (const family of short) if (await this.#isShort(family)) this.#uncountable.add(family);
      return undefined;
    });
  }

  /** Whether the kernel has fewer bans of a family than were carried out. */
  async #isShort(family: ActionFamily): Promise<boolean> {
    const { definition, commands, states } = this.#core;
    const plan = this.#uncountable.has(family) ? undefined : planCount(definition, family);
    if (plan === undefined) return false;
    const count = countOf(await commands.runUntold(plan));
    return count !== undefined && count < states.inForceIn(family);
  }

  /** Makes single bans again that were taken out. @returns how many */
  async #restoreLost(addresses: ReadonlySet<string>): Promise<number> {
    const { states, jail } = this.#core;
    const due: string[] = [];
    for (const address of addresses) {
      const id = canonicalId(address);
      const family = states.familyOf(id);
      if (family === undefined || jail.banOf(id) === undefined) continue;
      states.miss(family, id);
      due.push(id);
    }
    await this.#repair.makeAgain(due);
    return due.length;
  }
}
