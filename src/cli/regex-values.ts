/**
 * Captured values as Python prints them, for `-o row`, `-o GROUP` and `-v` (A§4.5).
 * @module
 */
import { reprText } from "../config/python-text.ts";
import type { MatchLine } from "../filter/failure.ts";
import type { GroupValue, ReadonlyGroups } from "../filter/groups.ts";
import { tupleText } from "../filter/ids.ts";
import { Users } from "../filter/users.ts";

function itemRepr(item: string | undefined): string {
  return item === undefined ? "None" : reprText(item);
}

/** Python's `repr` of a captured value: text, nothing, tuple or set. */
export function valueRepr(value: GroupValue): string {
  if (value === undefined || typeof value === "string") return itemRepr(value);
  if (value instanceof Users) return `{${Array.from(value, itemRepr).join(", ")}}`;
  return tupleText([...value]);
}

/** Python's `str` of a captured value. */
export function valueText(value: GroupValue): string {
  return typeof value === "string" ? value : valueRepr(value);
}

/** Python's `repr` of a map of captured values. */
export function groupsRepr(groups: ReadonlyGroups): string {
  return `{${Array.from(groups, ([name, value]) => `${reprText(name)}: ${valueRepr(value)}`).join(", ")}}`;
}

/** Python's `repr` of matched lines. */
export function linesRepr(lines: readonly MatchLine[]): string {
  return `[${lines.map((line) => (typeof line === "string" ? reprText(line) : tupleText(line))).join(", ")}]`;
}

/** A matched line as it stood in the log. */
export function lineText(line: MatchLine): string {
  return typeof line === "string" ? line : line.join("");
}
