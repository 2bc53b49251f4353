/**
 * The formats of `gaoler regex -o`: rows, single values, templates with tags (A§4.5).
 * @module
 */

import { replaceDynamic } from "../action/tags.ts";
import { dynamicValue, type PreparedValues, ticketInfo } from "../action/ticket-info.ts";
import type { EpochSeconds } from "../base/units.ts";
import { reprText } from "../config/python-text.ts";
import type { DataValue, MatchLine } from "../filter/failure.ts";
import type { ReadonlyGroups } from "../filter/groups.ts";
import { tupleText } from "../filter/ids.ts";
import { groupsRepr, linesRepr, lineText, valueText } from "./regex-values.ts";

/** One failure to print. */
export interface OutputRow {
  readonly id: string;
  /** `undefined`: the line has no time */
  readonly at: EpochSeconds | undefined;
  /** the moment at which it was read, which a template shows for want of another */
  readonly now: EpochSeconds;
  /** Python prints local times as floats, times with a zone as integers */
  readonly isFloat: boolean;
  readonly groups: ReadonlyGroups;
  readonly matches: readonly MatchLine[];
}

function timeText({ at, isFloat }: OutputRow): string {
  if (at === undefined) return "None";
  return isFloat && Number.isInteger(at) ? `${at}.0` : String(at);
}

const addressOf = ({ groups, id }: OutputRow): string => {
  const ip = groups.get("ip");
  return typeof ip === "string" ? ip : id;
};

function rowText(row: OutputRow): string {
  const fid = row.groups.get("fid");
  const id = Array.isArray(fid) ? tupleText(fid) : reprText(row.id);
  return `[${id},\t${timeText(row)},\t${groupsRepr(row.groups)}],`;
}

function dataOf(groups: ReadonlyGroups): ReadonlyMap<string, DataValue> {
  const data = new Map<string, DataValue>();
  for (const [name, value] of groups) if (value !== undefined) data.set(name, valueText(value));
  return data;
}

/** `<F-*>`: lines, failures, and the groups that took part. */
function everythingText({ matches, groups }: OutputRow): string {
  const taken = new Map(Array.from(groups).filter(([, value]) => value !== undefined));
  const rest = groupsRepr(taken).slice(1);
  return `{'matches': ${linesRepr(matches)}, 'failures': 0${taken.size === 0 ? "" : ", "}${rest}`;
}

/** A template with its tags replaced; `<msg>` is left to the caller. */
function filledTemplate(template: string, row: OutputRow, prepared: PreparedValues): string {
  const info = ticketInfo(
    {
      id: row.id,
      ip: addressOf(row),
      at: row.at ?? 0,
      attempts: 0,
      matches: row.matches,
      data: dataOf(row.groups),
      bantime: undefined,
      bancount: 0,
      restored: false,
    },
    { jail: "", bantime: 600, counts: { banned: 0, bannedTotal: 0, found: 0, foundTotal: 0 }, prepared },
  );
  return replaceDynamic(template, (tag) => {
    if (tag === "time") return timeText({ ...row, at: row.at ?? row.now });
    if (tag === "br") return "\n";
    if (tag === "sp") return " ";
    if (tag.startsWith("jail.")) return undefined;
    if (tag === "family") return info.address?.family ?? "None";
    if (tag === "F-*") return everythingText(row);
    return dynamicValue(info, tag)?.text;
  });
}

/** Whether the format needs the name of the address looked up. */
export function needsHostName(format: string): boolean {
  return format.includes("<ip-host>");
}

/** The lines that a failure prints in a format. */
export function outputLines(
  format: string,
  row: OutputRow,
  prepared: PreparedValues = new Map(),
): readonly string[] {
  switch (format) {
    case "id":
    case "fid":
      return [row.id];
    case "ip":
      return [addressOf(row)];
    case "msg":
      return row.matches.map(lineText);
    case "row":
      return [rowText(row)];
    case "matches":
      return [linesRepr(row.matches)];
  }
  if (!format.includes("<")) return [valueText(row.groups.get(format))];
  if (!format.includes("<msg>")) return [filledTemplate(format, row, prepared)];
  return row.matches.map((line) => {
    const parts = format.split("<msg>").map((part) => filledTemplate(part, row, prepared));
    return parts.join(lineText(line));
  });
}
