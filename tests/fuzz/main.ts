/**
 * `npm run fuzz`: every target for a few seconds.
 *
 *     npm run fuzz -- [--long] [--only TARGET,…] [--seed N]
 *
 * An input that breaks something is made small and written to `tests/fuzz/cases/TARGET/`, where a unit test tries it from then on. Exit
 * code 1 then. `--long`: minutes a target.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type FailedTest, reportText } from "../../scripts/test-report.ts";
import { TARGETS } from "./targets.ts";
import { fuzzWatched } from "./watched.ts";

const SHORT_MS = 2000;
const LONG_MS = 120_000;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    long: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});
const wanted = values.only?.split(",");
const unknown = (wanted ?? []).filter((name) => !TARGETS.some((target) => target.name === name));
if (unknown.length > 0) {
  const names = TARGETS.map(({ name }) => name).join(", ");
  process.stderr.write(`no target ${unknown.join(", ")}; the targets are ${names}\n`);
  process.exit(2);
}
let passed = 0;
const failures: FailedTest[] = [];
for (const target of TARGETS) {
  if (wanted?.includes(target.name) === false) continue;
  const { inputs, kinds, longest, failure } = await fuzzWatched(
    target.name,
    Number(values.seed),
    values.long ? LONG_MS : SHORT_MS,
  );
  const figures = `${inputs} inputs, ${kinds} kinds of outcome, longest ${longest.toFixed(0)} ms`;
  if (failure === undefined) {
    passed += 1;
    process.stdout.write(`${target.name}: ${figures}\n`);
    continue;
  }
  const folder = join(import.meta.dirname, "cases", target.name);
  const path = join(folder, createHash("sha256").update(failure.input).digest("hex").slice(0, 12));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, failure.input);
  const what = failure.what.slice(0, 500);
  failures.push({ file: "fuzz", name: target.name, message: `${what}\ninput: ${path}` });
  process.stdout.write(`${target.name}: ${figures}\n  FAILED: ${what}\n  input: ${path}\n`);
}
const failed = failures.length;
const report = process.env["GAOLER_TEST_REPORT"];
if (report !== undefined) writeFileSync(report, reportText({ passed, failed, skipped: 0 }, failures));
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
