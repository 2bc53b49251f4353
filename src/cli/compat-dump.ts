/**
 * `-d`, `--dp` and `-t`: the configuration shown and tested (B§1.17, B§1.18).
 * @module
 */
import { pythonRepr } from "../config/python-repr.ts";
import type { StreamCommand, StreamWord } from "../config/settings.ts";
import type { CompatIo } from "./compat-io.ts";
import type { ClientLog } from "./compat-log.ts";

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
export function dumpConfiguration(
  io: CompatIo,
  log: ClientLog,
  directory: string,
  isPretty: boolean,
): boolean {
  const { stream, messages, isUsable } = io.configuration.read(directory, undefined, "dump");
  for (const message of messages) log.tell(message);
  if (!isUsable) {
    io.out("ERROR: The configuration stream failed because of the invalid syntax.\n");
    log.error("Init of command line failed");
    return false;
  }
  io.out(dumpText(stream, isPretty));
  return true;
}

/** `-t`. @returns whether the configuration is good */
export function testConfiguration(io: CompatIo, log: ClientLog, directory: string): boolean {
  const { messages, isUsable } = io.configuration.read(directory, undefined, "test");
  for (const message of messages) log.tell(message);
  io.out(isUsable ? "OK: configuration test is successful\n" : "ERROR: test configuration failed\n");
  return isUsable;
}
