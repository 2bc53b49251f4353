/**
 * The table of `stats` (B§2.7), with box characters or plain ones.
 * @module
 */

import { BrokenRendering } from "./rendering.ts";
import { valueText } from "./value-text.ts";
import { isList, Tuple, type WireValue } from "./wire-value.ts";

const MIN_NAME_CHARS = 8;
const MIN_NUMBER_CHARS = 3;

/** The lines of the table: strong and thin, and where they meet. */
interface Strokes {
  readonly column: string;
  readonly thinColumn: string;
  readonly branch: string;
  readonly thinCross: string;
  readonly thinLine: string;
  readonly line: string;
  readonly cross: string;
  readonly foot: string;
}

const BOX: Strokes = {
  column: "║",
  thinColumn: "│",
  branch: "╟",
  thinCross: "╫",
  thinLine: "─",
  line: "═",
  cross: "╬",
  foot: "╩",
};
const PLAIN: Strokes = {
  column: "|",
  thinColumn: "|",
  branch: "|",
  thinCross: "x",
  thinLine: "-",
  line: "-",
  cross: "x",
  foot: "-",
};

/** jail, backend, failures now and ever, bans now and ever */
type Row = readonly [string, string, string, string, string, string];

function rowOf(name: WireValue, value: WireValue): Row {
  const [backend, failed, banned] = isList(value) ? value : [];
  if (backend === undefined || !(failed instanceof Tuple) || !(banned instanceof Tuple)) {
    throw new BrokenRendering("");
  }
  const [failedNow = 0, failedEver = 0] = failed.items;
  const [bannedNow = 0, bannedEver = 0] = banned.items;
  return [
    valueText(name),
    valueText(backend),
    valueText(failedNow),
    valueText(failedEver),
    valueText(bannedNow),
    valueText(bannedEver),
  ];
}

const widest = (rows: readonly Row[], least: number, columns: readonly (keyof Row & number)[]): number =>
  Math.max(least, ...rows.flatMap((row) => columns.map((column) => row[column]?.toString().length ?? 0)));

/** The table as text without final newline; jails sorted by name. */
export function statsTable(value: WireValue, unicode: boolean): string {
  if (!(value instanceof Map)) throw new BrokenRendering("");
  if (value.size === 0) return "No jails found.";
  const rows = Array.from(value, ([name, item]) => rowOf(name, item));
  rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return tableLines(rows, unicode ? BOX : PLAIN).join("\n");
}

function tableLines(rows: readonly Row[], strokes: Strokes): string[] {
  const { column, thinColumn, branch, thinCross, thinLine, line, cross, foot } = strokes;
  const jail = widest(rows, MIN_NAME_CHARS, [0]);
  const backend = widest(rows, MIN_NAME_CHARS, [1]);
  const [failedNow, failedEver, bannedNow, bannedEver] = [2, 3, 4, 5].map((at) =>
    Math.max(MIN_NUMBER_CHARS, ...rows.map((row) => row[at]?.length ?? 0)),
  ) as [number, number, number, number];
  const filter = failedNow + failedEver + 5;
  const actions = bannedNow + bannedEver + 5;
  const names = (left: string, right: string): string =>
    ` ${left.padEnd(jail)} ${column} ${right.padEnd(backend)} `;
  const ruler = (joint: string): string =>
    [jail + 2, backend + 2, filter, actions].map((width) => line.repeat(width)).join(joint);
  const figures = ([, , a, b, c, d]: Row): string => {
    const left = ` ${a.padStart(failedNow)} ${thinColumn} ${b.padStart(failedEver)} `;
    return `${left}${column} ${c.padStart(bannedNow)} ${thinColumn} ${d.padStart(bannedEver)}`;
  };
  return [
    `${names("", "")}${column} ${"Filter".padEnd(filter - 1)}${column} ${"Actions".padEnd(actions - 2)}`,
    `${names("Jail", "Backend")}${branch}${thinLine.repeat(filter)}${thinCross}${thinLine.repeat(actions)}`,
    `${names("", "")}${column}${figures(["", "", "cur", "tot", "cur", "tot"])}`,
    ruler(cross),
    ...rows.map((row) => `${names(row[0], row[1])}${column}${figures(row)}`),
    ruler(foot),
  ];
}
