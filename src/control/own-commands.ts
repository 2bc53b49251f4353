/**
 * Commands that fail2ban does not have, for gaoler's own client: they answer with lists and dictionaries of named values, whose
 * shapes docs/protocol.md promises.
 * @module
 */
import { CommandError, missingWord, refused } from "./command-error.ts";
import { jailOf, type Run } from "./command-run.ts";
import type { CommandWords } from "./command-words.ts";
import type { DaemonPort, JailPort, ListedBan } from "./daemon-port.ts";
import { valueText } from "./value-text.ts";
import { itemsOf, type WireValue } from "./wire-value.ts";

type Entry = ReadonlyMap<string, WireValue>;

const entry = (values: Readonly<Record<string, WireValue>>): Entry => new Map(Object.entries(values));

/** Most IDs of one question: each may be looked up, and an ignorecommand be run for it. */
export const MAX_ASKED = 500;

/** A list of texts among the words. @throws {CommandError} it is missing, no list, or too long */
function textsAt(words: CommandWords, index: number): string[] {
  const items = itemsOf(words.value(index));
  if (items === undefined) throw missingWord();
  if (items.length > MAX_ASKED) throw refused(`more than ${MAX_ASKED} in one question`);
  return items.map(valueText);
}

/** The jails that the words name, else all. @throws {CommandError} unknown jail */
function jailsOf(words: CommandWords, daemon: DaemonPort): JailPort[] {
  return words.count > 1 ? words.texts(1).map((name) => jailOf(daemon, name)) : [...daemon.jails()];
}

/** `objections J [ID…] [SESSION…]`: what speaks against bans by hand, a dictionary with `id`, `rule` and `text` each. */
const objections: Run = async (words, { daemon }) => {
  const jail = jailOf(daemon, words.text(1));
  const found = await jail.objections(textsAt(words, 2), textsAt(words, 3));
  return found.map(({ id, rule, text }) => entry({ id, rule, text }));
};

/** What a jail reads and by which terms it bans; what is wrong with it where it cannot run. */
function termsOf(jail: JailPort): Readonly<Record<string, WireValue>> {
  try {
    const reading = jail.reading();
    const { maxretry, findtime, bantime } = jail.view().settings;
    return {
      backend: jail.backend,
      maxretry,
      findtime,
      bantime,
      ...(reading.kind === "files" ? { files: reading.paths } : { journal: reading.matches }),
    };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { problem: error.message };
  }
}

/** `jails [J…]`: a dictionary for each, in order of creation. */
const jails: Run = (words, { daemon }) =>
  jailsOf(words, daemon).map((jail) => {
    const { currentlyFailed, totalFailed, currentlyBanned, totalBanned } = jail.status();
    return entry({
      name: jail.name,
      state: jail.state,
      failures: entry({ now: currentlyFailed, total: totalFailed }),
      bans: entry({ now: currentlyBanned, total: totalBanned }),
      ...termsOf(jail),
    });
  });

function banEntry(jail: string, { id, at, bantime }: ListedBan): Entry {
  const isForEver = bantime < 0;
  return entry({ id, jail, at, bantime: isForEver ? null : bantime, until: isForEver ? null : at + bantime });
}

/** `bans [J…]`: a dictionary for each ban in force, by jail and end. */
const bans: Run = (words, { daemon }) =>
  jailsOf(words, daemon).flatMap((jail) => jail.bansByEnd().map((ban) => banEntry(jail.name, ban)));

export const OWN_COMMANDS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ["objections", objections],
  ["jails", jails],
  ["bans", bans],
]);
