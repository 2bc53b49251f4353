/**
 * What the rows of the tables mean (B§5.3). Whatever stands in a column, other programs may have written it: what cannot be is read as
 * if it were missing. Asks no database.
 * @module
 */
import type { FailingId } from "../ban/failing-id.ts";
import type { StoredBan } from "../ban/stored-ban.ts";
import type { Row } from "./connection.ts";
import type { FoundRows } from "./resilient-database.ts";
import { decodeTicketData } from "./ticket-data.ts";

/** The name by which what was deleted is known: of an ID of a jail, or of all of them (`null`). */
export const deletionKey = (jail: unknown, id: unknown): string => JSON.stringify([jail, id]);

/** Rows of the file that were not deleted since. */
export function standing({ stored, hides, mayHide }: FoundRows): readonly Row[] {
  if (!mayHide) return stored;
  return stored.filter(({ jail, ip }) => !hides(deletionKey(jail, ip)) && !hides(deletionKey(jail, null)));
}

export const numberIn = (row: Row, column: string, fallback: number): number => {
  const value = row[column];
  return typeof value === "number" ? value : fallback;
};

export function storedBan(row: Row): StoredBan {
  const { ip, data } = row;
  return {
    id: typeof ip === "string" ? ip : "",
    at: numberIn(row, "timeofban", 0),
    bantime: numberIn(row, "bantime", 0),
    bancount: numberIn(row, "bancount", 1),
    ...decodeTicketData(data),
  };
}

export function failingId(row: Row): FailingId {
  const { id, data } = row;
  const name = typeof id === "string" ? id : "";
  const last = numberIn(row, "last", 0);
  const { failures, matches, data: groups } = decodeTicketData(data);
  const ip = groups.get("ip");
  return {
    id: name,
    ip: typeof ip === "string" ? ip : name,
    first: numberIn(row, "first", last),
    last,
    retry: numberIn(row, "retry", 0),
    attempts: failures,
    matches,
    data: groups,
  };
}
