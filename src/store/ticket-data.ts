/**
 * The `data` column: lines and captured groups of a ban as the JSON that fail2ban writes (B§5.3).
 * Knows no database.
 * @module
 */

import type { FailingId } from "../ban/failing-id.ts";
import type { StoredBan } from "../ban/stored-ban.ts";
import type { Ban } from "../ban/ticket.ts";
import type { DataValue, MatchLine } from "../filter/failure.ts";
import { JsonBytes } from "./json-bytes.ts";

/** Largest JSON that is read back, bytes; what is larger counts as undecodable. */
const MAX_DATA_BYTES = 4 * 1024 * 1024;
/** Larger data of an ID that is counted go without lines; bytes. */
const MAX_FAILING_BYTES = 16 * 1024;
/** Lists within lists that are read back. */
const MAX_DATA_DEPTH = 4;

/** What the column holds. */
export type TicketData = Pick<StoredBan, "failures" | "matches" | "data">;

type Writable = DataValue | MatchLine | readonly Writable[];

/** Shared by all: nothing stays in it. */
const json = new JsonBytes();
const decoder = new TextDecoder();

const EMPTY: TicketData = { failures: 0, matches: [], data: new Map() };
const RESERVED: ReadonlySet<string> = new Set(["matches", "failures"]);

/** Whether JSON can hold it. */
const isWritable = (value: Writable): boolean => typeof value !== "number" || Number.isFinite(value);

/** JSON with Python's separators; `null` for what JSON cannot hold. */
function putValue(value: Writable): void {
  if (typeof value === "string") json.putString(value);
  else if (typeof value === "object") {
    json.put("[");
    for (let index = 0; index < value.length; index += 1) {
      if (index > 0) json.put(", ");
      putValue(value[index] ?? "");
    }
    json.put("]");
  } else json.put(isWritable(value) ? String(value) : "null");
}

/** The bytes of the column: UTF-8, not escaped, `matches` first, then `failures` and the groups. */
export function encodeTicketData(
  ban: Pick<Ban, "id" | "ip" | "attempts" | "matches" | "data">,
  maxMatches: number,
): Uint8Array {
  json.clear();
  let before = "{";
  const put = (key: string, value: Writable): void => {
    if (!isWritable(value)) return;
    json.put(before);
    json.putString(key);
    json.put(": ");
    putValue(value);
    before = ", ";
  };
  if (maxMatches > 0) put("matches", ban.matches.slice(-maxMatches));
  put("failures", ban.attempts);
  // by an iterator each pair would be made
  ban.data.forEach((value, key) => {
    if (!RESERVED.has(key)) put(key, value);
  });
  if (ban.ip !== ban.id && !ban.data.has("ip")) put("ip", ban.ip);
  json.put(before === "{" ? "{}" : "}");
  return json.take();
}

/** The same for an ID that is counted. It is written with each failure, so long lines give way. */
export function encodeFailing(failing: FailingId, maxMatches: number): Uint8Array {
  const whole = encodeTicketData(failing, maxMatches);
  return whole.length <= MAX_FAILING_BYTES ? whole : encodeTicketData(failing, 0);
}

function readMatch(value: unknown): MatchLine | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [before, date, after]: unknown[] = value;
  if (typeof before !== "string" || typeof date !== "string" || typeof after !== "string") return undefined;
  return [before, date, after];
}

function readValue(value: unknown, depth: number): DataValue | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (!Array.isArray(value) || depth === 0) return undefined;
  const items: readonly unknown[] = value;
  return items.flatMap((item) => {
    const read = readValue(item, depth - 1);
    return read === undefined ? [] : [read];
  });
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // B§5.3: undecodable data counts as none
    return undefined;
  }
}

/** Reads the column, BLOB or TEXT; what cannot be read is left out. */
export function decodeTicketData(column: unknown): TicketData {
  const isBytes = column instanceof Uint8Array;
  if ((!isBytes && typeof column !== "string") || column.length > MAX_DATA_BYTES) return EMPTY;
  const parsed = parse(isBytes ? decoder.decode(column) : column);
  if (parsed === undefined || Array.isArray(parsed)) return EMPTY;
  const data = new Map<string, DataValue>();
  let failures = 0;
  let matches: readonly MatchLine[] = [];
  for (const [key, value] of Object.entries(parsed) as [string, unknown][]) {
    if (key === "failures") {
      if (typeof value === "number" && value >= 0) failures = value;
    } else if (key === "matches") {
      const lines: readonly unknown[] = Array.isArray(value) ? value : [];
      matches = lines.flatMap((line) => {
        const match = readMatch(line);
        return match === undefined ? [] : [match];
      });
    } else {
      const read = readValue(value, MAX_DATA_DEPTH);
      if (read !== undefined) data.set(key, read);
    }
  }
  return { failures, matches, data };
}
