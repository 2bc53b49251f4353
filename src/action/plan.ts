/**
 * From an action, an operation and a ban to the command that carries it out. Data only: nothing is run here.
 * @module
 */
import type { ActionDefinition, ActionFamily, Operation } from "./action-definition.ts";
import type { CommandPlan } from "./command-plan.ts";
import { ScriptValues } from "./escape.ts";
import { guardMailing } from "./mail-guards.ts";
import { headerText, type SmtpTerms } from "./mail-plan.ts";
import { isMailing, mailedText } from "./mailed-text.ts";
import { planMail } from "./smtp.ts";
import { replaceDynamic } from "./tags.ts";
import { dynamicValue, type TicketInfo } from "./ticket-info.ts";

/** Operations that see no ban, only the configuration and the family (B§4.5). */
const STATIC_OPERATIONS: ReadonlySet<Operation> = new Set(["check", "repair"]);

/** `<family>`: the ban's own, `None` for an ID that is no address; without a ban the one that is being worked on. */
function familyText(family: ActionFamily, info: TicketInfo | undefined): string {
  if (info === undefined || info.ban.id === "") return family;
  return info.address?.family ?? "None";
}

/** A mail in place of a script. */
function mailCommand(
  { jail, timeout }: ActionDefinition,
  terms: SmtpTerms,
  operation: Operation,
  info: TicketInfo | undefined,
): CommandPlan | undefined {
  const mail = planMail(terms, jail, operation, info);
  if (mail === undefined) return undefined;
  const { host, port } = mail.server;
  // whatever runs it as a script runs a comment: nothing in it ends the line
  const script = headerText(`# smtp.py: ${mail.subject} (by ${host} port ${port})`);
  return { script, args: [], timeout, mail };
}

/**
 * The command of an operation.
 *
 * @param family whose properties apply
 * @param info the ban and its surroundings; an empty ticket for operations without a ban
 * @returns `undefined` if the action has no command for it, which is a success
 * @throws {TagRecursionError} if the action's properties refer to themselves
 * @see compat B§4.2, B§4.3
 */
export function planOperation(
  definition: ActionDefinition,
  operation: Operation,
  family: ActionFamily,
  info?: TicketInfo,
): CommandPlan | undefined {
  // without a command of its own an existing ban is repeated as it was made
  const command = operation === "reban" && !definition.operations.has("reban") ? "ban" : operation;
  const script = definition.scripts.get(family)?.get(command);
  if (script === undefined) return undefined;
  if ("error" in script) throw script.error;
  if (script.text === "") return undefined;
  if (definition.mail !== undefined) return mailCommand(definition, definition.mail, operation, info);

  const values = new ScriptValues();
  const mails = isMailing(script.text);
  const ticket = STATIC_OPERATIONS.has(command) ? undefined : info;
  const guarded = mails ? guardMailing(script.text) : { guards: "", text: script.text };
  const text = replaceDynamic(guarded.text, (tag, next) => {
    if (tag === "family") return familyText(family, ticket);
    const property = definition.matchesProperties.get(tag);
    if (property !== undefined) return values.insert(tag, property, next);
    if (ticket === undefined) return undefined;
    const value = dynamicValue(ticket, tag);
    if (value === undefined) return undefined;
    if (value.isOwn) return value.text;
    return values.insert(value.name ?? tag, mails ? mailedText(tag, value.text) : value.text, next);
  });
  return {
    script: values.preamble() + guarded.guards + text,
    args: values.args,
    timeout: definition.timeout,
  };
}
