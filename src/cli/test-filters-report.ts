/**
 * What came of sample logs, for people as a table and for programs as JSON. Decides nothing but who is named first.
 * @module
 */
import { harmless, paint } from "./screen.ts";
import { type Cell, type Column, tableLines } from "./table.ts";

export interface FilterTally {
  readonly filter: string;
  readonly samples: number;
  readonly matched: number;
  /** lines that the filter shall not know, and does not */
  readonly missed: number;
  readonly ignored: number;
  readonly failed: number;
}

export interface SampleFailure {
  readonly filter: string;
  readonly file: string;
  readonly line: number;
  readonly expected: string;
  readonly seen: string;
  /** the log line; empty where the sample log itself is at fault */
  readonly text: string;
}

export interface SampleReport {
  readonly filters: readonly FilterTally[];
  readonly failures: readonly SampleFailure[];
  /** filters of the directory that no sample log asks for */
  readonly withoutSamples: readonly string[];
}

const COLUMNS = ["samples", "matched", "missed", "ignored", "failed"] as const;
/** Longest log line shown with a failure, characters. */
const SHOWN_LINE_CHARS = 300;
/** Most failures shown to people; programs get all. */
const SHOWN_FAILURES = 100;

/** The sums of all filters. */
function totalOf(filters: readonly FilterTally[]): FilterTally {
  const sum = (column: (typeof COLUMNS)[number]): number =>
    filters.reduce((all, tally) => all + tally[column], 0);
  return {
    filter: "total",
    samples: sum("samples"),
    matched: sum("matched"),
    missed: sum("missed"),
    ignored: sum("ignored"),
    failed: sum("failed"),
  };
}

function tableOf(filters: readonly FilterTally[], hasColour: boolean): readonly string[] {
  const tallies = filters.length === 1 ? filters : [...filters, totalOf(filters)];
  const rows = tallies.map((tally): readonly Cell[] => {
    const texts = [tally.filter, ...COLUMNS.map((column) => String(tally[column]))];
    return tally.failed === 0 ? texts : texts.map((text) => ({ text, colour: "red" }));
  });
  const columns = [{ title: "filter" }, ...COLUMNS.map((title): Column => ({ title, align: "right" }))];
  return tableLines(columns, rows, { hasColour, columns: undefined });
}

function failureText({ file, line, expected, seen, text }: SampleFailure, hasColour: boolean): string {
  const cut = text.length > SHOWN_LINE_CHARS ? `${text.slice(0, SHOWN_LINE_CHARS)}…` : text;
  const place = paint({ hasColour }, "red", `${file}:${line}`);
  const what = [`${place}: expected ${harmless(expected)}`, `    seen ${harmless(seen)}`];
  return [...what, ...(text === "" ? [] : [`    ${harmless(cut)}`])].join("\n");
}

/** The report for people, with a newline at its end. */
export function reportText(report: SampleReport, hasColour: boolean): string {
  const { filters, failures, withoutSamples } = report;
  const more = failures.length - SHOWN_FAILURES;
  const parts = [
    tableOf(filters, hasColour).join("\n"),
    ...failures.slice(0, SHOWN_FAILURES).map((failure) => failureText(failure, hasColour)),
    ...(more > 0 ? [`… and ${more} more; --json has them all`] : []),
    ...(withoutSamples.length > 0 ? [`without samples: ${withoutSamples.map(harmless).join(", ")}`] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The report for programs: one JSON object, with a newline at its end. */
export function reportJson(report: SampleReport): string {
  const { filters, failures, withoutSamples } = report;
  const total = totalOf(filters);
  return `${JSON.stringify({ ok: failures.length === 0, total, filters, failures, withoutSamples }, undefined, 2)}\n`;
}
