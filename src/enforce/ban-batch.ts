/**
 * Many bans, or many unbans, of one action at once: each ends as it would alone, only sooner. What cannot be done together goes the way of
 * single ones: a family's first ban, which starts it, commands that need a shell, and what the firewall's tool refuses.
 * Hot: per ban and unban.
 * @module
 */
import { type ActionFamily, neededValues } from "../action/action-definition.ts";
import { ticketInfo } from "../action/ticket-info.ts";
import type { Ban } from "../ban/ticket.ts";
import type { ActionCore } from "./action-core.ts";
import type { ActionTransactions, PlannedBan } from "./action-transactions.ts";
import type { BanOperation, BanTask } from "./ban-work.ts";
import { infoOf } from "./jail-facts.ts";
import { DONE, type Outcome, SKIPPED } from "./outcome.ts";

export interface BanBatchOptions {
  readonly core: ActionCore;
  readonly transactions: ActionTransactions;
  readonly operation: BanOperation;
  /** the way of a single one */
  single(ban: Ban): Promise<Outcome>;
}

/** Tasks of one family; those without a command that could be told wait for the shell. */
interface FamilyTasks {
  readonly planned: PlannedBan<BanTask>[];
  readonly alone: BanTask[];
}

/** Is done once. The IDs of its bans differ. */
export class BanBatch {
  readonly #options: BanBatchOptions;

  constructor(options: BanBatchOptions) {
    this.#options = options;
  }

  async carryOut(tasks: readonly BanTask[]): Promise<void> {
    for (const [family, ofFamily] of await this.#byFamily(tasks)) await this.#family(family, ofFamily);
  }

  /** In the order of the families' first tasks. */
  async #byFamily(tasks: readonly BanTask[]): Promise<ReadonlyMap<ActionFamily, FamilyTasks>> {
    const { core, transactions, operation } = this.#options;
    const needed = neededValues(core.definition, operation);
    const context = core.contextNow();
    const families = new Map<ActionFamily, FamilyTasks>();
    const of = (family: ActionFamily): FamilyTasks => {
      const known = families.get(family);
      if (known !== undefined) return known;
      const fresh: FamilyTasks = { planned: [], alone: [] };
      families.set(family, fresh);
      return fresh;
    };
    for (const task of tasks) {
      const { ban } = task;
      if (operation !== "unban" && ban.restored && core.definition.norestored) {
        task.settle(SKIPPED);
        continue;
      }
      const plain = transactions.plain(operation, ban, task);
      if (plain !== undefined) {
        of(plain.family).planned.push(plain);
        continue;
      }
      const info = needed.size === 0 ? ticketInfo(ban, context) : await infoOf(core.jail, ban, needed);
      const planned = transactions.plan(operation, info, task);
      if (planned !== undefined) of(planned.family).planned.push(planned);
      else of(info.address?.family ?? "").alone.push(task);
    }
    return families;
  }

  async #family(family: ActionFamily, { planned, alone }: FamilyTasks): Promise<void> {
    const { core, transactions, operation } = this.#options;
    let together = planned;
    if (!this.#isReady(family)) {
      const [first, ...others] = planned;
      if (first !== undefined) await this.#single(first.of);
      // whatever it takes to begin was of no avail: each tries by itself
      const isReady = this.#isReady(family);
      together = isReady ? others : [];
      if (!isReady) for (const { of } of others) await this.#single(of);
    }
    await transactions.carryOut(together, {
      done: ({ of: task }) => {
        if (operation === "unban") core.states.lift(task.ban.id);
        else core.states.apply(family, task.ban.id);
        task.settle(DONE);
      },
      alone: async ({ of: task }) => {
        await this.#single(task);
        return true;
      },
    });
    for (const task of alone) await this.#single(task);
  }

  /** Whether commands for this family may be run as they are: nothing has to be started, and there is something to lift. */
  #isReady(family: ActionFamily): boolean {
    const { core, operation } = this.#options;
    if (operation === "unban") return core.states.of(family).kind === "has-items";
    if (!core.definition.isConditional) return core.states.started().length > 0;
    return family !== "" && core.states.isStarted(family);
  }

  async #single(task: BanTask): Promise<void> {
    task.settle(task.drops() ? SKIPPED : await this.#options.single(task.ban));
  }
}
