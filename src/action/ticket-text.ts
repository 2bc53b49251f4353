/**
 * Tickets as fail2ban's Python prints them: `<raw-ticket>`, `<F-*>`, times. Scripts and log watchers read these texts.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";
import type { EpochSeconds } from "../base/units.ts";
import { reprText } from "../config/python-text.ts";
import type { DataValue, MatchLine } from "../filter/failure.ts";

/** Names that `<F-*>` lists first, from the ticket itself. */
const TICKET_KEYS: ReadonlySet<string> = new Set(["matches", "failures"]);

/** A time as Python prints a float: `1795346762.0`. */
export function timeText(at: EpochSeconds): string {
  return Number.isInteger(at) ? `${at}.0` : String(at);
}

/** A line of a ticket as one text. */
export function lineText(line: MatchLine): string {
  return typeof line === "string" ? line : line.join("");
}

function lineRepr(line: MatchLine): string {
  return typeof line === "string" ? reprText(line) : `(${line.map((part) => reprText(part)).join(", ")})`;
}

/** Lines as a Python list. */
export function linesText(lines: readonly MatchLine[]): string {
  return `[${lines.map(lineRepr).join(", ")}]`;
}

function valueRepr(value: DataValue): string {
  if (typeof value === "string") return reprText(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  return `[${value.map(valueRepr).join(", ")}]`;
}

/** A captured value as text: bare where it is text. */
export function valueText(value: DataValue): string {
  return typeof value === "string" ? value : valueRepr(value);
}

/** `<F-*>`: everything known of a ticket as a Python dict. */
export function dataText(ban: Ban): string {
  const entries = [`'matches': ${linesText(ban.matches)}`, `'failures': ${ban.attempts}`];
  for (const [key, value] of ban.data) {
    if (!TICKET_KEYS.has(key)) entries.push(`${reprText(key)}: ${valueRepr(value)}`);
  }
  return `{${entries.join(", ")}}`;
}

/** `<raw-ticket>`. */
export function ticketText(ban: Ban): string {
  const bantime = ban.bantime === undefined ? "None" : String(Math.trunc(ban.bantime));
  const head = `BanTicket: ip=${ban.id} time=${timeText(ban.at)} bantime=${bantime} bancount=${ban.bancount}`;
  return `${head} #attempts=${ban.attempts} matches=${linesText(ban.matches)}`;
}
