/**
 * What one command of the stream does to a jail's settings: the server's side of A§1.12, conversions included. The same table
 * serves the start and a later `set J …`.
 * @module
 */

import type { Origin, Sourced } from "../base/diagnostic.ts";
import { DurationError, parseDuration } from "../base/duration.ts";
import type { Seconds } from "../base/units.ts";
import { ConfigMistake } from "./findings.ts";
import { isTrueWord } from "./option-values.ts";
import { parsePythonInt, reprText } from "./python-text.ts";
import type {
  ActionSettings,
  BantimeIncrement,
  JailSettings,
  StreamCommand,
  StreamWord,
  UseDns,
} from "./settings.ts";
import { takeAway } from "./take-away.ts";

/** A jail as `add J BACKEND` makes it (A§1.12, server defaults). */
export function newJailSettings(name: string, backend: string, origin?: Origin): JailSettings {
  return {
    name,
    backend,
    ...(origin && { origin }),
    usedns: "warn",
    prefregex: undefined,
    failregex: [],
    ignoreregex: [],
    maxlines: 1,
    datepattern: undefined,
    journalmatch: [],
    maxretry: 3,
    maxmatches: 5,
    findtime: 600,
    bantime: 600,
    increment: {
      enabled: false,
      factor: undefined,
      formula: undefined,
      multipliers: undefined,
      maxtime: undefined,
      rndtime: undefined,
      overalljails: false,
    },
    ignorecommand: "",
    ignoreself: true,
    ignoreip: [],
    ignorecache: undefined,
    logtimezone: undefined,
    logencoding: "auto",
    logpaths: [],
    actions: [],
  };
}

/** A value that is none of its type, in Python's words; caught in {@link applyCommand}. */
class ValueError extends Error {
  override readonly name = "ValueError";
}

const isList = (word: StreamWord | undefined): word is readonly StreamWord[] => Array.isArray(word);

function asText(word: StreamWord | undefined): string {
  if (typeof word === "string") return word;
  if (typeof word === "number") return String(word);
  if (typeof word === "boolean") return word ? "True" : "False";
  return "";
}

function asInt(word: StreamWord | undefined): number {
  if (typeof word === "number") return Math.trunc(word);
  if (typeof word !== "string") {
    throw new ValueError(
      "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'",
    );
  }
  const number = parsePythonInt(word);
  if (number === undefined) {
    throw new ValueError(`invalid literal for int() with base 10: ${reprText(word)}`);
  }
  return number;
}

function asSeconds(word: StreamWord | undefined): Seconds {
  return typeof word === "number" ? word : parseDuration(asText(word));
}

const asBool = (word: StreamWord | undefined): boolean =>
  typeof word === "boolean" ? word : isTrueWord(asText(word));

const orNone = (word: StreamWord | undefined): string | undefined => asText(word) || undefined;

function sourced(value: string, origin: Origin | undefined): Sourced<string> {
  return { value, ...(origin && { origin }) };
}

function asUseDns(word: StreamWord | undefined): UseDns {
  const text = asText(word).toLowerCase();
  // anything else is "no", as the server takes it; the loader says so
  return text === "yes" || text === "warn" || text === "raw" ? text : "no";
}

function checkedMultipliers(word: StreamWord | undefined): string | undefined {
  const text = orNone(word);
  for (const part of text?.split(" ") ?? []) asInt(part);
  return text;
}

/** Options whose spelling shows in the answer of `get` (B§2.4). */
const SPELLED: ReadonlySet<string> = new Set([
  "findtime",
  "bantime.increment",
  "bantime.maxtime",
  "bantime.rndtime",
  "bantime.overalljails",
  "ignorecommand",
]);

type Change = (settings: JailSettings, word: StreamWord | undefined, command: StreamCommand) => JailSettings;

function increment(change: (word: StreamWord | undefined) => Partial<BantimeIncrement>): Change {
  return (settings, word) => ({ ...settings, increment: { ...settings.increment, ...change(word) } });
}

/** Like {@link increment}, for an expression that is not computed before the jail is built: its place is kept. */
function expression(
  option: "factor" | "formula" | "multipliers",
  read: (word: StreamWord | undefined) => string | undefined,
): Change {
  return (settings, word, { origin }) => {
    const { origins, ...before } = settings.increment;
    const places = origin === undefined ? origins : { ...origins, [option]: origin };
    const after = { ...before, [option]: read(word), ...(places && { origins: places }) };
    return { ...settings, increment: after };
  };
}

function addRegexes(list: "failregex" | "ignoreregex"): Change {
  return (settings, word, { origin, itemOrigins }) => {
    const added = isList(word)
      ? word.map((regex, index) => sourced(asText(regex), itemOrigins?.[index]))
      : [sourced(asText(word), origin)];
    return { ...settings, [list]: [...settings[list], ...added] };
  };
}

const texts = (words: readonly StreamWord[]): readonly string[] => words.map(asText);

function addLogPath(settings: JailSettings, { words, origin }: StreamCommand): JailSettings {
  const [pattern = "", word = "head"] = texts(words.slice(3));
  if (word !== "head" && word !== "tail") throw new ValueError("File option must be 'head' or 'tail'");
  const path = { pattern, tail: word === "tail", ...(origin && { origin }) };
  return { ...settings, logpaths: [...settings.logpaths, path] };
}

