/**
 * The levels of `gaoler regex -l`: which messages are shown.
 * @module
 */
import type { Level } from "../base/event.ts";

const LEVELS: readonly Level[] = [
  "CRITICAL",
  "ERROR",
  "WARNING",
  "NOTICE",
  "INFO",
  "MSG",
  "DEBUG",
  "TRACEDEBUG",
  "HEAVYDEBUG",
];

/** The levels that `-l` lets through; `undefined` where it names none. */
export function shownLevels(name: string): ReadonlySet<Level> | undefined {
  const index = LEVELS.map(String).indexOf(name.toUpperCase());
  return index < 0 ? undefined : new Set(LEVELS.slice(0, index + 1));
}
