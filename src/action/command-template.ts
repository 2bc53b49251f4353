/**
 * The command of an operation that differs by the address only: recognised once, and then a matter of putting addresses into it. What asks
 * for more about a ban is planned ban by ban. Hot: per ban and unban.
 * @module
 */
import type { Family } from "../address/address.ts";
import type { ActionDefinition, Operation } from "./action-definition.ts";
import type { CommandPlan } from "./command-plan.ts";
import { planOperation } from "./plan.ts";
import { declarationOf } from "./set-declaration.ts";
import { tagsIn } from "./tags.ts";
import { type TicketInfo, ticketInfo } from "./ticket-info.ts";
import { recogniseTool, type ToolChange, type ToolCommand } from "./tool-command.ts";

/** Addresses for documentation, to see what a command would be. */
const PROBES: Readonly<Record<Family, string>> = { inet4: "192.0.2.1", inet6: "2001:db8::1" };

const CONSTANT_TAGS: ReadonlySet<string> = new Set(["ip", "family"]);

/** A change, and whether it is about the address. */
interface ChangePlace {
  readonly change: ToolChange;
  readonly isAbout: boolean;
  /** what follows the address */
  readonly rest: string;
}

/** What is to be done about addresses, by a command that needs no shell. */
export interface AddressCommand {
  /** what it is about some address: program and place are the same for all */
  readonly sample: ToolCommand;
  command(addresses: readonly string[]): ToolCommand;
  /** The same for those who read of it, or have a shell. */
  plan(address: string): CommandPlan;
}

export class CommandTemplate implements AddressCommand {
  readonly sample: ToolCommand;
  readonly #plan: CommandPlan;
  readonly #probe: string;
  readonly #places: readonly ChangePlace[];

  /** @param probe the address in them */
  constructor(plan: CommandPlan, command: ToolCommand, probe: string) {
    this.#plan = plan;
    this.sample = command;
    this.#probe = probe;
    this.#places = command.changes.map((change) => {
      const { element } = change;
      const isAbout = element === probe || element.startsWith(`${probe} `);
      return { change, isAbout, rest: isAbout ? element.slice(probe.length) : "" };
    });
  }

  /** @param addresses as texts of parsed ones; they mean no more to a shell or a tool than others */
  command(addresses: readonly string[]): ToolCommand {
    const { tool, program } = this.sample;
    const changes: ToolChange[] = [];
    for (const address of addresses) {
      for (const place of this.#places) changes.push(changeOf(place, address));
    }
    return { tool, program, changes };
  }

  plan(address: string): CommandPlan {
    return { ...this.#plan, script: this.#plan.script.replaceAll(this.#probe, address) };
  }
}

function changeOf({ change, isAbout, rest }: ChangePlace, address: string): ToolChange {
  if (!isAbout) return change;
  const { declaration, ...others } = change;
  const element = address + rest;
  // a network is for nft itself to compare with what is in the set
  if (declaration !== undefined && !address.includes("/")) return { head: change.head, element, declaration };
  return { ...others, element };
}

/**
 * The template of an operation for addresses of a family.
 *
 * @param declares whether sets of nftables may be told as the action's start has made them
 * @returns `undefined` if the command needs a shell, or more of a ban than its address
 * @throws {TagRecursionError} if the action's properties refer to themselves
 */
export function templateOf(
  definition: ActionDefinition,
  operation: Operation,
  family: Family,
  declares: boolean,
): CommandTemplate | undefined {
  const scripts = definition.scripts.get(family);
  const own = operation === "reban" && !definition.operations.has("reban") ? "ban" : operation;
  const script = scripts?.get(own);
  const probe = PROBES[family];
  if (script === undefined || "error" in script || script.text.includes(probe)) return undefined;
  const tags = [...tagsIn(script.text)];
  if (!tags.every((tag) => CONSTANT_TAGS.has(tag) && !definition.matchesProperties.has(tag)))
    return undefined;
  const plan = planOperation(definition, operation, family, probeInfo(probe));
  const command = plan && recogniseTool(plan);
  if (plan === undefined || command === undefined) return undefined;
  // a set named after the address is another one for the next
  const places = command.changes.map(({ head, tail = "" }) => `${head} ${tail}`);
  if ([command.program, ...places].some((place) => place.includes(probe))) return undefined;
  if (!declares) return new CommandTemplate(plan, command, probe);
  const start = scripts?.get("start");
  const text = start !== undefined && "text" in start ? start.text : "";
  const changes = command.changes.map((change) => declared(change, text, probe, family));
  return new CommandTemplate(plan, { ...command, changes }, probe);
}

function declared(change: ToolChange, start: string, probe: string, family: Family): ToolChange {
  const set = /^add element (.+)$/.exec(change.head)?.[1];
  if (set === undefined || change.element !== probe) return change;
  const declaration = declarationOf(start, set, family);
  return declaration === undefined ? change : { ...change, declaration };
}

/** A ban of which nothing but the address is asked. */
function probeInfo(ip: string): TicketInfo {
  const counts = { banned: 0, bannedTotal: 0, found: 0, foundTotal: 0 };
  const terms = { bantime: 600, bancount: 1, restored: false };
  const ban = { id: ip, ip, at: 0, attempts: 1, matches: [], data: new Map(), ...terms };
  return ticketInfo(ban, { jail: "", bantime: 600, counts });
}