function addAction(settings: JailSettings, { words, origin }: StreamCommand): JailSettings {
  const [name = "", file, options = "{}"] = texts(words.slice(3));
  if (settings.actions.some((action) => action.name === name)) {
    throw new ValueError(`Action ${name} already exists`);
  }
  const action: ActionSettings = {
    name,
    properties: new Map(),
    ...(origin && { origin }),
    ...(file !== undefined && { python: { file, options } }),
  };
  return { ...settings, actions: [...settings.actions, action] };
}

/** `action A [[K, V]…]` of the stream, or `action A K V` of a client. */
function setProperties(settings: JailSettings, { words }: StreamCommand): JailSettings {
  const [name, given, single] = words.slice(3);
  const pairs = isList(given) ? given : [[given ?? null, single ?? null]];
  const index = settings.actions.findIndex((action) => action.name === name);
  const action = settings.actions[index];
  if (action === undefined) throw new ValueError(`Invalid Action name: ${asText(name)}`);
  const properties = new Map(action.properties);
  for (const pair of pairs) {
    if (!isList(pair)) continue;
    const [key, value] = pair;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      properties.set(asText(key), value);
    }
  }
  return { ...settings, actions: settings.actions.with(index, { ...action, properties }) };
}

function positive(number: number): number {
  if (number <= 0) throw new ValueError("maxlines must be integer greater than zero");
  return number;
}

const CHANGES: Readonly<Record<string, Change>> = {
  usedns: (settings, word) => ({ ...settings, usedns: asUseDns(word) }),
  prefregex: (settings, word, { origin }) => ({
    ...settings,
    prefregex: asText(word) === "" ? undefined : sourced(asText(word), origin),
  }),
  addfailregex: addRegexes("failregex"),
  addignoreregex: addRegexes("ignoreregex"),
  maxlines: (settings, word) => ({ ...settings, maxlines: positive(asInt(word)) }),
  datepattern: (settings, word, { origin }) => ({
    ...settings,
    datepattern: asText(word) === "" ? undefined : sourced(asText(word), origin),
  }),
  addjournalmatch: (settings, _, { words }) => ({
    ...settings,
    journalmatch: [...settings.journalmatch, texts(words.slice(3))],
  }),
  maxretry: (settings, word) => ({ ...settings, maxretry: asInt(word) }),
  maxmatches: (settings, word) => ({ ...settings, maxmatches: asInt(word) }),
  findtime: (settings, word) => ({ ...settings, findtime: asSeconds(word) }),
  bantime: (settings, word) => ({ ...settings, bantime: Math.trunc(asSeconds(word)) }),
  "bantime.increment": increment((word) => ({ enabled: asBool(word) })),
  "bantime.factor": expression("factor", orNone),
  "bantime.formula": expression("formula", orNone),
  "bantime.multipliers": expression("multipliers", checkedMultipliers),
  "bantime.maxtime": increment((word) => ({
    maxtime: asText(word) === "" ? undefined : asSeconds(word),
  })),
  "bantime.rndtime": increment((word) => ({
    rndtime: asText(word) === "" ? undefined : asSeconds(word),
  })),
  "bantime.overalljails": increment((word) => ({ overalljails: asBool(word) })),
  ignorecommand: (settings, word) => ({ ...settings, ignorecommand: asText(word) }),
  ignoreself: (settings, word) => ({ ...settings, ignoreself: asBool(word) }),
  addignoreip: (settings, _, { words, origin }) => ({
    ...settings,
    ...(origin && { ignoreipOrigin: origin }),
    ignoreip: [...new Set([...settings.ignoreip, ...texts(words.slice(3))])],
  }),
  ignorecache: (settings, word) => ({ ...settings, ignorecache: orNone(word) }),
  logtimezone: (settings, word) => ({ ...settings, logtimezone: orNone(word) }),
  logencoding: (settings, word) => ({ ...settings, logencoding: orNone(word) ?? "auto" }),
  addlogpath: (settings, _, command) => addLogPath(settings, command),
  addaction: (settings, _, command) => addAction(settings, command),
  action: (settings, _, command) => setProperties(settings, command),
};

/**
 * The settings after `set J OPTION …` or `multi-set J OPTION …`.
 *
 * @returns the mistake, in the server's words, where the value is none or the option unknown
 */
export function applyCommand(settings: JailSettings, command: StreamCommand): JailSettings | ConfigMistake {
  const option = asText(command.words[2]);
  const taken = takeAway(settings, option, command.words.slice(3));
  if (typeof taken === "string") return new ConfigMistake(taken, command.origin);
  if (taken !== undefined) return taken;
  const change = Object.hasOwn(CHANGES, option) ? CHANGES[option] : undefined;
  if (change === undefined) {
    const message = `Invalid command '${option}' (no set action or not yet implemented)`;
    return new ConfigMistake(message, command.origin);
  }
  try {
    const [, , , word] = command.words;
    const changed = change(settings, word, command);
    if (!SPELLED.has(option)) return changed;
    return { ...changed, spelled: { ...settings.spelled, [option]: asText(word) } };
  } catch (error) {
    if (error instanceof ValueError || error instanceof DurationError) {
      return new ConfigMistake(error.message, command.origin);
    }
    throw error;
  }
}
