/**
 * What has to be reached, and whether it was. A goal has a bound that must hold and one that is aimed at.
 * @module
 */
import type { Cell } from "../src/cli/table.ts";

type Unit = "×" | "%" | "ms" | "s" | "MiB";

export interface Goal {
  readonly what: string;
  readonly unit: Unit;
  /** `more`: at least so much; `less`: at most */
  readonly better: "more" | "less";
  readonly must: number;
  /** `undefined`: none beside the must */
  readonly aim?: number;
}

/** A goal with what came out; a text says why nothing did. */
export interface Outcome extends Goal {
  readonly measured: number | string;
}

export type Verdict = "aim met" | "met" | "must missed" | "not measured";

export function verdictOf({ measured, better, must, aim }: Outcome): Verdict {
  if (typeof measured === "string" || Number.isNaN(measured)) return "not measured";
  const holds = (bound: number): boolean => (better === "more" ? measured >= bound : measured <= bound);
  if (!holds(must)) return "must missed";
  return aim !== undefined && holds(aim) ? "aim met" : "met";
}

/** Enough digits to see where it stands, no more. */
export function amount(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const text = value.toLocaleString("en", { maximumFractionDigits: digits });
  return unit === "%" ? `${text} %` : `${text} ${unit}`;
}

export const GOAL_COLUMNS = [
  { title: "what" },
  { title: "must", align: "right" },
  { title: "aim", align: "right" },
  { title: "measured", align: "right" },
  { title: "verdict" },
] as const;

const COLOURS = {
  "aim met": "green",
  met: "green",
  "must missed": "red",
  "not measured": "grey",
} as const;

export function goalCells(outcome: Outcome): Cell[] {
  const { what, unit, better, must, aim, measured } = outcome;
  const sign = better === "more" ? "≥" : "≤";
  const verdict = verdictOf(outcome);
  return [
    what,
    `${sign} ${amount(must, unit)}`,
    aim === undefined ? "" : `${sign} ${amount(aim, unit)}`,
    typeof measured === "string" ? "" : amount(measured, unit),
    {
      text: typeof measured === "string" ? `${verdict}: ${measured}` : verdict,
      colour: COLOURS[verdict],
    },
  ];
}

/** In one line, for those who wait. */
export const told = (outcome: Outcome): string =>
  `${outcome.what}: ${typeof outcome.measured === "string" ? "" : amount(outcome.measured, outcome.unit)} (${verdictOf(outcome)})`;
