/**
 * Carries out many commands of one action at once, where they need no shell: as one transaction of the firewall's tool. What the tool
 * refuses is taken apart until the ones that cannot be done stand alone; these are for the shell, one by one, with all that a single
 * command gets. Knows no states of the action. Hot: per ban and unban.
 * @module
 */
import type { ActionDefinition, ActionFamily, Operation } from "../action/action-definition.ts";
import { type AddressCommand, type CommandTemplate, templateOf } from "../action/command-template.ts";
import { planOperation } from "../action/plan.ts";
import { TagRecursionError } from "../action/tags.ts";
import { type TicketInfo, ticketInfo } from "../action/ticket-info.ts";
import { type RunTransaction, type ToolCommand, ToolRecogniser } from "../action/tool-command.ts";
import { type Family, parseAddress, quadOf } from "../address/address.ts";
import type { Ban } from "../ban/ticket.ts";
import type { ActionCore } from "./action-core.ts";

/** Addresses for documentation, to see what a command would be. */
const PROBES: readonly string[] = ["192.0.2.1", "2001:db8::1"];

/** Commands in one transaction. */
const MAX_COMMANDS = 50_000;
/**
 * Where each command goes through all that is there: rules that go are searched one by one, and nft compares each element that it takes out
 * with all of a set with intervals. Many would run into the deadline.
 */
const MAX_SEARCHES = 500;

const FAMILIES: readonly Family[] = ["inet4", "inet6"];

function mostOf({ changes }: ToolCommand): number {
  const head = changes[0]?.head ?? "";
  return head.startsWith("delete ") || head.startsWith("-D ") ? MAX_SEARCHES : MAX_COMMANDS;
}

/** Whether it does no harm, and no less, where it was carried out before. */
function isRepeatable({ tool, changes }: ToolCommand): boolean {
  return tool === "iptables"
    ? changes.every(({ isOnce }) => isOnce === true)
    : changes.every(({ head }) => head.startsWith("add "));
}

/** A command about a ban that needs no shell. */
export interface PlannedBan<T> {
  /** what it is about, as the caller has it */
  readonly of: T;
  readonly family: ActionFamily;
  readonly source: AddressCommand;
  readonly address: string;
}

/** What becomes of the bans of a transaction. */
export interface TransactionSink<T> {
  /** The kernel has it. */
  done(planned: PlannedBan<T>): void;
  /** It has to be done by itself. @returns whether to go on with the others */
  alone(planned: PlannedBan<T>): Promise<boolean>;
}

type Templates = ReadonlyMap<Family, CommandTemplate>;

export class ActionTransactions {
  readonly #core: ActionCore;
  readonly #run: RunTransaction;
  readonly #recogniser = new ToolRecogniser();
  #judged: ActionDefinition | undefined;
  readonly #takes = new Map<Operation, boolean>();
  readonly #templates = new Map<Operation, Templates>();
  /** sets are as the action's start has made them, as far as is known */
  #declares = true;

  constructor(core: ActionCore, run: RunTransaction) {
    this.#core = core;
    this.#run = run;
  }

  /** Whether the action does this without a shell, at least for addresses of one family. */
  takes(operation: Operation): boolean {
    this.#judge();
    const known = this.#takes.get(operation);
    if (known !== undefined) return known;
    const context = this.#core.contextNow();
    const takes =
      this.#templatesOf(operation).size > 0 ||
      PROBES.some((ip) => this.plan(operation, ticketInfo(probe(ip), context), undefined) !== undefined);
    this.#takes.set(operation, takes);
    return takes;
  }

  /**
   * The command about a ban that is about nothing but its address.
   *
   * @returns `undefined` if there is none like this: {@link ActionTransactions.plan} may know one
   */
  plain<T>(operation: Operation, { ip }: Ban, of: T): PlannedBan<T> | undefined {
    this.#judge();
    const templates = this.#templatesOf(operation);
    if (templates.size === 0) return undefined;
    // most are written as they are printed
    if (quadOf(ip) !== undefined) return plainly(of, "inet4", templates, ip);
    const address = parseAddress(ip);
    return address && plainly(of, address.family, templates, address.text);
  }

