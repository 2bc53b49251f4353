/**
 * Configurations of our own: what `gaoler client -d` and `-t` answer against Debian's `fail2ban-client`. The command stream is
 * compared as data, beside it the other output, the log lines and the exit code.
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Difference, Ended, ParityContext, ParityResult } from "../part.ts";
import { runGaoler } from "../program.ts";
import { type ConfigCase, readCases, writeCase } from "./cases.ts";
import { readLiterals } from "./literals.ts";

/** Configurations at a time. */
const BATCH = 2;

/** Cases with a quote that is never closed, which differ all in the same way. */
const OPEN_QUOTE = "open-quote.cases";

/** Cases about what the stream holds; asking for the test of each as well would double the time and show nothing more. */
const STREAM_ONLY: ReadonlySet<string> = new Set(["items.cases", "scopes.cases", OPEN_QUOTE]);

interface Answer {
  readonly commands: readonly unknown[];
  readonly other: readonly string[];
  readonly log: readonly string[];
  readonly exitCode: number | undefined;
}

export async function* configsPart(context: ParityContext): AsyncGenerator<ParityResult> {
  const cases = readCases(import.meta.dirname);
  for (let start = 0; start < cases.length; start += BATCH) {
    const batch = cases.slice(start, start + BATCH);
    yield* await Promise.all(batch.map((one, index) => compare(one, `${start + index}`, context)));
  }
}

async function compare(one: ConfigCase, name: string, context: ParityContext): Promise<ParityResult> {
  const directory = join(context.scratch, name);
  mkdirSync(directory);
  writeCase(one, directory);
  const differences: Difference[] = [];
  const options = STREAM_ONLY.has(one.source) ? ["-d"] : ["-d", "-t"];
  for (const option of options) {
    const argv = ["-c", directory, option];
    const [expected, found] = await Promise.all([
      context.oracle.run(["fail2ban-client", ...argv]),
      runGaoler(["client", ...argv]),
    ]);
    // the same text needs no reading
    const readCommands = expected.stdout === found.stdout ? undefined : context;
    const theirs = await answerOf(expected, readCommands);
    const ours = await answerOf(found, readCommands);
    if (JSON.stringify(theirs) === JSON.stringify(ours)) continue;
    const key = one.source === OPEN_QUOTE ? "open quote" : one.title;
    differences.push({ key, input: `${one.title} ${option}`, ...parting(theirs, ours) });
  }
  return { part: "configs", name: one.title, cases: options.length, differences };
}

/** The fields that differ, of lists from the first entry that does. */
function parting(theirs: Answer, ours: Answer): { readonly theirs: string; readonly ours: string } {
  const shown = { theirs: "", ours: "" };
  for (const field of ["exitCode", "log", "other", "commands"] as const) {
    if (JSON.stringify(theirs[field]) === JSON.stringify(ours[field])) continue;
    for (const [side, answer] of [
      ["theirs", theirs],
      ["ours", ours],
    ] as const) {
      const value: unknown = answer[field];
      const other: unknown = side === "ours" ? theirs[field] : ours[field];
      const rest =
        Array.isArray(value) && Array.isArray(other) ? value.filter((item) => !includes(other, item)) : value;
      shown[side] += `${field}: ${JSON.stringify(rest)}\n`;
    }
  }
  return shown;
}

const includes = (list: readonly unknown[], wanted: unknown): boolean =>
  list.some((item) => JSON.stringify(item) === JSON.stringify(wanted));

/** The answer, its commands as data where a Python is given that can read them. */
async function answerOf(
  { stdout, stderr, code }: Ended,
  python: Pick<ParityContext, "python"> | undefined,
): Promise<Answer> {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const commands = lines.filter((line) => line.startsWith("["));
  return {
    commands: python === undefined ? commands : await readLiterals(commands, python),
    // printed by 1.1, logged by 1.0.2
    other: lines.filter((line) => !line.startsWith("[") && line !== "ERROR: test configuration failed"),
    log: normalLog(stderr),
    exitCode: code,
  };
}

const LOG_LINE = /^\S+ \S+ fail2ban\.?(\S*)\s*\[\d+\]: (\w+)\s+/;

/** Log lines without time and process; continuation lines with theirs; what 1.1 says at DEBUG or elsewhere left out. */
function normalLog(stderr: string): readonly string[] {
  const lines: string[] = [];
  for (const line of stderr.split("\n")) {
    if (line === "") continue;
    const head = LOG_LINE.exec(line);
    const text = head === null ? line : `${head[1]} ${head[2]} ${line.slice(head[0].length)}`;
    if (head === null && lines.length > 0) lines[lines.length - 1] += `\n${text}`;
    else lines.push(text);
  }
  return lines
    .map((line) => line.replace(/for (\S+) jail$/, "for '$1' jail."))
    .filter((line) => !line.includes("not defined in") && !line.endsWith("ERROR: test configuration failed"));
}
