/**
 * The outcome of a parity run for people, and its counts for machines.
 * @module
 */
import type { FailedTest } from "../../scripts/test-report.ts";
import type { PartOutcome } from "./run-parts.ts";

const MAX_TEXT = 600;
const MAX_HANGS = 10;

/** Pieces of work and entries count as tests. */
export function countsOf(outcomes: readonly PartOutcome[]): {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
} {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const outcome of outcomes) {
    passed += outcome.passed + outcome.goodEntries;
    failed += outcome.failed + outcome.mistakes.length;
    if (outcome.skipped !== undefined) skipped += 1;
  }
  return { passed, failed, skipped };
}

/** The unlisted differences that were kept, and what is wrong with the list, as tests that failed. */
export function failuresOf(outcomes: readonly PartOutcome[]): readonly FailedTest[] {
  return outcomes.flatMap(({ part, shown, mistakes }) => [
    ...shown.map(({ name, key, input, theirs, ours }) => ({
      file: `parity ${part}`,
      name,
      message: `key     ${clean(key)}\ninput   ${clean(input)}\ntheirs  ${clean(theirs)}\nours    ${clean(ours)}`,
    })),
    ...mistakes.map((message) => ({ file: `parity ${part}`, name: "known.json", message })),
  ]);
}

const HEAD = ["part", "comparisons", "known", "unlisted", "oracle hangs", "seconds"];

/** The table, then every unlisted difference that was kept, then what is wrong with the list. */
export function renderReport(outcomes: readonly PartOutcome[]): string {
  const ran = outcomes.filter(({ skipped }) => skipped === undefined);
  const rows = ran.map((outcome) => [
    outcome.part,
    String(outcome.comparisons),
    String(outcome.known),
    String(outcome.unlisted),
    String(outcome.hangs.length),
    outcome.seconds.toFixed(1),
  ]);
  return [
    "",
    ...table([HEAD, ...rows]),
    ...outcomes.flatMap(({ part, skipped }) =>
      skipped === undefined ? [] : [`skipped: ${part} (${skipped})`],
    ),
    ...outcomes.flatMap(differencesOf),
    ...outcomes.flatMap(({ part, mistakes }) => mistakes.map((text) => `\nFAILED ${part}: ${text}`)),
    "",
    "",
  ].join("\n");
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
}

function differencesOf({ part, shown, unlisted, hangs }: PartOutcome): string[] {
  const lines = shown.flatMap(({ name, key, input, theirs, ours }) => [
    `\nDIFFERENCE ${part}: ${name}`,
    `  key     ${clean(key)}`,
    `  input   ${clean(input)}`,
    `  theirs  ${clean(theirs)}`,
    `  ours    ${clean(ours)}`,
  ]);
  if (unlisted > shown.length)
    lines.push(`\n${part}: ${unlisted - shown.length} more unlisted differences are not shown`);
  for (const input of hangs.slice(0, MAX_HANGS)) lines.push(`\n${part}: fail2ban hangs on ${clean(input)}`);
  return lines;
}

/** One line, bounded, and nothing in it that a terminal would obey. */
function clean(text: string): string {
  const shown = text.slice(0, MAX_TEXT).replaceAll("\n", "\n          ");
  const plain = shown.replaceAll(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return text.length > MAX_TEXT ? `${plain} … (${text.length} characters)` : plain;
}