  /**
   * The command about a ban.
   *
   * @param info what surrounds the ban
   * @returns `undefined` if it needs a shell, or cannot be told
   */
  plan<T>(operation: Operation, info: TicketInfo, of: T): PlannedBan<T> | undefined {
    const family = info.address?.family ?? "";
    try {
      const plan = planOperation(this.#core.definition, operation, family, info);
      if (plan === undefined || info.address === undefined) return undefined;
      const address = info.address.text;
      const command = this.#recogniser.recognise(plan, address);
      if (command === undefined) return undefined;
      return { of, family, source: { sample: command, command: () => command, plan: () => plan }, address };
    } catch (error) {
      if (!(error instanceof TagRecursionError)) throw error;
      return undefined;
    }
  }

  /** @returns whether all were dealt with */
  async carryOut<T>(planned: readonly PlannedBan<T>[], sink: TransactionSink<T>): Promise<boolean> {
    const [first] = planned;
    if (first === undefined) return true;
    const { sample } = first.source;
    const most = mostOf(sample);
    const isLike = ({ source }: PlannedBan<T>): boolean => source.sample.program === sample.program;
    if (planned.length > most || !planned.every(isLike)) {
      const alike = planned.filter(isLike).slice(0, most);
      const taken = new Set(alike);
      const others = planned.filter((one) => !taken.has(one));
      return (await this.carryOut(alike, sink)) && (await this.carryOut(others, sink));
    }
    const commands = commandsOf(planned);
    let outcome = await this.#transaction(commands);
    // a tool that was killed; one that hangs is not asked again so soon
    if (outcome === "unknown" && commands.every(isRepeatable)) outcome = await this.#transaction(commands);
    if (outcome === "done") {
      for (const one of planned) {
        this.#core.commands.succeeded(one.source, one.address);
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

  /** What is refused with a set's declaration may be so because somebody has made the set otherwise. */
  async #transaction(commands: readonly ToolCommand[]): ReturnType<RunTransaction> {
    const { timeout } = this.#core.definition;
    const isDeclared = commands.some(({ changes }) =>
      changes.some(({ declaration }) => declaration !== undefined),
    );
    const told = isDeclared && !this.#declares ? commands.map(undeclared) : commands;
    const outcome = await this.#run(told, timeout);
    if (outcome !== "refused" || told !== commands || !isDeclared) return outcome;
    const again = await this.#run(commands.map(undeclared), timeout);
    if (again === "done") {
      this.#declares = false;
      this.#templates.clear();
    }
    return again;
  }

  /** What was found out about another definition holds no more. */
  #judge(): void {
    if (this.#judged === this.#core.definition) return;
    this.#judged = this.#core.definition;
    this.#takes.clear();
    this.#templates.clear();
    this.#declares = true;
  }

  #templatesOf(operation: Operation): Templates {
    let templates = this.#templates.get(operation);
    if (templates === undefined) {
      templates = this.#compile(operation);
      this.#templates.set(operation, templates);
    }
    return templates;
  }

  #compile(operation: Operation): Templates {
    const templates = new Map<Family, CommandTemplate>();
    for (const family of FAMILIES) {
      const template = templateOf(this.#core.definition, operation, family, this.#declares);
      if (template !== undefined) templates.set(family, template);
    }
    return templates;
  }
}

function plainly<T>(of: T, family: Family, templates: Templates, address: string): PlannedBan<T> | undefined {
  const source = templates.get(family);
  return source && { of, family, source, address };
}

/** Bans that go by the same template have a command in common. */
function commandsOf(planned: readonly PlannedBan<unknown>[]): ToolCommand[] {
  const commands: ToolCommand[] = [];
  let addresses: string[] = [];
  let last: AddressCommand | undefined;
  for (const { source, address } of planned) {
    if (last !== undefined && source !== last) {
      commands.push(last.command(addresses));
      addresses = [];
    }
    last = source;
    addresses.push(address);
  }
  if (last !== undefined) commands.push(last.command(addresses));
  return commands;
}

function undeclared(command: ToolCommand): ToolCommand {
  return { ...command, changes: command.changes.map(({ declaration: _, ...change }) => change) };
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
