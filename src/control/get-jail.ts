/**
 * `get J …` (B§2.4–2.6).
 * @module
 */
import { parseDurationExact } from "../base/duration.ts";
import type { LocalZone } from "../base/local-time.ts";
import { missingAttribute, missingKey, refused } from "./command-error.ts";
import type { CommandWords } from "./command-words.ts";
import type { JailPort } from "./daemon-port.ts";
import { banLine, idList, optionReply } from "./jail-replies.ts";
import { PyFloat, type WireValue } from "./wire-value.ts";

/** What `actionmethods` lists for a command action. */
export const ACTION_METHODS: readonly string[] = [
  "ban",
  "clearAllParams",
  "consistencyCheck",
  "escapeTag",
  "executeCmd",
  "flush",
  "invalidateBanEpoch",
  "prolong",
  "reban",
  "reload",
  "replaceDynamicTags",
  "replaceTag",
  "start",
  "stop",
  "unban",
];

/** Properties that every command action has, set or not. */
const ACTION_PROPERTIES: readonly string[] = [
  "ESCAPE_CRE",
  "ESCAPE_VN_CRE",
  "actionban",
  "actioncheck",
  "actionflush",
  "actionreban",
  "actionreload",
  "actionrepair",
  "actionstart",
  "actionstop",
  "actionunban",
  "banEpoch",
  "timeout",
];

/** What they are where nobody set them. */
const ACTION_DEFAULTS: ReadonlyMap<string, WireValue> = new Map<string, WireValue>([
  ...ACTION_PROPERTIES.filter((name) => name.startsWith("action")).map((name) => [name, ""] as const),
  ["banEpoch", 0],
  ["timeout", 60],
]);

/**
 * The properties of one action.
 *
 * @throws {CommandError} the jail has no such action
 */
export function actionOf(jail: JailPort, name: string): ReadonlyMap<string, WireValue> {
  const action = jail.actions().get(name);
  if (action === undefined) throw missingKey(`Invalid Action name: ${name}`);
  return action;
}

/** @throws {CommandError} the action has no such property */
export function propertyOf(jail: JailPort, action: string, property: string): WireValue {
  const value = actionOf(jail, action).get(property) ?? ACTION_DEFAULTS.get(property);
  if (value === undefined) throw missingAttribute(property);
  if (property !== "timeout" || typeof value !== "string") return value;
  const { value: seconds, isFloat } = parseDurationExact(value);
  return isFloat ? new PyFloat(seconds) : seconds;
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function bannedReply(jail: JailPort, ids: readonly string[]): WireValue {
  if (ids.length === 0) return idList(jail.bannedIds());
  const answers = ids.map((id) => (jail.isBanned(id) ? 1 : 0));
  const [first = 0] = answers;
  return answers.length === 1 ? first : answers;
}

/**
 * The value of `get J WORDS…`.
 *
 * @param words without `get` and the jail; at least one
 * @throws {CommandError}
 */
export function getJail(jail: JailPort, words: CommandWords, zone: LocalZone): WireValue {
  const option = words.text(0);
  switch (option) {
    case "banned":
      return bannedReply(jail, words.texts(1));
    case "banip": {
      const bans = jail.bansByEnd();
      return words.optional(1) === "--with-time"
        ? bans.map((ban) => banLine(ban, zone))
        : idList(bans.map((ban) => ban.id));
    }
    case "actions":
      return [...jail.actions().keys()];
    case "action":
      return propertyOf(jail, words.text(1), words.text(2));
    case "actionproperties": {
      const own = actionOf(jail, words.text(1)).keys();
      return [...new Set([...ACTION_PROPERTIES, ...own])].sort(byCodePoint);
    }
    case "actionmethods":
      actionOf(jail, words.text(1));
      return ACTION_METHODS;
    default: {
      const value = optionReply(jail, option);
      if (value === undefined) throw refused("Invalid command (no get action or not yet implemented)");
      return value;
    }
  }
}
