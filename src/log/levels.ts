/**
 * Log levels: fail2ban's names and numbers (B§1.12), and which syslog priority each has.
 * @module
 */
import type { Level } from "../base/event.ts";

const NUMBERS: Readonly<Record<Level, number>> = {
  CRITICAL: 50,
  ERROR: 40,
  WARNING: 30,
  NOTICE: 25,
  INFO: 20,
  MSG: 18,
  DEBUG: 10,
  TRACEDEBUG: 7,
  HEAVYDEBUG: 5,
};

/** Number of a level; higher is graver. */
export function levelNumber(level: Level): number {
  return NUMBERS[level];
}

/** Name of a level as a log line shows it. */
export function shownLevel(level: Level): string {
  if (level === "TRACEDEBUG") return "TRACE";
  return level === "HEAVYDEBUG" ? "HEAVY" : level;
}

/**
 * Number of a level by name, in any case, or by number. `undefined`: `Invalid log level 'FOO'` is what to tell.
 */
export function parseLevel(text: string): number | undefined {
  const name = text.trim().toUpperCase();
  if (/^\d{1,9}$/.test(name)) return Number(name);
  for (const [known, number] of Object.entries(NUMBERS)) if (known === name) return number;
  return undefined;
}

/** Syslog severity: 2 critical, 3 error, 4 warning, 5 notice, 6 info, 7 debug. */
export function syslogSeverity(level: Level): number {
  const number = NUMBERS[level];
  if (number >= 50) return 2;
  if (number >= 40) return 3;
  if (number >= 30) return 4;
  if (number >= 25) return 5;
  return number >= 18 ? 6 : 7;
}
