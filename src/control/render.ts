/**
 * What the client prints: a reply as text, by the words of the command (B§2.7), and a refusal by its class (B§2.8). Knows no socket.
 * @module
 */

import { statsTable } from "./render-stats.ts";
import { jailStatusLines, serverStatusLines } from "./render-status.ts";
import { BrokenRendering } from "./rendering.ts";
import { tupleRepr, valueRepr, valueText } from "./value-text.ts";
import { isList, Tuple, type WireValue } from "./wire-value.ts";

export interface RenderOptions {
  /** whether the output can show box characters */
  readonly unicode: boolean;
}

/** A rendering; where `isBroken`, the reply did not look as the command promises, and the text is all that could be made of it. */
export interface Rendering {
  readonly text: string;
  readonly isBroken: boolean;
}

/**
 * The text of a reply, without final newline.
 *
 * @param words the command as it was sent
 */
export function renderReply(words: readonly string[], value: WireValue, options: RenderOptions): Rendering {
  try {
    return { text: rendered(words, value, options), isBroken: false };
  } catch (error) {
    if (!(error instanceof BrokenRendering)) throw error;
    return { text: `${valueRepr(error.partial)}${valueRepr(value)}`, isBroken: true };
  }
}

/** The text of a refusal. */
export function renderError({
  className,
  args,
}: {
  readonly className: string;
  readonly args: readonly WireValue[];
}): string {
  const [first = "", second = "", third] = args;
  switch (className.slice(className.lastIndexOf(".") + 1)) {
    case "UnknownJailException":
      return `Sorry but the jail '${valueText(first)}' does not exist`;
    case "DuplicateJailException":
      return `The jail '${valueText(first)}' already exists`;
    case "IndexError":
      return "Sorry but the command is invalid";
    case "KeyError":
      return args.length === 1 ? valueRepr(first) : tupleRepr(args);
    default:
      // The family of OSError: number, text, file.
      if (args.length >= 2 && typeof first === "number") {
        return `[Errno ${first}] ${valueText(second)}${third === undefined ? "" : `: ${valueRepr(third)}`}`;
      }
      return args.length > 1 ? tupleRepr(args) : valueText(first);
  }
}

/** The `args` of a refusal as Python holds them once it is made: the family of OSError keeps the file apart. */
export function refusalArgs(args: readonly WireValue[]): string {
  return tupleRepr(args.length > 2 && typeof args[0] === "number" ? args.slice(0, 2) : args);
}

function rendered(words: readonly string[], value: WireValue, options: RenderOptions): string {
  const [command = "", target = "", option = ""] = words;
  switch (command) {
    case "ping":
      return `Server replied: ${valueText(value)}`;
    case "start":
      return words.length > 1 ? "Jail started" : valueText(value);
    case "stop":
      return words.length > 1 ? "Jail stopped" : "Shutdown successful";
    case "add":
      return `Added jail ${valueText(value)}`;
    case "flushlogs":
      return `logs: ${valueText(value)}`;
    case "echo":
      return isList(value) ? value.map(valueText).join(" ") : valueText(value);
    case "status":
      if (words.length > 1 && target !== "--all") return jailStatusLines(target, value).join("\n");
      return serverStatusLines(value).join("\n");
    case "stats":
    case "statistics":
      return statsTable(value, options.unicode);
    case "get":
    case "set": {
      if (words.length < (command === "get" ? 3 : 4)) return serverOption(target, value);
      const server = command === "set" ? undefined : SERVER_OPTIONS[target];
      return server === undefined ? jailOption(words, option, value) : server(value);
    }
    default:
      return valueText(value);
  }
}

const DISABLED = "Database currently disabled";

/** Text of a value that has to be one; Python would fail on adding anything else. */
function textAfter(head: string, value: WireValue): string {
  if (typeof value !== "string") throw new BrokenRendering(head);
  return `${head}\`- ${value}`;
}

const SERVER_OPTIONS: Readonly<Record<string, (value: WireValue) => string>> = {
  loglevel: (value) => `Current logging level is '${valueText(value)}'`,
  logtarget: (value) => textAfter("Current logging target is:\n", value),
  syslogsocket: (value) => textAfter("Current syslog socket is:\n", value),
  dbfile: (value) => (value === null ? DISABLED : `Current database file is:\n\`- ${valueText(value)}`),
  dbpurgeage: (value) =>
    value === null ? DISABLED : `Current database purge age is:\n\`- ${valueText(value)}seconds`,
};

