/**
 * The command table: words from a client → what the daemon shall do → the reply pair (B§2.2–2.6, B§2.8). Knows how commands
 * and replies are spelled; what they mean is the daemon's business.
 * @module
 */
import { messageOf } from "../base/error-text.ts";
import type { Observe } from "../base/event.ts";
import { reprText } from "../config/python-text.ts";
import type { StreamWord } from "../config/settings.ts";
import { badValue, CommandError, duplicateJail, refused } from "./command-error.ts";
import { type CommandContext, jailOf, type Run } from "./command-run.ts";
import { CommandWords } from "./command-words.ts";
import type { DaemonPort, JailPort, ServerOption } from "./daemon-port.ts";
import { getJail } from "./get-jail.ts";
import { idList, type StatusFlavor, statsReply, statusReply } from "./jail-replies.ts";
import { OWN_COMMANDS } from "./own-commands.ts";
import { multiSetJail, setJail } from "./set-jail.ts";
import { exceptionRepr, valueRepr } from "./value-text.ts";
import { itemsOf, PyException, SharedText, toStreamWord, tuple, type WireValue } from "./wire-value.ts";

/** Longest text of a command in our own log, characters. */
const LOGGED_COMMAND_CHARS = 1000;
/** Longest `sleep`, seconds. */
const MAX_SLEEP_SECONDS = 3600;

/** What a server on its way down answers to everything; no reply pair, so the original client fails on it (B§1.6). */
const SHUTTING_DOWN: readonly WireValue[] = ["SHUTDOWN"];

/**
 * Runs one command. Never rejects.
 *
 * @param request as it came over the socket; a list of words if the client is in its senses
 * @returns `(0, value)` or `(1, exception)`; `['SHUTDOWN']` once the end has begun
 */
export async function runCommand(request: WireValue, context: CommandContext): Promise<WireValue> {
  if (context.daemon.isStopping) return SHUTTING_DOWN;
  try {
    const words = new CommandWords(wordsOf(request));
    const run = COMMANDS.get(words.text(0)) ?? OWN_COMMANDS.get(words.text(0)) ?? refuse;
    return tuple(0, await run(words, context));
  } catch (error) {
    const exception = exceptionOf(error);
    const command = valueRepr(request);
    const shown =
      command.length > LOGGED_COMMAND_CHARS ? `${command.slice(0, LOGGED_COMMAND_CHARS)}…` : command;
    const text = `Command ${shown} has failed. Received ${exceptionRepr(exception)}`;
    context.observe({ type: "message", level: "ERROR", logger: "transmitter", text });
    return tuple(1, exception);
  }
}

/** A bare text is indexed by character, as Python does; so it is never a command. */
function wordsOf(request: WireValue): readonly WireValue[] {
  if (typeof request === "string") return Array.from(request);
  const words = itemsOf(request);
  if (words === undefined) throw new CommandError("builtins.TypeError", ["command is not a list of words"]);
  return words;
}

function exceptionOf(error: unknown): PyException {
  if (error instanceof CommandError) return error.exception;
  return new PyException("builtins.RuntimeError", [messageOf(error)]);
}

const refuse: Run = () => {
  throw refused("Invalid command");
};

const byName = (a: JailPort, b: JailPort): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const sortedJails = (daemon: DaemonPort): JailPort[] => Array.from(daemon.jails()).sort(byName);

const FLAVORS: readonly StatusFlavor[] = ["basic", "short", "stats", "cymru"];

function flavorOf(word: string, observe: Observe): StatusFlavor {
  const flavor = FLAVORS.find((known) => known === word);
  if (flavor !== undefined) return flavor;
  const text = `Unknown status flavor '${word}', 'basic' is used. Known are: ${FLAVORS.join(", ")}`;
  observe({ type: "message", level: "WARNING", logger: "jail", text });
  return "basic";
}

const status: Run = (words, { daemon, observe }) => {
  if (words.count > 3) throw refused("Invalid command (no status)");
  const name = words.optional(1) ?? "";
  const flavor = flavorOf(words.optional(2) ?? "basic", observe);
  if (name !== "" && name !== "--all") return statusReply(jailOf(daemon, name), flavor);
  const jails = sortedJails(daemon);
  const summary: WireValue[] = [
    tuple(new SharedText("Number of jail"), jails.length),
    tuple(new SharedText("Jail list"), jails.map((jail) => jail.name).join(", ")),
  ];
  if (name === "--all" && jails.length > 0) {
    summary.push(new Map(jails.map((jail) => [jail.name, statusReply(jail, flavor)])));
  }
  return summary;
};

