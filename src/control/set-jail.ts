/**
 * `set J …` (B§2.3): what the reply is, and the refusals that need no daemon.
 * @module
 */
import { DurationError, parseDuration } from "../base/duration.ts";
import { parseZone } from "../date/zones.ts";
import {
  badValue,
  CommandError,
  missingArgument,
  missingKey,
  missingWord,
  refused,
} from "./command-error.ts";
import type { CommandWords } from "./command-words.ts";
import type { JailPort } from "./daemon-port.ts";
import { ACTION_METHODS, actionOf, propertyOf } from "./get-jail.ts";
import { optionReply } from "./jail-replies.ts";
import { checkLogFile } from "./log-file.ts";
import { valueRepr } from "./value-text.ts";
import { itemsOf, toStreamWord, type WireValue } from "./wire-value.ts";

/** Setters and the option whose value they answer with. */
const SETTERS: ReadonlyMap<string, string> = new Map([
  ["ignoreself", "ignoreself"],
  ["addignoreip", "ignoreip"],
  ["delignoreip", "ignoreip"],
  ["ignorecommand", "ignorecommand"],
  ["ignorecache", "ignorecache"],
  ["addlogpath", "logpath"],
  ["dellogpath", "logpath"],
  ["logencoding", "logencoding"],
  ["addjournalmatch", "journalmatch"],
  ["deljournalmatch", "journalmatch"],
  ["prefregex", "prefregex"],
  ["addfailregex", "failregex"],
  ["delfailregex", "failregex"],
  ["addignoreregex", "ignoreregex"],
  ["delignoreregex", "ignoreregex"],
  ["maxlines", "maxlines"],
  ["datepattern", "datepattern"],
  ["logtimezone", "logtimezone"],
  ["usedns", "usedns"],
  ["findtime", "findtime"],
  ["bantime", "bantime"],
  ["maxretry", "maxretry"],
  ["maxmatches", "maxmatches"],
  ["bantime.increment", "bantime.increment"],
  ["bantime.factor", "bantime.factor"],
  ["bantime.formula", "bantime.formula"],
  ["bantime.multipliers", "bantime.multipliers"],
  ["bantime.maxtime", "bantime.maxtime"],
  ["bantime.rndtime", "bantime.rndtime"],
  ["bantime.overalljails", "bantime.overalljails"],
]);

/** Setters that take any number of words, none included. */
const TAKES_NOTHING: ReadonlySet<string> = new Set(["addignoreip", "addjournalmatch", "deljournalmatch"]);

async function checkLogPath(words: CommandWords): Promise<void> {
  if (words.count > 3) throw badValue("Only one file can be added at a time");
  const where = words.optional(2) ?? "head";
  if (where !== "head" && where !== "tail") throw badValue("File option must be 'head' or 'tail'");
  await checkLogFile(words.text(1));
}

function checkZone(text: string): void {
  if (text !== "" && parseZone(text) === undefined) throw missingKey(text);
}

async function setOption(jail: JailPort, option: string, words: CommandWords): Promise<WireValue> {
  const answer = SETTERS.get(option);
  if (answer === undefined)
    throw refused(`Invalid command '${option}' (no set action or not yet implemented)`);
  if (!TAKES_NOTHING.has(option)) words.value(1);
  if (option === "addlogpath") await checkLogPath(words);
  if (option === "logtimezone") checkZone(words.text(1));
  // a jail that reads files has no use for what the journal is asked
  const isIdle = answer === "journalmatch" && jail.reading().kind === "files";
  if (!isIdle) await jail.apply(words.wordsFrom(0));
  return optionReply(jail, answer) ?? null;
}

async function setIdle(jail: JailPort, words: CommandWords): Promise<boolean> {
  const word = words.text(1);
  if (word !== "on" && word !== "off") throw refused("Invalid idle option, must be 'on' or 'off'");
  await jail.setIdle(word === "on");
  return word === "on";
}

async function unbanIds(jail: JailPort, words: CommandWords): Promise<number> {
  words.value(1);
  const reportsAbsent = words.optional(1) === "--report-absent";
  const { lifted, absent } = await jail.unban(words.texts(reportsAbsent ? 2 : 1));
  if (reportsAbsent && absent.length > 0) throw badValue(`not banned: ${valueRepr(absent)}`);
  return lifted;
}

async function addAction(jail: JailPort, words: CommandWords): Promise<WireValue> {
  const name = words.text(1);
  if (jail.actions().has(name)) throw badValue(`Action ${name} already exists`);
  await jail.apply(words.wordsFrom(0));
  return name;
}

async function deleteAction(jail: JailPort, words: CommandWords): Promise<null> {
  actionOf(jail, words.text(1));
  await jail.apply(words.wordsFrom(0));
  return null;
}

function checkTime(text: string): void {
  try {
    parseDuration(text);
  } catch (error) {
    if (error instanceof DurationError) throw badValue(error.message);
    throw error;
  }
}

async function setAction(jail: JailPort, words: CommandWords): Promise<WireValue> {
  const [name, property] = [words.text(1), words.text(2)];
  actionOf(jail, name);
  if (ACTION_METHODS.includes(property)) return jail.callAction(name, property, words.optional(3));
  words.value(3);
  if (property === "timeout") checkTime(words.text(3));
  // `bantime` of an action is silently not set; the reply fails for want of it.
  if (property !== "bantime") await jail.apply(words.wordsFrom(0));
  return propertyOf(jail, name, property);
}

/**
 * Runs `set J WORDS…`.
 *
 * @param words without `set` and the jail; at least one
 * @throws {CommandError}
 */
export async function setJail(jail: JailPort, words: CommandWords): Promise<WireValue> {
  const option = words.text(0);
  switch (option) {
    case "idle":
      return setIdle(jail, words);
    case "banip":
      return words.count === 1 ? 0 : jail.ban(words.texts(1));
    case "unbanip":
      return unbanIds(jail, words);
    case "attempt":
      if (words.count === 1) throw missingArgument("Filter.addAttempt", "ip");
      return jail.attempt(words.text(1), words.texts(2));
    case "addaction":
      return addAction(jail, words);
    case "delaction":
      return deleteAction(jail, words);
    case "action":
      return setAction(jail, words);
    default:
      return setOption(jail, option, words);
  }
}

/** `multi-set J …`: several values of one option, or several properties of one action, in one command. */
export async function multiSetJail(jail: JailPort, words: CommandWords): Promise<true> {
  const option = words.text(0);
  const isAction = option === "action";
  if (!isAction && option !== "addfailregex" && option !== "addignoreregex") {
    throw refused(`Invalid command '${option}' (no set action or not yet implemented)`);
  }
  const head = isAction ? [option, words.text(1)] : [option];
  const given = words.value(isAction ? 2 : 1);
  // a bare text, as it comes from a command line, counts character by character
  const items = typeof given === "string" ? Array.from(given) : itemsOf(given);
  if (items === undefined) throw missingWord();
  for (const item of items) {
    const tail = (isAction ? itemsOf(item) : [item])?.map(toStreamWord);
    const plain = tail?.filter((word) => word !== undefined);
    if (plain === undefined || plain.length !== tail?.length || plain.length !== (isAction ? 2 : 1)) {
      throw new CommandError("builtins.TypeError", ["word is no plain value"]);
    }
    await jail.apply([...head, ...plain]);
  }
  return true;
}
