/**
 * The annotated sample logs of the package against the package's filters, through `gaoler regex`.
 * @module
 */
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Difference, OraclePackage, ParityContext, ParityResult } from "../part.ts";
import { runGaoler } from "../program.ts";
import { type SampleRun, sampleRuns } from "./annotations.ts";
import { type FoundFailure, mistakesOf, ZONE } from "./judgement.ts";

/** Filters at a time. */
const BATCH = 2;
const DEADLINE_MS = 120_000;

/** A filter that has samples. */
interface SampledFilter {
  readonly name: string;
  /** The directory whose `filter.d` has it. */
  readonly configuration: string;
}

export async function* samplesPart(context: ParityContext): AsyncGenerator<ParityResult> {
  const folder = join(context.oracle.packages, "fail2ban/tests/files/logs");
  const readSample = (file: string): string => readFileSync(join(folder, file), "latin1");
  const runs = sampledFilters(folder, context).flatMap((filter) =>
    sampleRuns(filter.name, readSample).map((run) => ({ filter, run })),
  );
  for (let start = 0; start < runs.length; start += BATCH) {
    const batch = runs.slice(start, start + BATCH);
    yield* await Promise.all(
      batch.map(({ filter, run }, index) =>
        judge(filter, run, join(context.scratch, `${start + index}.log`), context.oracle),
      ),
    );
  }
}

/** Samples whose filter exists; those of `zzz-…` lie beside the samples. A sample without one is added to another. */
function sampledFilters(folder: string, { oracle, scratch }: ParityContext): readonly SampledFilter[] {
  const places = [oracle.configuration, besideSamples(oracle, scratch)];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .flatMap((name) => {
      const configuration = places.find((place) => existsSync(join(place, "filter.d", `${name}.conf`)));
      return configuration === undefined ? [] : [{ name, configuration }];
    });
}

/** The filters beside the samples include the package's by a path that Debian's package does not have: a tree that has it. */
function besideSamples(oracle: OraclePackage, scratch: string): string {
  const tree = join(scratch, "usr");
  const beside = join(tree, "lib/python3/dist-packages/fail2ban/tests/config");
  cpSync(join(oracle.packages, "fail2ban/tests/config"), beside, { recursive: true });
  symlinkSync(oracle.configuration, join(tree, "config"));
  return beside;
}

async function judge(
  filter: SampledFilter,
  run: SampleRun,
  log: string,
  oracle: OraclePackage,
): Promise<ParityResult> {
  const pairs = [...run.options].map(([key, value]) => `${key}="${value}"`);
  const set = pairs.length === 0 ? "" : `[${pairs.join(", ")}]`;
  const name = filter.name + set;
  writeFileSync(log, run.lines.map(({ line }) => `${line}\n`).join(""), "latin1");
  const isJournal = run.options.get("logtype") === "journal";
  const argv = [
    ...["--raw", "-c", filter.configuration],
    // the journal gives the time: none is looked for in the text
    ...(isJournal ? ["--datepattern", "{NONE}"] : []),
    ...[log, join(filter.configuration, "filter.d", `${filter.name}.conf`) + set],
  ];
  const startedAt = Math.floor(Date.now() / 1000);
  const options = { env: { TZ: ZONE }, timeoutMs: DEADLINE_MS };
  const { stdout, stderr, code } = await runGaoler(["regex", "--json", "--all-lines", ...argv], options);
  const failures = failuresOf(stdout);
  const result = { part: "samples", name, cases: run.lines.length };
  if (failures === undefined) {
    const ours = `exit code ${code}: ${stdout}${stderr}`;
    const broken = { key: name, input: name, theirs: "a judgement of each line", ours };
    return { ...result, differences: [broken] };
  }
  const endedAt = Date.now() / 1000;
  const isNow = ({ at }: FoundFailure): boolean => at !== null && at >= startedAt && at <= endedAt;
  const differences = run.lines.flatMap((sample, index): Difference[] => {
    const mistakes = mistakesOf(
      sample,
      failures.get(index + 1) ?? [],
      (failure) => !isJournal && !isNow(failure),
    );
    if (mistakes.length === 0) return [];
    const input = `${name}: ${sample.line}`;
    return [{ key: input, input, theirs: JSON.stringify(sample.expected), ours: mistakes.join(", ") }];
  });
  const undated = [...failures.values()].flat().filter(isNow).length;
  if (isJournal || undated === 0) return { ...result, differences };
  // lines that are given the moment of the run have no time to compare; that they have none, the other program shows
  const { stdout: rows } = await oracle.run(["fail2ban-regex", "-o", "row", ...argv], options);
  const theirs = [...rows.matchAll(/\t(\d{10})(?:\.\d+)?,/g)].filter(
    ([, at]) => Number(at) >= startedAt,
  ).length;
  if (theirs === undated) return { ...result, differences };
  const input = `${name}: lines without a date`;
  return {
    ...result,
    differences: [...differences, { key: input, input, theirs: `${theirs} lines`, ours: `${undated} lines` }],
  };
}

/** The failures by line; `undefined` where the text is no such document. */
function failuresOf(json: string): ReadonlyMap<number, readonly FoundFailure[]> | undefined {
  const found = new Map<number, FoundFailure[]>();
  try {
    const document: unknown = JSON.parse(json);
    if (typeof document !== "object" || document === null || !("failures" in document)) return undefined;
    if (!Array.isArray(document.failures)) return undefined;
    for (const failure of document.failures) {
      if (!isFailure(failure)) return undefined;
      found.set(failure.line, [...(found.get(failure.line) ?? []), failure]);
    }
    return found;
  } catch {
    return undefined;
  }
}

function isFailure(value: unknown): value is FoundFailure {
  if (typeof value !== "object" || value === null) return false;
  const { line, id, at, matches, data }: Partial<Record<keyof FoundFailure, unknown>> = value;
  return (
    typeof line === "number" &&
    typeof id === "string" &&
    (at === null || typeof at === "number") &&
    Array.isArray(matches) &&
    typeof data === "object" &&
    data !== null
  );
}
