/**
 * `npm run bench`: whole processes on one core, side by side with those of others, as a table of ratios.
 *
 *     npm run bench -- [--lines N] [--runs N]
 *
 * A peer that is not here is left out by name: Debian's fail2ban is fetched and unpacked (never installed), `rg` is used where it is.
 * The table is kept under `bench/results/`.
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findOracle } from "../tests/parity/oracle-package.ts";
import { attackedAuthLog, ordinaryAuthLog } from "./corpora/auth-log.ts";
import { writeCorpus } from "./corpora/corpus.ts";
import { medianRun, type Took } from "./measure.ts";

const ROOT = join(import.meta.dirname, "..");
const CORPORA = [ordinaryAuthLog, attackedAuthLog];
/** What stands in most of the failures of the corpora: a ceiling, not a peer, for it decides nothing. */
const ALTERNATION = "Failed password|Invalid user|authentication attempts exceeded|Authentication failure";

interface Row {
  readonly corpus: string;
  readonly tool: string;
  readonly lines: number;
  readonly found: number;
  readonly cpu: number;
  readonly wall: number;
}

/** The number of lines that a report of fail2ban-regex or ours says matched. */
const matchedIn = ({ stdout }: Took): number => Number(/(\d+) matched/.exec(stdout)?.[1] ?? Number.NaN);

function found(program: string): string | undefined {
  try {
    return execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const ours = rows.find(({ corpus, tool }) => corpus === row.corpus && tool.startsWith("gaoler"));
    const rate = row.lines / row.cpu;
    const ratio = ours === undefined ? Number.NaN : ours.lines / ours.cpu / rate;
    return [
      row.corpus,
      row.tool,
      String(row.lines),
      String(row.found),
      row.cpu.toFixed(2),
      row.wall.toFixed(2),
      Math.round(rate).toLocaleString("en"),
      row === ours ? "" : `${ratio.toFixed(ratio < 1 ? 3 : 1)} ×`,
    ];
  });
  const head = ["log", "tool", "lines", "found", "CPU s", "s", "lines/CPU s", "gaoler is"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return `${[head, ...cells].map(line).join("\n")}\n`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { lines: { type: "string", default: "100000" }, runs: { type: "string", default: "3" } },
  });
  const [lines, runs] = [Number(values.lines), Number(values.runs)];
  const scratch = mkdtempSync(join(tmpdir(), "gaoler-bench-"));
  const say = (text: string): boolean => process.stderr.write(`${text}\n`);
  try {
    const oracle = await findOracle(process.env, say);
    if ("missing" in oracle) say(`without fail2ban: ${oracle.missing}`);
    const rg = found("rg");
    if (rg === undefined) say("without ripgrep: there is no rg");
    const rows: Row[] = [];
    for (const corpus of CORPORA) {
      const log = join(scratch, `${corpus.name}.log`);
      // of today, as a log is: no stamp of it is ahead
      await writeCorpus(log, corpus, lines, Date.now());
      say(`${corpus.name}: ${lines} lines, ${(statSync(log).size / 1e6).toFixed(1)} MB`);
      const add = (tool: string, took: Took, count: number): void => {
        rows.push({ corpus: corpus.name, tool, lines, found: count, cpu: took.cpu, wall: took.wall });
      };
      // the same filter for both
      const configuration = "missing" in oracle ? join(ROOT, "stock") : oracle.configuration;
      const ours = medianRun([join(ROOT, "bin/gaoler"), "regex", "-c", configuration, log, "sshd"], runs);
      add("gaoler regex, sshd", ours, matchedIn(ours));
      if (!("missing" in oracle)) {
        const program = ["/usr/bin/python3", join(oracle.directory, "usr/bin/fail2ban-regex")];
        // compiled modules are kept, as an installed package has them, but not in the package
        const env = { PYTHONPATH: oracle.packages, PYTHONPYCACHEPREFIX: join(scratch, "python") };
        medianRun([...program, "--version"], 1, env);
        const theirs = medianRun([...program, "-c", oracle.configuration, log, "sshd"], 1, env);
        add(`fail2ban-regex ${oracle.version}, sshd`, theirs, matchedIn(theirs));
      }
      if (rg !== undefined) {
        const counted = medianRun([rg, "-c", "-j1", ALTERNATION, log], runs);
        add("rg -c", counted, Number(counted.stdout));
      }
      rmSync(log);
    }
    const text = table(rows);
    process.stdout.write(text);
    const results = join(import.meta.dirname, "results");
    mkdirSync(results, { recursive: true });
    const model = cpus()[0]?.model.trim() ?? "unknown";
    const day = new Date().toISOString().slice(0, 10);
    writeFileSync(join(results, `${day}.txt`), `${model}, Node.js ${process.version}\n\n${text}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