function serverOption(name: string, value: WireValue): string {
  const render = Object.hasOwn(SERVER_OPTIONS, name) ? SERVER_OPTIONS[name] : undefined;
  return render === undefined ? valueText(value) : render(value);
}

/** `|- ITEM` lines, the last with its own branch. */
function branches(items: readonly string[]): string[] {
  return items.map((item, at) => `${at === items.length - 1 ? "`-" : "|-"} ${item}`);
}

/** The items of a reply that has to be a list. */
function listed(value: WireValue, partial: string): readonly WireValue[] {
  if (!isList(value)) throw new BrokenRendering(partial);
  return value;
}

function tree(
  head: string,
  empty: string,
  value: WireValue,
  label: (text: string, at: number) => string,
): string {
  const items = listed(value, head);
  if (items.length === 0) return empty;
  return [head, ...branches(items.map((item, at) => label(valueText(item), at)))].join("\n");
}

const plain = (text: string): string => text;
const numbered = (text: string, at: number): string => `[${at}]: ${text}`;

const logPaths = (value: WireValue): string =>
  tree("Current monitored log file(s):", "No file is currently monitored", value, plain);
const ignoreList = (value: WireValue): string =>
  tree("These IP addresses/networks are ignored:", "No IP address/network is ignored", value, plain);
const regexes = (value: WireValue): string =>
  tree("The following regular expression are defined:", "No regular expression is defined", value, numbered);

function journalMatch(value: WireValue): string {
  const alternatives = listed(value, "").map((words) => listed(words, "").map(valueText).join(" "));
  return alternatives.length === 0
    ? "No journal match filter set"
    : `Current match filter:\n${alternatives.join(" + ")}`;
}

function datePattern(value: WireValue): string {
  const head = "Current date pattern set to: ";
  if (value === null) return `${head}Not set/required`;
  if (!(value instanceof Tuple) || value.items.length !== 2) throw new BrokenRendering(head);
  const [pattern = null, name = null] = value.items;
  return pattern === null ? `${head}${valueText(name)}` : `${head}${valueText(pattern)} (${valueText(name)})`;
}

function names(value: WireValue, head: string, empty: string): string {
  const items = listed(value, head);
  return items.length === 0 ? empty : `${head}\n${items.map(valueText).join(", ")}`;
}

function banList(words: readonly string[], value: WireValue): string {
  const separator = words[3] ?? " ";
  return listed(value, "")
    .map(valueText)
    .join(separator === "--with-time" ? "\n" : separator);
}

/** Renderings of `get J OPTION` and of the setters that answer with the same. */
const JAIL_OPTIONS: Readonly<Record<string, (value: WireValue) => string>> = {
  logpath: logPaths,
  addlogpath: logPaths,
  dellogpath: logPaths,
  logencoding: (value) => `Current log encoding is set to:\n${valueText(value)}`,
  journalmatch: journalMatch,
  addjournalmatch: journalMatch,
  deljournalmatch: journalMatch,
  datepattern: datePattern,
  ignoreip: ignoreList,
  addignoreip: ignoreList,
  delignoreip: ignoreList,
  failregex: regexes,
  addfailregex: regexes,
  delfailregex: regexes,
  ignoreregex: regexes,
  addignoreregex: regexes,
  delignoreregex: regexes,
};

function jailOption(words: readonly string[], option: string, value: WireValue): string {
  const [command = "", jail = "", , action = ""] = words;
  if (command === "get") {
    switch (option) {
      case "banip":
        return banList(words, value);
      case "actions":
        return names(value, `The jail ${jail} has the following actions:`, `No actions for jail ${jail}`);
      case "actionproperties":
      case "actionmethods": {
        const what = option.slice("action".length);
        const head = `The jail ${jail} action ${action} has the following ${what}:`;
        return names(value, head, `No ${what} for jail ${jail} action ${action}`);
      }
    }
  }
  const render = Object.hasOwn(JAIL_OPTIONS, option) ? JAIL_OPTIONS[option] : undefined;
  return render === undefined ? valueText(value) : render(value);
}
