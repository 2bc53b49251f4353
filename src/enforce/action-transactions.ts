/**
 * Carries out many commands of one action at once, where they need no shell: as one transaction of the firewall's tool. What the tool
 * refuses is taken apart until the ones that cannot be done stand alone; these are for the shell, one by one, with all that a single
 * command gets. Knows no states of the action. Hot: per ban and unban.
 * @module
 */
import type { ActionDefinition, ActionFamily, Operation } from "../action/action-definition.ts";
import type { CommandPlan } from "../action/command-plan.ts";
import { planOperation } from "../action/plan.ts";
import { TagRecursionError } from "../action/tags.ts";
import { type TicketInfo, ticketInfo } from "../action/ticket-info.ts";
import { type RunTransaction, type ToolCommand, ToolRecogniser } from "../action/tool-command.ts";
import type { Ban } from "../ban/ticket.ts";
import type { ActionCore } from "./action-core.ts";

/** Addresses for documentation, to see what a command would be. */
const PROBES: readonly string[] = ["192.0.2.1", "2001:db8::1"];

/** Commands in one transaction. */
const MAX_COMMANDS = 10_000;
/**
 * Where each command goes through all that is there: rules are searched one by one, and nft compares each element that it takes out with
 * all of a set with intervals. Many would run into the deadline.
 */
const MAX_SEARCHES = 500;

function mostOf({ tool, changes }: ToolCommand): number {
  const isSearch = tool === "iptables" || (tool === "nft" && changes[0]?.head.startsWith("delete ") === true);
  return isSearch ? MAX_SEARCHES : MAX_COMMANDS;
}

/** A ban with a command that needs no shell. */
export interface PlannedBan {
  readonly ban: Ban;
  readonly family: ActionFamily;
  readonly plan: CommandPlan;
  readonly command: ToolCommand;
}

/** What becomes of the bans of a transaction. */
export interface TransactionSink {
  /** The kernel has it. */
  done(planned: PlannedBan): void;
  /** It has to be done by itself. @returns whether to go on with the others */
  alone(planned: PlannedBan): Promise<boolean>;
}

export class ActionTransactions {
  readonly #core: ActionCore;
  readonly #run: RunTransaction;
  readonly #recogniser = new ToolRecogniser();
  #judged: ActionDefinition | undefined;
  readonly #takes = new Map<Operation, boolean>();

  constructor(core: ActionCore, run: RunTransaction) {
    this.#core = core;
    this.#run = run;
  }

  /** Whether the action does this without a shell, at least for addresses of one family. */
  takes(operation: Operation): boolean {
    if (this.#judged !== this.#core.definition) {
      this.#judged = this.#core.definition;
      this.#takes.clear();
    }
    const known = this.#takes.get(operation);
    if (known !== undefined) return known;
    const context = this.#core.contextNow();
    const infos = PROBES.map((ip) => ticketInfo(probe(ip), context));
    const takes = infos.some((info) => this.plan(operation, info) !== undefined);
    this.#takes.set(operation, takes);
    return takes;
  }

  /** The command about a ban; `undefined` if it needs a shell, or cannot be told. */
  plan(operation: Operation, info: TicketInfo): PlannedBan | undefined {
    const family = info.address?.family ?? "";
    try {
      const plan = planOperation(this.#core.definition, operation, family, info);
      if (plan === undefined || info.address === undefined) return undefined;
      const command = this.#recogniser.recognise(plan, info.address.text);
      return command === undefined ? undefined : { ban: info.ban, family, plan, command };
    } catch (error) {
      if (!(error instanceof TagRecursionError)) throw error;
      return undefined;
    }
  }

  /** @returns whether all were dealt with */
  async carryOut(planned: readonly PlannedBan[], sink: TransactionSink): Promise<boolean> {
    const [first] = planned;
    if (first === undefined) return true;
    const { program } = first.command;
    const alike = planned
      .filter(({ command }) => command.program === program)
      .slice(0, mostOf(first.command));
    if (alike.length < planned.length) {
      const taken = new Set(alike);
      const others = planned.filter((one) => !taken.has(one));
      return (await this.carryOut(alike, sink)) && (await this.carryOut(others, sink));
    }
    const commands = planned.map(({ command }) => command);
    const outcome = await this.#run(commands, this.#core.definition.timeout);
    if (outcome === "done") {
      for (const one of planned) {
        this.#core.commands.succeeded(one.plan);
        sink.done(one);
      }
      return true;
    }
    if (outcome === "refused" && planned.length > 1) {
      const middle = planned.length >> 1;
      const halves = [planned.slice(0, middle), planned.slice(middle)];
      for (const half of halves) if (!(await this.carryOut(half, sink))) return false;
      return true;
    }
    // nobody knows how far it came, or there is only one
    for (const one of planned) if (!(await sink.alone(one))) return false;
    return true;
  }
}

function probe(ip: string): Ban {
  return {
    id: ip,
    ip,
    at: 0,
    attempts: 1,
    matches: [],
    data: new Map(),
    bantime: 600,
    bancount: 1,
    restored: false,
  };
}
