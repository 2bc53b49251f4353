/**
 * Prints the functions of processor profiles that took most by themselves (docs/performance.md).
 *
 *     node bench/profile.ts FOLDER [rows=40]
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tableLines } from "../src/cli/table.ts";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** microseconds before each sample */
  readonly timeDeltas: readonly number[];
}

const [folder = ".", rows = "40"] = process.argv.slice(2);
const took = new Map<string, number>();
for (const file of readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"))) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Profile;
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    took.set(name, (took.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  }
}

function nameOf({ functionName, url, lineNumber }: Profile["nodes"][number]["callFrame"]): string {
  const place = url === "" ? "" : ` ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
  return `${functionName || "(anonymous)"}${place}`;
}

const all = [...took.values()].reduce((sum, value) => sum + value, 0);
const most = [...took].sort(([, a], [, b]) => b - a).slice(0, Number(rows));
const cells = most.map(([name, value]) => [
  (value / 1000).toFixed(0),
  ((100 * value) / all).toFixed(1),
  name,
]);
const columns = [
  { title: "ms", align: "right" },
  { title: "%", align: "right" },
  { title: "function" },
] as const;
process.stdout.write(
  `${tableLines(columns, cells, { hasColour: false, columns: process.stdout.columns }).join("\n")}\n`,
);
