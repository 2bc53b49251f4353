/**
 * What `gaoler regex -o` prints of each line as it comes: its failures, or with `-i` the lines that are none (A§4.5).
 * @module
 */
import type { PreparedValues } from "../action/ticket-info.ts";
import type { EpochSeconds } from "../base/units.ts";
import { needsHostName, outputLines } from "./regex-output.ts";
import type { NameLookup } from "./regex-run.ts";
import type { SeenLine } from "./regex-statistics.ts";

export interface RowDeps {
  readonly format: string;
  /** the lines that are no failures, instead */
  readonly inverts: boolean;
  readonly names: NameLookup;
  readonly now: EpochSeconds;
  readonly write: (text: string) => void;
}

const linesText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

async function prepare({ format, names }: RowDeps, id: string): Promise<PreparedValues> {
  const name = needsHostName(format) ? await names.nameOf(id) : undefined;
  return name === undefined ? new Map() : new Map([["ip-host", name] as const]);
}

/** Prints the rows of a line. */
export async function printRows({ report, resolved }: SeenLine, deps: RowDeps): Promise<void> {
  const { format, now, write } = deps;
  const { isFloat } = report;
  if (deps.inverts) {
    if (resolved.some(({ counts }) => counts)) return;
    const groups = new Map([["fid", ""]]);
    write(
      linesText(outputLines(format, { id: "", at: report.at, now, isFloat, groups, matches: [report.line] })),
    );
    return;
  }
  for (const { match, ids, counts } of resolved) {
    if (!counts || match.kind !== "failure") continue;
    for (const id of ids) {
      const { at, groups, matches } = match;
      const prepared = await prepare(deps, id);
      write(linesText(outputLines(format, { id, at, now, isFloat, groups, matches }, prepared)));
    }
  }
}
