/**
 * The trees of `status` (B§2.7). Scripts of monitoring systems read these lines: one tab after each colon.
 * @module
 */

import { BrokenRendering } from "./rendering.ts";
import { valueRepr, valueText } from "./value-text.ts";
import { isList, Tuple, type WireValue } from "./wire-value.ts";

interface Branch {
  readonly name: string;
  readonly value: WireValue;
}

/** What stands before an entry, and before what hangs below it. */
const mark = (isLast: boolean): readonly [branch: string, below: string] =>
  isLast ? ["`- ", "   "] : ["|- ", "|  "];

/** The pairs of a list of pairs; `undefined` if it is anything else. */
function branchesOf(value: WireValue): readonly Branch[] | undefined {
  if (!isList(value)) return undefined;
  const branches: Branch[] = [];
  for (const item of value) {
    if (!(item instanceof Tuple) || item.items.length !== 2) return undefined;
    const [name = "", inner = null] = item.items;
    branches.push({ name: valueText(name), value: inner });
  }
  return branches;
}

function treeLines(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ name, value }, at) => {
    const [branch, below] = mark(at === branches.length - 1);
    const inner = isList(value) && value.length > 0 ? branchesOf(value) : undefined;
    if (inner !== undefined) return [`${indent}${branch}${name}`, ...treeLines(inner, indent + below)];
    const text = isList(value) ? value.map(valueText).join(" ") : valueText(value);
    return [`${indent}${branch}${name}:\t${text}`];
  });
}

/** `status J` */
export function jailStatusLines(jail: string, value: WireValue): string[] {
  const head = `Status for the jail: ${jail}`;
  const branches = branchesOf(value);
  if (branches !== undefined) return [head, ...treeLines(branches, "")];
  // The flavor `stats` is no tree; the original gets as far as the first character of its first text.
  const first = isList(value) ? value[0] : undefined;
  throw new BrokenRendering(
    first === undefined ? [head] : [head, `|- ${Array.from(valueText(first))[0] ?? ""}`],
  );
}

/** `status` and `status --all` */
export function serverStatusLines(value: WireValue): string[] {
  if (!isList(value)) throw new BrokenRendering(valueRepr(value) === "None" ? "" : value);
  const last = value.at(-1);
  const jails = last instanceof Map ? last : undefined;
  const summary = branchesOf(jails === undefined ? value : value.slice(0, -1));
  if (summary === undefined) throw new BrokenRendering(["Status"]);
  if (jails === undefined) return ["Status", ...treeLines(summary, "")];
  const lines = ["Status", ...summary.map(({ name, value: text }) => `|- ${name}:\t${valueText(text)}`)];
  lines.push("`- Status for the jails:");
  let left = jails.size;
  for (const [name, status] of jails) {
    left -= 1;
    const [branch, below] = mark(left === 0);
    const branches = branchesOf(status);
    if (branches === undefined) throw new BrokenRendering(lines);
    lines.push(`   ${branch}Jail: ${valueText(name)}`, ...treeLines(branches, `   ${below}`));
  }
  return lines;
}
