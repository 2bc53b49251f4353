/**
 * Reports of test runs, in as much of vitest's JSON as continuous integration reads.
 *
 *     node scripts/test-report.ts REPORT
 *
 * prints `PASSED FAILED SKIPPED`, then each failed test with the begin of what it said, for the end of a long log.
 * @module
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** A test that failed, or a file that broke before its tests could run. */
export interface FailedTest {
  readonly file: string;
  /** empty: the file itself */
  readonly name: string;
  readonly message: string;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface RunReport extends Counts {
  readonly failures: readonly FailedTest[];
}

const MAX_LINES = 15;
const MAX_COLUMNS = 300;
/** Where more fail than this, they fail of the same. */
const MAX_FAILURES = 30;

/** Lines of a stack that tell of nothing but the runner. */
const IS_RUNNER = /^\s+at .*(?:node_modules|node:internal)|^\s+at new Promise \(<anonymous>\)$/;

/** What vitest says of a test that did not end in time. */
const TIMED_OUT = "Error: STACK_TRACE_ERROR";

const timedOut = (test: unknown): string => `no end after ${Math.round(count(test, "duration"))} ms`;

/** The report of a run that vitest has not made. */
export function reportText({ passed, failed, skipped }: Counts, failures: readonly FailedTest[]): string {
  return JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    testResults: failures.map(({ file, name, message }) => ({
      name: file,
      status: "failed",
      message: "",
      assertionResults: [{ fullName: name, status: "failed", failureMessages: [message] }],
    })),
  });
}

/** @throws {SyntaxError} it is no JSON: the run ended in the midst of writing it */
export function readReport(text: string): RunReport {
  const report: unknown = JSON.parse(text);
  const files = list(report, "testResults");
  const broken = files.filter(isBroken);
  return {
    passed: count(report, "numPassedTests"),
    // a file that broke has no tests that could count
    failed: count(report, "numFailedTests") + broken.length,
    skipped: count(report, "numPendingTests"),
    failures: files.flatMap((file): readonly FailedTest[] => {
      const name = word(file, "name");
      if (isBroken(file)) return [{ file: name, name: "", message: word(file, "message") }];
      return failedOf(file).map((test) => ({
        file: name,
        name: word(test, "fullName"),
        message: list(test, "failureMessages").map(String).join("\n").replace(TIMED_OUT, timedOut(test)),
      }));
    }),
  };
}

/** The counts in one line, then what failed; files are named from the folder. */
export function renderReport({ passed, failed, skipped, failures }: RunReport, folder: string): string {
  const left = failures.length - MAX_FAILURES;
  return [
    `${passed} ${failed} ${skipped}`,
    ...failures.slice(0, MAX_FAILURES).flatMap((failure) => linesOf(failure, folder)),
    ...(left > 0 ? [`and ${left} more`] : []),
    "",
  ].join("\n");
}

function linesOf({ file, name, message }: FailedTest, folder: string): string[] {
  const path = file.startsWith("/") ? relative(folder, file) : file;
  const said = stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => line.trim() !== "" && !IS_RUNNER.test(line))
    .slice(0, MAX_LINES);
  return [
    `FAILED: ${path}${name === "" ? "" : ` > ${stripVTControlCharacters(name).replaceAll("\n", "\\n")}`}`,
    ...said.map((line) => `    ${line.slice(0, MAX_COLUMNS)}`),
  ];
}

const failedOf = (file: unknown): readonly unknown[] =>
  list(file, "assertionResults").filter((test) => word(test, "status") === "failed");

/** The file could not be loaded, or failed around its tests. */
const isBroken = (file: unknown): boolean => word(file, "status") === "failed" && failedOf(file).length === 0;

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

function word(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === "string" ? found : "";
}

function count(value: unknown, name: string): number {
  const found = field(value, name);
  return typeof found === "number" ? found : 0;
}

if (import.meta.main) {
  const report = readReport(readFileSync(process.argv[2] ?? "", "utf8"));
  process.stdout.write(renderReport(report, process.cwd()));
}
