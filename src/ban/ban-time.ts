/**
 * Ban times that grow with the number of bans, and failures that weigh more (A§3.4).
 * Knows no database: history and dice are given.
 * @module
 */
import { evaluateArithmetic } from "../base/arithmetic.ts";
import { ArithmeticError } from "../base/arithmetic-syntax.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Seconds } from "../base/units.ts";
import type { BantimeIncrement } from "../config/settings.ts";
import type { BanHistory } from "./stored-ban.ts";

const DEFAULT_FORMULA = "ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor";
const DEFAULT_FACTOR = "1";
/** Bans from which a failure weighs no more than from this many. */
const MAX_WEIGHED_BANS = 20;
/** Numbers of earlier bans for which a formula is tried out when it is set. */
const PROBED_COUNTS = [1, 2, 20] as const;
const PROBED_BANTIME: Seconds = 600;

export interface BanTimeInput {
  /** the jail's ban time; zero and negative never grow */
  readonly bantime: Seconds;
  readonly increment: BantimeIncrement;
  readonly history: BanHistory | undefined;
  /** from 0 to 1, for `bantime.rndtime` */
  readonly random: number;
}

function multipliersOf(text: string): number[] {
  return text.trim().split(/\s+/).map(Number);
}

/** The grown time before cap and dice. */
function grow(bantime: Seconds, increment: BantimeIncrement, count: number): Seconds {
  const factor = evaluateArithmetic(increment.factor ?? DEFAULT_FACTOR);
  if (increment.multipliers !== undefined && increment.multipliers.trim() !== "") {
    const multipliers = multipliersOf(increment.multipliers);
    const multiplier = multipliers[Math.min(count, multipliers.length - 1)] ?? 1;
    return bantime * factor * multiplier;
  }
  const names = new Map([
    ["ban.Time", bantime],
    ["ban.Count", count],
    ["banFactor", factor],
  ]);
  return Math.max(bantime, evaluateArithmetic(increment.formula ?? DEFAULT_FORMULA, names));
}

/**
 * Time of the next ban, seconds. Without increment or earlier bans it is the jail's. A formula that has no value for this many
 * bans (too large a number, mostly) gives the cap, or without one the jail's time: a ban is never lost to its formula.
 */
export function nextBanTime(input: BanTimeInput): Seconds {
  const { bantime, increment, history, random } = input;
  if (!increment.enabled || bantime <= 0 || history === undefined || history.count <= 0) return bantime;
  let grown: Seconds;
  try {
    grown = grow(bantime, increment, history.count);
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    grown = increment.maxtime ?? bantime;
  }
  if (!Number.isFinite(grown)) grown = increment.maxtime ?? bantime;
  const capped = increment.maxtime === undefined ? grown : Math.min(grown, increment.maxtime);
  return increment.rndtime === undefined ? capped : capped + random * increment.rndtime;
}

type Expression = "factor" | "formula" | "multipliers";

/** What holds where an expression cannot be computed: the jail's ban times grow as they do without it. */
const INSTEAD: Readonly<Record<Expression, string>> = {
  factor: `the factor is ${DEFAULT_FACTOR}`,
  formula: "ban times are doubled with each ban",
  multipliers: "the formula holds",
};

/** Why an expression cannot be computed; `undefined` if it can. */
function problemOf(compute: () => unknown): string | undefined {
  try {
    compute();
    return undefined;
  } catch (error) {
    if (error instanceof ArithmeticError) return error.message;
    throw error;
  }
}

function multipliersProblem(text: string): string | undefined {
  if (text.trim() === "" || multipliersOf(text).every((value) => Number.isInteger(value))) return undefined;
  return `whole numbers separated by blanks are needed, not '${text.trim()}'`;
}

function problemsOf(increment: BantimeIncrement): ReadonlyMap<Expression, string> {
  const { factor = DEFAULT_FACTOR, formula, multipliers } = increment;
  const problems = new Map<Expression, string>();
  const note = (option: Expression, problem: string | undefined) => {
    if (problem !== undefined) problems.set(option, problem);
  };
  note(
    "factor",
    problemOf(() => evaluateArithmetic(factor)),
  );
  note("multipliers", multipliers === undefined ? undefined : multipliersProblem(multipliers));
  if (formula === undefined) return problems;
  const tried = { ...increment, multipliers: undefined, factor: problems.has("factor") ? undefined : factor };
  // one that fails for some numbers of bans only (a division by zero) is no mistake before it comes to that
  const tries = PROBED_COUNTS.map((count) => problemOf(() => grow(PROBED_BANTIME, tried, count)));
  note("formula", tries.includes(undefined) ? undefined : tries[0]);
  return problems;
}

/** The increment without the expressions that cannot be computed: the defaults hold for those. */
export function usableIncrement(increment: BantimeIncrement): BantimeIncrement {
  const problems = problemsOf(increment);
  const without = Object.fromEntries([...problems.keys()].map((option) => [option, undefined]));
  return problems.size === 0 ? increment : { ...increment, ...without };
}

/** What is wrong with the expressions of an increment. */
export function checkIncrement(increment: BantimeIncrement, jail: string): Diagnostic[] {
  return Array.from(problemsOf(increment), ([option, reason]) => {
    const origin = increment.origins?.[option];
    return {
      severity: "error",
      jail,
      message: `bantime.${option} cannot be computed: ${reason}`,
      consequence: INSTEAD[option],
      ...(origin && { origin }),
    };
  });
}

export interface BadIpFactor {
  /** how many failures this one stands for */
  readonly factor: number;
  /** it was cut to maxretry */
  readonly isCut: boolean;
}

/**
 * How many failures one failure of a known bad ID stands for: 2, 3, 5, 9 … after 1, 2, 3, 4 … bans, maxretry at most.
 *
 * @returns `undefined` if it counts like anybody's
 */
export function badIpFactor(bancount: number, maxretry: number): BadIpFactor | undefined {
  if (bancount < 1) return undefined;
  const factor = 2 ** Math.min(bancount, MAX_WEIGHED_BANS) / 2 + 1;
  const isCut = factor > maxretry;
  const cut = isCut ? maxretry : factor;
  return cut > 1 ? { factor: cut, isCut } : undefined;
}
