/**
 * Keeps what an action has set up as it was made: checks it, repairs what somebody else broke, and makes the bans again that
 * were lost with it (B§4.8).
 * @module
 */
import { type ActionFamily, neededValues, type Operation } from "../action/action-definition.ts";
import { planOperation } from "../action/plan.ts";
import { ticketInfo } from "../action/ticket-info.ts";
import type { Ban } from "../ban/ticket.ts";
import type { ActionCore } from "./action-core.ts";
import { infoOf } from "./jail-facts.ts";
import { MAX_REFUSED_REBANS, makeBansAgain } from "./lost-bans.ts";
import { type Outcome, SKIPPED } from "./outcome.ts";

const ALL_FAMILIES: readonly ActionFamily[] = ["", "inet4", "inet6"];

export class ActionRepair {
  readonly #core: ActionCore;
  /** families repaired since bans were last made again */
  readonly #repaired = new Set<ActionFamily>();

  constructor(core: ActionCore) {
    this.#core = core;
  }

  /**
   * Checks that all started families are still as they were made, and repairs them.
   *
   * @param afterFlush the check follows a flush that failed; without `actionrepair_on_unban` it repairs nothing at a stop
   */
  async check(afterFlush?: { readonly mayRepair: boolean }): Promise<Outcome> {
    const { definition } = this.#core;
    if (!definition.operations.has("check")) return SKIPPED;
    return this.#core.guarded("checking", async () => {
      let isSane = true;
      const seen = new Set<string | undefined>();
      for (const family of this.#core.scriptsOfStarted()) {
        const script = planOperation(definition, "check", family)?.script;
        if (seen.has(script)) continue;
        seen.add(script);
        if (await this.#core.command("check", family)) continue;
        if (afterFlush !== undefined && !afterFlush.mayRepair && !definition.repairsOnUnban) {
          this.#core.tell("ERROR", "Invariant check failed. Flush is impossible.");
          isSane = false;
        } else {
          isSane = (await this.#repair(family)) && isSane;
        }
      }
      await this.makeLostBansAgain();
      return isSane ? undefined : "Script error";
    });
  }

  /** After a failed command: whether its environment is in order, or is again. */
  async isSaneFor(operation: Operation, family: ActionFamily): Promise<boolean> {
    const { definition } = this.#core;
    if (!definition.operations.has("check")) return true;
    for (const one of this.#core.scriptFamilies(family)) {
      if (await this.#core.command("check", one)) continue;
      if (operation === "unban" && !definition.repairsOnUnban) {
        this.#core.tell("ERROR", "Invariant check failed. Unban is impossible.");
        return false;
      }
      if (!(await this.#repair(one))) return false;
    }
    return true;
  }

  /** Makes a family's environment anew. Its bans are lost then; they are made again by {@link makeLostBansAgain}. */
  async renew(family: ActionFamily): Promise<boolean> {
    const { definition, states } = this.#core;
    // an ID that is no address may have stood in any family
    states.nextEpoch(definition.isConditional ? [family, ""] : ALL_FAMILIES);
    const info = this.#core.emptyInfo();
    const isRepairScript = definition.operations.has("repair");
    let isRepaired = true;
    if (isRepairScript) {
      isRepaired = await this.#core.command("repair", family);
    } else {
      await this.#core.command("stop", family, info);
      await this.#core.command("start", family, info);
    }
    if (!isRepaired || !(await this.#core.command("check", family))) {
      this.#core.tell("CRITICAL", "Unable to restore environment");
      return false;
    }
    // a repair may have left some bans in place; made again they would be there twice, and an unban lifts one only
    if (isRepairScript && states.of(family).kind === "has-items") {
      await this.#core.command("flush", family, info);
    }
    states.start(family);
    this.#repaired.add(family);
    return true;
  }

  /**
   * After a repair: makes all bans again that the ledger has and the repaired families have lost. fail2ban waits with each
   * until its ID fails again (B§4.8); here the ledger is what shall be.
   *
   * @param doneId the ban whose operation led to the repair
   */
  async makeLostBansAgain(doneId?: string): Promise<void> {
    if (this.#repaired.size === 0) return;
    const { definition, states } = this.#core;
    const isRepaired = (family: ActionFamily): boolean =>
      !definition.isConditional || this.#core.scriptFamilies(family).some((one) => this.#repaired.has(one));
    const families = new Set([...states.withItems(), ...states.withMissing()]);
    const lost = [...families].filter(isRepaired).flatMap((family) => states.lost(family));
    const due = lost.filter((id) => id !== doneId);
    this.#repaired.clear();

    await this.makeAgain(due);
  }

  /** Makes these bans again as far as the ledger has them, at once where that is possible. */
  async makeAgain(ids: readonly string[]): Promise<void> {
    const { jail, definition, observe } = this.#core;
    const again = (ban: Ban): Promise<boolean> => this.#makeAgain(ban);
    const left = await this.#makeTogether(ids);
    const ports = { jail, action: definition.name, observe, total: ids.length, again };
    await makeBansAgain(left, ports);
  }

  /** @returns the IDs of bans that have to be made one by one */
  async #makeTogether(ids: readonly string[]): Promise<readonly string[]> {
    const { transactions, definition, jail } = this.#core;
    const isPossible = transactions?.takes("reban") === true && neededValues(definition, "reban").size === 0;
    if (!isPossible || ids.length < 2) return ids;
    const context = this.#core.contextNow();
    const planned = ids.flatMap((id) => {
      const ban = jail.banOf(id);
      if (ban === undefined) return [];
      const plain = transactions.plain("reban", ban, ban);
      return plain ?? transactions.plan("reban", ticketInfo(ban, context), ban) ?? [];
    });
    const made = new Set<string>();
    let refused = 0;
    await transactions.carryOut(planned, {
      done: ({ of: ban, family }) => {
        refused = 0;
        made.add(ban.id);
        this.#madeAgain(family, ban);
      },
      alone: () => {
        refused += 1;
        return Promise.resolve(refused < MAX_REFUSED_REBANS);
      },
    });
    return ids.filter((id) => !made.has(id));
  }

  /** After a failed check. */
  async #repair(family: ActionFamily): Promise<boolean> {
    this.#core.tell("ERROR", "Invariant check failed. Trying to restore a sane environment");
    return this.renew(family);
  }

  async #makeAgain(ban: Ban): Promise<boolean> {
    const { jail, definition, states } = this.#core;
    const info = await infoOf(jail, ban, neededValues(definition, "reban"));
    const family = info.address?.family ?? "";
    const isFine = await this.#core.command("reban", family, info);
    if (isFine) this.#madeAgain(family, ban);
    else states.miss(family, ban.id);
    return isFine;
  }

  #madeAgain(family: ActionFamily, { id }: Ban): void {
    const { jail, definition, observe, states } = this.#core;
    states.apply(family, id);
    observe({ type: "rebanned", jail: jail.name, id, action: definition.name });
  }
}
