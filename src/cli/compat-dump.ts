/**
 * `-d`, `--dp` and `-t`: the configuration shown and tested (B§1.17, B§1.18).
 * @module
 */
import { pythonRepr } from "../config/python-repr.ts";
import type { StreamCommand, StreamWord } from "../config/settings.ts";
import { FAILURE, SUCCESS } from "./compat-io.ts";
import { overridesOf, readConfiguration, type StartContext } from "./compat-start.ts";

/** Width of `--dp`, characters. */
const PRETTY_CHARS = 1000;

const isWordList = (word: StreamWord): word is readonly StreamWord[] => Array.isArray(word);

/** A command on one line if it fits, else one item a line. */
function pretty(word: StreamWord, indent: number): string {
  const line = pythonRepr(word);
  if (line.length + indent <= PRETTY_CHARS || !isWordList(word)) return line;
  const margin = " ".repeat(indent + 1);
  return `[${word.map((item) => pretty(item, indent + 1)).join(`,\n${margin}`)}]`;
}

/** The stream as `-d` prints it, a command a line. */
export function dumpText(stream: readonly StreamCommand[], isPretty: boolean): string {
  return stream.map(({ words }) => `${isPretty ? pretty(words, 0) : pythonRepr(words)}\n`).join("");
}

/** `-d`. @returns whether the configuration can be read */
function dumpConfiguration(context: StartContext): boolean {
  const { io, log, options } = context;
  const { stream, isUsable } = readConfiguration(context, { mode: "dump", overrides: overridesOf(options) });
  if (!isUsable) {
    io.out("ERROR: The configuration stream failed because of the invalid syntax.\n");
    log.error("Init of command line failed");
    return false;
  }
  io.out(dumpText(stream, options.dump === "pretty"));
  return true;
}

/** `-t`. @returns whether the configuration is good */
function testConfiguration(context: StartContext): boolean {
  const { io, options } = context;
  const { isUsable } = readConfiguration(context, { mode: "test", overrides: overridesOf(options) });
  io.out(isUsable ? "OK: configuration test is successful\n" : "ERROR: test configuration failed\n");
  return isUsable;
}

/**
 * The options that show or test the configuration, before any command.
 *
 * @returns the exit code if nothing is left to do; `undefined`: go on with the command
 */
export function inspectConfiguration(context: StartContext, hasCommand: boolean): number | undefined {
  const { dump, test } = context.options;
  if (dump !== "no") {
    if (!dumpConfiguration(context)) return FAILURE;
    if (!test) return SUCCESS;
  }
  if (!test) return undefined;
  if (!testConfiguration(context)) return FAILURE;
  return hasCommand ? undefined : SUCCESS;
}
