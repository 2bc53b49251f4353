/**
 * Commands that fail2ban does not have, for gaoler's own client: they answer with lists and dictionaries of named values.
 * @module
 */
import { missingWord } from "./command-error.ts";
import { jailOf, type Run } from "./command-run.ts";
import type { CommandWords } from "./command-words.ts";
import { valueText } from "./value-text.ts";
import { itemsOf, type WireValue } from "./wire-value.ts";

/** A list of texts among the words. @throws {CommandError} it is missing or no list */
function textsAt(words: CommandWords, index: number): string[] {
  const items = itemsOf(words.value(index));
  if (items === undefined) throw missingWord();
  return items.map(valueText);
}

/** `objections J [ID…] [SESSION…]`: what speaks against bans by hand, a dictionary with `id`, `rule` and `text` each. */
const objections: Run = async (words, { daemon }) => {
  const jail = jailOf(daemon, words.text(1));
  const found = await jail.objections(textsAt(words, 2), textsAt(words, 3));
  return found.map((objection) => new Map<string, WireValue>(Object.entries(objection)));
};

export const OWN_COMMANDS: ReadonlyMap<string, Run> = new Map<string, Run>([["objections", objections]]);
