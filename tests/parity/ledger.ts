/**
 * The table of known differences in docs/parity.md, which is `known.json` for people.
 * @module
 */
import { nameOf } from "./known.ts";
import type { KnownDifference } from "./part.ts";

const HEADING = "## Differences that the run knows\n";
const TABLE = /^\| Part .*\n\|[-|]+\n(?:\|.*\n)*/m;

const RULES: Readonly<Record<KnownDifference["rule"], string>> = {
  "A§6": "*A*",
  "B§8": "*B*",
  improvement: "*better*",
};

/** Text in a cell: a bar would end it. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Code in a cell; backticks within need two around. */
const code = (text: string): string => (text.includes("`") ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``);

function rowOf(entry: KnownDifference): string {
  const [, file = ""] = /^tests\/([^:]+)/.exec(entry.heldBy) ?? [];
  const cells = [entry.part, code(nameOf(entry)), RULES[entry.rule], cell(entry.reason), code(file)];
  return `| ${cells.join(" | ")} |\n`;
}

/** The page with the table of these entries in place of the one that it has. @throws {Error} where the page has none */
export function withLedgerTable(page: string, entries: readonly KnownDifference[]): string {
  const start = page.indexOf(HEADING);
  const table = TABLE.exec(page.slice(start));
  if (start < 0 || table === null) throw new Error("the page has no table of known differences");
  const at = start + table.index;
  const head = "| Part | Differences | | Reason | Held by |\n|---|---|---|---|---|\n";
  return page.slice(0, at) + head + entries.map(rowOf).join("") + page.slice(at + table[0].length);
}
