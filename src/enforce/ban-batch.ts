/**
 * Many bans, or many unbans, of one action at once: each ends as it would alone, only sooner. What cannot be done together goes the way of
 * single ones: a family's first ban, which starts it, commands that need a shell, and what the firewall's tool refuses.
 * Hot: per ban and unban.
 * @module
 */
import { type ActionFamily, neededValues } from "../action/action-definition.ts";
import { type TicketInfo, ticketInfo } from "../action/ticket-info.ts";
import type { Ban } from "../ban/ticket.ts";
import type { ActionCore } from "./action-core.ts";
import type { ActionTransactions, PlannedBan } from "./action-transactions.ts";
import type { BanOperation, BanSink } from "./ban-work.ts";
import { infoOf } from "./jail-facts.ts";
import { DONE, type Outcome, SKIPPED } from "./outcome.ts";

export interface BanBatchOptions {
  readonly core: ActionCore;
  readonly transactions: ActionTransactions;
  readonly operation: BanOperation;
  readonly sink: BanSink;
  /** the way of a single one */
  single(ban: Ban): Promise<Outcome>;
}

/** Is done once. The IDs of its bans differ. */
export class BanBatch {
  readonly #options: BanBatchOptions;

  constructor(options: BanBatchOptions) {
    this.#options = options;
  }

  async carryOut(bans: readonly Ban[]): Promise<void> {
    for (const [family, infos] of await this.#byFamily(bans)) await this.#family(family, infos);
  }

  async #byFamily(bans: readonly Ban[]): Promise<ReadonlyMap<ActionFamily, TicketInfo[]>> {
    const { core, operation } = this.#options;
    const needed = neededValues(core.definition, operation);
    const context = core.contextNow();
    const families = new Map<ActionFamily, TicketInfo[]>();
    for (const ban of bans) {
      if (operation !== "unban" && ban.restored && core.definition.norestored) {
        this.#options.sink.settle(ban, SKIPPED);
        continue;
      }
      const info = needed.size === 0 ? ticketInfo(ban, context) : await infoOf(core.jail, ban, needed);
      const family = info.address?.family ?? "";
      const infos = families.get(family);
      if (infos === undefined) families.set(family, [info]);
      else infos.push(info);
    }
    return families;
  }

  async #family(family: ActionFamily, infos: readonly TicketInfo[]): Promise<void> {
    const { core, transactions, operation } = this.#options;
    let left = infos;
    if (!this.#isReady(family)) {
      const [first, ...others] = infos;
      if (first !== undefined) await this.#single(first.ban);
      left = others;
    }
    const planned: PlannedBan[] = [];
    const alone: Ban[] = [];
    const isReady = this.#isReady(family);
    for (const info of left) {
      const one = isReady ? transactions.plan(operation, info) : undefined;
      if (one === undefined) alone.push(info.ban);
      else planned.push(one);
    }
    await transactions.carryOut(planned, {
      done: ({ ban }) => {
        if (operation === "unban") core.states.lift(ban.id);
        else core.states.apply(family, ban.id);
        this.#options.sink.settle(ban, DONE);
      },
      alone: async ({ ban }) => {
        await this.#single(ban);
        return true;
      },
    });
    for (const ban of alone) await this.#single(ban);
  }

  /** Whether commands for this family may be run as they are: nothing has to be started, and there is something to lift. */
  #isReady(family: ActionFamily): boolean {
    const { core, operation } = this.#options;
    if (operation === "unban") return core.states.of(family).kind === "has-items";
    if (!core.definition.isConditional) return core.states.started().length > 0;
    return family !== "" && core.states.isStarted(family);
  }

  async #single(ban: Ban): Promise<void> {
    const { sink, single } = this.#options;
    sink.settle(ban, sink.drops(ban) ? SKIPPED : await single(ban));
  }
}