const banned: Run = (words, { daemon }) => {
  const jails = [...daemon.jails()];
  if (words.count === 1) return jails.map((jail) => new Map([[jail.name, idList(jail.bannedIds())]]));
  return words.texts(1).map((id) => jails.filter((jail) => jail.isBanned(id)).map((jail) => jail.name));
};

const unban: Run = (words, { daemon }) => {
  if (words.count === 1) throw refused("Invalid command");
  return daemon.unban(words.text(1) === "--all" ? undefined : words.texts(1));
};

const BACKENDS = ["pyinotify", "polling", "systemd"] as const;

const add: Run = async (words, { daemon }) => {
  const name = words.text(1);
  const backend = words.optional(2) ?? "auto";
  if (name === "--all") throw badValue("Reserved name '--all'");
  const kind = backend.replace(/\[.*$/s, "").trim();
  if (kind !== "auto" && !BACKENDS.some((known) => known === kind)) {
    throw badValue(`Unknown backend ${kind}. Must be among ${valueRepr(BACKENDS)} or 'auto'`);
  }
  if (daemon.jail(name) !== undefined) throw duplicateJail(name);
  await daemon.addJail(name, backend);
  return name;
};

const start: Run = async (words, { daemon }) => {
  await daemon.startJail(jailOf(daemon, words.text(1)).name);
  return null;
};

const stop: Run = async (words, { daemon }) => {
  const name = words.optional(1);
  if (name === undefined) await daemon.shutdown();
  else if (name === "--all") await daemon.stopJail(undefined);
  else await daemon.stopJail(jailOf(daemon, name).name);
  return null;
};

/** The commands of a stream, each a list of words. */
function streamOf(value: WireValue): StreamWord[][] {
  const commands = (itemsOf(value) ?? []).map(toStreamWord);
  return commands.map((command) => {
    if (!Array.isArray(command))
      throw new CommandError("builtins.TypeError", ["stream is not a list of commands"]);
    return command;
  });
}

const reload: Run = async (words, { daemon }) => {
  const name = words.text(1);
  const options = (itemsOf(words.value(2)) ?? []).map(String);
  const jail = name === "--all" ? undefined : name;
  const ifExists = options.includes("--if-exists");
  const isRestart = options.includes("--restart");
  const stream = streamOf(words.value(3));
  await daemon.reload({ jail, restart: isRestart, unban: options.includes("--unban"), ifExists, stream });
  return "OK";
};

const serverStream: Run = async (words, { daemon }) => {
  await daemon.executeStream(streamOf(words.value(1)));
  return null;
};

const SERVER_OPTIONS: ReadonlySet<string> = new Set<ServerOption>([
  "loglevel",
  "logtarget",
  "syslogsocket",
  "allowipv6",
  "dbfile",
  "dbmaxmatches",
  "dbpurgeage",
  "thread",
]);

const isServerOption = (name: string): name is ServerOption => SERVER_OPTIONS.has(name);

const get: Run = (words, { daemon, zone }) => {
  const name = words.text(1);
  // There is no `get allowipv6`; it falls through to the jails and lacks a word there.
  if (isServerOption(name) && name !== "allowipv6") return daemon.option(name);
  words.text(2);
  return getJail(jailOf(daemon, name), words.after(2), zone);
};

const set: Run = async (words, { daemon }) => {
  const name = words.text(1);
  if (isServerOption(name)) {
    await daemon.setOption(name, words.word(2));
    return daemon.option(name);
  }
  words.text(2);
  return setJail(jailOf(daemon, name), words.after(2));
};

const sleep: Run = async (words) => {
  const text = words.text(1);
  const wanted = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(wanted)) throw badValue(`could not convert string to float: ${reprText(text)}`);
  const seconds = Math.min(Math.max(wanted, 0), MAX_SLEEP_SECONDS);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return null;
};

const stats: Run = (_words, { daemon }) => statsReply(daemon.jails());

const COMMANDS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ["ping", () => "pong"],
  ["version", (_words, { daemon }) => daemon.version],
  ["echo", (words) => words.values(1)],
  ["server-status", () => "Server ready"],
  ["server-stream", serverStream],
  ["sleep", sleep],
  ["status", status],
  ["stats", stats],
  ["statistics", stats],
  ["statistic", stats],
  ["banned", banned],
  ["unban", unban],
  ["flushlogs", (_words, { daemon }) => daemon.flushLogs()],
  ["add", add],
  ["start", start],
  ["stop", stop],
  ["reload", reload],
  ["get", get],
  ["set", set],
  ["multi-set", (words, { daemon }) => multiSetJail(jailOf(daemon, words.text(1)), words.after(2))],
]);
