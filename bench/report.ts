/**
 * What was measured, for people and for programs.
 * @module
 */
import { type Colour, paint } from "../src/cli/screen.ts";
import { type Cell, type Column, type TableScreen, tableLines } from "../src/cli/table.ts";
import { GOAL_COLUMNS, goalCells, verdictOf } from "./goals.ts";
import type { Figures, PartResult } from "./part.ts";

/** A part that was run, or why it was not. */
export interface PartReport {
  readonly name: string;
  readonly result: PartResult | { readonly skipped: string };
  /** how long it took */
  readonly seconds: number;
}

const columnOf = (title: string): Column =>
  title.endsWith(">") ? { title: title.slice(0, -1), align: "right" } : { title };

const figureLines = ({ title, columns, rows }: Figures, screen: TableScreen): string[] => [
  "",
  title,
  ...tableLines(columns.map(columnOf), rows, screen).map((line) => `  ${line}`),
];

/** The tables of one part: goals, then the figures behind them, then what was not right. */
export function partLines({ name, result, seconds }: PartReport, screen: TableScreen): string[] {
  const bold = (text: string): string => paint(screen, "bold", text);
  if ("skipped" in result) return ["", `${bold(name)}: skipped: ${result.skipped}`];
  const checks = result.checks.map(({ what, isRight }): string => {
    const colour: Colour = isRight ? "green" : "red";
    return `  ${paint(screen, colour, isRight ? "right" : "WRONG")}  ${what}`;
  });
  return [
    "",
    `${bold(name)} (${seconds.toFixed(0)} s)`,
    ...(result.goals.length === 0 ? [] : tableLines(GOAL_COLUMNS, result.goals.map(goalCells), screen)),
    ...result.figures.flatMap((figures) => figureLines(figures, screen)),
    ...(checks.length === 0 ? [] : ["", ...checks]),
  ];
}

/** All goals once more in one table, with what is missed. */
export function summaryLines(reports: readonly PartReport[], screen: TableScreen): string[] {
  const rows = reports.flatMap(({ name, result }): Cell[][] =>
    "skipped" in result ? [] : result.goals.map((goal) => [name, ...goalCells(goal)]),
  );
  const skipped = reports.flatMap(({ name, result }) =>
    "skipped" in result ? [`${name}: skipped: ${result.skipped}`] : [],
  );
  return [...tableLines([{ title: "part" }, ...GOAL_COLUMNS], rows, screen), ...skipped];
}

export const jsonOf = (reports: readonly PartReport[], machine: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    ...machine,
    parts: reports.map(({ name, result, seconds }) => ({
      name,
      seconds,
      ...("skipped" in result
        ? result
        : {
            goals: result.goals.map((goal) => ({ ...goal, verdict: verdictOf(goal) })),
            figures: result.figures.map(({ title, columns, rows }) => ({
              title,
              columns: columns.map((column) => columnOf(column).title),
              rows,
            })),
            checks: result.checks,
          }),
    })),
  });
