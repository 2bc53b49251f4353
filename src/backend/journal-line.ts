/**
 * An entry of the journal as the line that filters see (A§5.6). Knows nothing of where entries come from.
 * @module
 */
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { JournalFields } from "./journal-export.ts";

/** Fields that a line is made of; nothing else is asked of the journal. */
export const LINE_FIELDS = [
  "MESSAGE",
  "_HOSTNAME",
  "SYSLOG_IDENTIFIER",
  "_COMM",
  "SYSLOG_PID",
  "_PID",
  "_SOURCE_REALTIME_TIMESTAMP",
  "_SOURCE_MONOTONIC_TIMESTAMP",
] as const;

/** Fields that come with every entry. */
export const ENTRY_FIELDS = ["__CURSOR", "__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP"] as const;

/** Digits after the point of a kernel line's time, and its whole width. */
const KERNEL_DIGITS = 6;
const KERNEL_WIDTH = 12;

/** A journal entry as a line. */
export interface JournalLine {
  /** `HOST IDENT[PID]: MESSAGE`, newlines shown as `\n` */
  readonly text: string;
  /** by the sender's clock if it says, else by the journal's */
  readonly at: EpochSeconds;
  /** ISO time in local time and a blank; stands before the text in `<matches>` */
  readonly atText: string;
  /** when the journal took it; never goes back within one boot */
  readonly receivedAt: EpochSeconds;
  readonly cursor: string;
}

/** The line of an entry; `undefined` if the entry has no time. */
export function journalLine(
  fields: JournalFields,
  decode: (bytes: Uint8Array) => string,
  zone: LocalZone,
): JournalLine | undefined {
  const text = (name: (typeof LINE_FIELDS)[number] | (typeof ENTRY_FIELDS)[number]): string => {
    const [first] = fields.get(name) ?? [];
    return first === undefined ? "" : decode(first);
  };
  const micros = (name: Parameters<typeof text>[0]): number | undefined => {
    const digits = text(name);
    return /^\d{1,19}$/.test(digits) ? Number(digits) : undefined;
  };
  const received = micros("__REALTIME_TIMESTAMP");
  if (received === undefined) return undefined;
  const source = micros("_SOURCE_REALTIME_TIMESTAMP") ?? received;

  const parts: string[] = [];
  const host = text("_HOSTNAME");
  if (host !== "") parts.push(host);
  const identifier = text("SYSLOG_IDENTIFIER") || text("_COMM");
  if (identifier !== "") {
    const pid = text("SYSLOG_PID") || text("_PID");
    parts.push(pid === "" ? `${identifier}:` : `${identifier}[${pid}]:`);
    if (parts.at(-1) === "kernel:") {
      const monotonic = micros("_SOURCE_MONOTONIC_TIMESTAMP") ?? micros("__MONOTONIC_TIMESTAMP") ?? 0;
      parts.push(`[${(monotonic / 1e6).toFixed(KERNEL_DIGITS).padStart(KERNEL_WIDTH)}]`);
    }
  }
  const message = (fields.get("MESSAGE") ?? []).map(decode).join(" ");
  if (message !== "") parts.push(message);

  return {
    text: parts.join(" ").replaceAll("\n", "\\n"),
    at: source / 1e6,
    atText: `${isoTime(source, zone)} `,
    receivedAt: received / 1e6,
    cursor: text("__CURSOR"),
  };
}

/** `2026-11-22T10:00:00.123456`; a whole second has no fraction. */
function isoTime(micros: number, zone: LocalZone): string {
  const civil = formatCivil(zone.civilAt(Math.floor(micros / 1e6))).replace(" ", "T");
  const fraction = micros % 1e6;
  return fraction === 0 ? civil : `${civil}.${String(fraction).padStart(6, "0")}`;
}
