/**
 * `npm run bench`: whole processes on one core, side by side with those of others, as tables of what must be reached and what was
 * (docs/performance.md).
 *
 *     npm run bench -- [--only PART,…] [--lines N] [--runs N] [--long] [--json] [--keep]
 *
 * It installs nothing. Ends with 1 where both sides did not do the same work or something was lost; a goal that is missed is no error.
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { wantsColour } from "../src/cli/screen.ts";
import type { TableScreen } from "../src/cli/table.ts";
import { runProgram } from "../tests/parity/program.ts";
import { corpusStore } from "./corpora/store.ts";
import type { BenchContext, Part, PartResult } from "./part.ts";
import { PARTS } from "./parts.ts";
import { findPeers } from "./peers/peers.ts";
import { jsonOf, type PartReport, partLines, summaryLines } from "./report.ts";
import { missingForWorld } from "./world/namespace.ts";

const ROOT = join(import.meta.dirname, "..");
const BUILD_MS = 120_000;

const OPTIONS = {
  only: { type: "string" },
  lines: { type: "string", default: "1000000" },
  runs: { type: "string", default: "3" },
  long: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
} as const;

const say = (text: string): boolean => process.stderr.write(`${text}\n`);

function wanted(only: string | undefined): readonly Part[] {
  if (only === undefined) return PARTS;
  const names = only.split(",");
  const unknown = names.filter((name) => PARTS.every((part) => part.name !== name));
  if (unknown.length === 0) return PARTS.filter(({ name }) => names.includes(name));
  say(`no part ${unknown.join(", ")}; there are ${PARTS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

function number(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  say(`--${option} takes a number above zero, not ${text}`);
  process.exit(2);
}

/** What is measured is what ships: the bundle, where there is one to build. */
async function build(): Promise<string> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };
  if (!("build" in scripts)) return "sources";
  const { code, stderr } = await runProgram("npm", ["run", "--silent", "build"], {
    cwd: ROOT,
    timeoutMs: BUILD_MS,
  });
  if (code !== 0) throw new Error(`npm run build ended with ${code}: ${stderr.slice(-500)}`);
  return "bundle";
}

async function runPart(part: Part, context: BenchContext): Promise<PartReport> {
  const begun = performance.now();
  const report = (result: PartReport["result"]): PartReport => ({
    name: part.name,
    result,
    seconds: (performance.now() - begun) / 1000,
  });
  const lacking = part.needsWorld ? missingForWorld() : [];
  if (lacking.length > 0) return report({ skipped: `no ${lacking.join(", ")}` });
  try {
    return report(await part.run({ ...context, progress: (text) => say(`${part.name}: ${text}`) }));
  } catch (error) {
    // the others are worth having
    return report({ skipped: `it failed: ${error instanceof Error ? error.message : String(error)}` });
  }
}

const isWrong = ({ result }: PartReport): boolean =>
  "skipped" in result
    ? result.skipped.startsWith("it failed")
    : (result satisfies PartResult).checks.some(({ isRight }) => !isRight);

function keep(text: string): void {
  const results = join(import.meta.dirname, "results");
  mkdirSync(results, { recursive: true });
  const name = new Date().toISOString().slice(0, 16).replace(":", "");
  writeFileSync(join(results, `${name}.txt`), text);
  say(`kept as bench/results/${name}.txt`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const parts = wanted(values.only);
  const lines = number(values.lines, "lines");
  const runs = number(values.runs, "runs");
  const scratch = mkdtempSync(join(tmpdir(), "gaoler-bench-"));
  process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

  const machine = {
    at: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    kernel: release(),
    node: process.version,
    measured: await build(),
    load: loadavg()[0],
  };
  const peers = await findPeers(scratch, say);
  for (const text of peers.missing) say(`without ${text}`);
  const context: BenchContext = {
    gaoler: join(ROOT, "bin/gaoler"),
    stock: join(ROOT, "stock"),
    peers,
    scratch,
    lines,
    runs,
    isLong: values.long,
    corpus: corpusStore(scratch),
    progress: say,
  };
  const screen: TableScreen = {
    hasColour: wantsColour(process.stdout.isTTY, process.env),
    columns: undefined,
  };
  const reports: PartReport[] = [];
  for (const part of parts) {
    const report = await runPart(part, context);
    reports.push(report);
    if (!values.json) process.stdout.write(`${partLines(report, screen).join("\n")}\n`);
  }
  const head = `gaoler's ${machine.measured} on ${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, Node.js ${machine.node}, load ${machine.load?.toFixed(1)} before`;
  const summary = summaryLines(reports, screen);
  const whole = { ...machine, missing: peers.missing };
  process.stdout.write(values.json ? `${jsonOf(reports, whole)}\n` : `\n${[head, ...summary].join("\n")}\n`);
  if (values.keep) {
    const plain: TableScreen = { hasColour: false, columns: undefined };
    const tables = reports.flatMap((report) => partLines(report, plain));
    keep(`${[head, "", ...summaryLines(reports, plain), ...tables].join("\n")}\n`);
  }
  process.exitCode = reports.some(isWrong) ? 1 : 0;
}

await main();
