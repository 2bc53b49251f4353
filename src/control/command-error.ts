/**
 * Why a command was refused, as the exception that fail2ban would have sent: clients choose their words by its class (B§2.8).
 * The port's methods throw these; anything else they throw reaches the client as a plain exception.
 * @module
 */
import { valueText } from "./value-text.ts";
import { PyException, type WireValue } from "./wire-value.ts";

/** A refused command. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exception: PyException;

  /**
   * @param className with its module: `builtins.ValueError`
   * @param args the exception's arguments; a single text is the message
   */
  constructor(className: string, args: readonly WireValue[]) {
    super(args.map(valueText).join(", "));
    this.exception = new PyException(className, args);
  }
}

/** `Sorry but the jail 'J' does not exist` */
export const unknownJail = (jail: string): CommandError =>
  new CommandError("fail2ban.exceptions.UnknownJailException", [jail]);

/** `The jail 'J' already exists` */
export const duplicateJail = (jail: string): CommandError =>
  new CommandError("fail2ban.exceptions.DuplicateJailException", [jail]);

/** `Sorry but the command is invalid`: too few words. */
export const missingWord = (): CommandError =>
  new CommandError("builtins.IndexError", ["list index out of range"]);

/** The text as it stands. */
export const refused = (text: string): CommandError => new CommandError("builtins.Exception", [text]);

/** The text as it stands; for values that are wrong in themselves. */
export const badValue = (text: string): CommandError => new CommandError("builtins.ValueError", [text]);

/** The text in quotes: unknown action, bad time zone. */
export const missingKey = (text: string): CommandError => new CommandError("builtins.KeyError", [text]);

/** `'CommandAction' object has no attribute 'X'` */
export const missingAttribute = (name: string): CommandError =>
  new CommandError("builtins.AttributeError", [`'CommandAction' object has no attribute '${name}'`]);

/** `CommandAction.ban() missing 1 required positional argument: 'aInfo'` */
export const missingArgument = (callee: string, argument: string): CommandError =>
  new CommandError("builtins.TypeError", [
    `${callee}() missing 1 required positional argument: '${argument}'`,
  ]);

/** A failregex or ignoreregex that cannot be used; the text as it stands. */
const badRegex = (text: string): CommandError =>
  new CommandError("fail2ban.server.failregex.RegexException", [text]);

/** What is wrong with the settings that a client wants: a regex by its own class, its reason on a line of its own, as it is awaited. */
export function badSettings(text: string): CommandError {
  const [, broken, reason] = /^(Unable to compile regular expression '.*':) (.*)$/s.exec(text) ?? [];
  if (broken !== undefined && reason !== undefined) return badRegex(`${broken}\n${reason}`);
  return text.startsWith("No failure-id group in ") ? badRegex(text) : refused(text);
}
