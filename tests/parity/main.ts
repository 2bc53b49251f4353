/**
 * `npm run parity`: gaoler against Debian's fail2ban, part by part.
 *
 *     npm run parity -- [--only samples,configs,…] [--long] [--seed N] [--plain]
 *     npm run parity -- --write-ledger     (brings the table in docs/parity.md up to date with known.json)
 *
 * Exit code 0 where every difference is listed in `known.json` and every entry there still occurs; 1 otherwise; 2 for a call
 * that makes no sense. What this machine cannot run is skipped by name.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reportText } from "../../scripts/test-report.ts";
import { Judge, readKnown } from "./known.ts";
import { withLedgerTable } from "./ledger.ts";
import { findOracle, runPython } from "./oracle-package.ts";
import type { ParityPart } from "./part.ts";
import { Progress } from "./progress.ts";
import { type PartOutcome, runParts } from "./run-parts.ts";
import { countsOf, failuresOf, renderReport } from "./summary.ts";

const USAGE = "usage: npm run parity -- [--only PART,…] [--long] [--seed N] [--plain] | --write-ledger\n";

/** The page that has `known.json` as a table. */
const LEDGER = join(import.meta.dirname, "../../docs/parity.md");

/** The parts in the order in which they run; a folder that is not named comes last. */
const ORDER = ["samples", "configs", "dates", "regex", "lines"];

/** Every `<folder>/part.ts` with the generator that it exports. */
async function findParts(): Promise<ReadonlyMap<string, ParityPart>> {
  const found: (readonly [string, ParityPart])[] = [];
  for (const entry of readdirSync(import.meta.dirname, { withFileTypes: true })) {
    const folder = join(import.meta.dirname, entry.name);
    if (!entry.isDirectory() || !readdirSync(folder).includes("part.ts")) continue;
    const module: unknown = await import(join(folder, "part.ts"));
    for (const [name, value] of Object.entries(module ?? {})) {
      if (name.endsWith("Part") && typeof value === "function")
        found.push([name.slice(0, -"Part".length), value]);
    }
  }
  const rank = (name: string): number => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return new Map(found.sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b)));
}

function report(outcomes: readonly PartOutcome[], counts = countsOf(outcomes)): number {
  const path = process.env["GAOLER_TEST_REPORT"];
  if (path !== undefined) writeFileSync(path, reportText(counts, failuresOf(outcomes)));
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  return counts.failed === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      long: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      plain: { type: "boolean", default: false },
      "write-ledger": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values["write-ledger"]) {
    writeFileSync(LEDGER, withLedgerTable(readFileSync(LEDGER, "utf8"), readKnown()));
    return 0;
  }
  const parts = await findParts();
  const wanted = values.only?.split(",") ?? [...parts.keys()];
  const unknown = wanted.filter((name) => !parts.has(name));
  if (unknown.length > 0 || !/^\d{1,9}$/.test(values.seed)) {
    const what = unknown.length > 0 ? `no part ${unknown.join(", ")}` : `no seed ${values.seed}`;
    process.stderr.write(`${what}; the parts are ${[...parts.keys()].join(", ")}\n${USAGE}`);
    return 2;
  }
  const progress = new Progress(process.stdout);
  const oracle = await findOracle(process.env, (text) => progress.show(text));
  if ("missing" in oracle) {
    progress.done();
    for (const name of wanted) process.stdout.write(`skipped: ${name} (${oracle.missing})\n`);
    return report([], { passed: 0, failed: 0, skipped: wanted.length });
  }
  const entries = readKnown();
  progress.say(`fail2ban ${oracle.version}, seed ${values.seed}${values.long ? ", long" : ""}`);
  const scratch = mkdtempSync(join(tmpdir(), "gaoler-parity-"));
  try {
    const outcomes = await runParts(
      wanted.flatMap((name) => {
        const part = parts.get(name);
        return part === undefined ? [] : [[name, part] as const];
      }),
      {
        entries,
        judge: new Judge(entries),
        progress,
        scratch,
        version: oracle.version,
        base: {
          oracle,
          python: runPython,
          isLong: values.long,
          isPlain: values.plain,
          seed: Number(values.seed),
        },
      },
    );
    progress.done();
    process.stdout.write(renderReport(outcomes));
    return report(outcomes);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// an end by a signal is an end as well: what was started ends with it
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
