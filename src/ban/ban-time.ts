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

/** What is wrong with the expressions of an increment; such a jail cannot grow its ban times. */
export function checkIncrement(increment: BantimeIncrement, jail: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  const complain = (option: string, reason: string) =>
    found.push({ severity: "error", jail, message: `bantime.${option} cannot be computed: ${reason}` });
  const attempt = (option: string, compute: () => void) => {
    try {
      compute();
    } catch (error) {
      if (!(error instanceof ArithmeticError)) throw error;
      complain(option, error.message);
    }
  };
  attempt("factor", () => evaluateArithmetic(increment.factor ?? DEFAULT_FACTOR));
  const multipliers = increment.multipliers?.trim() ?? "";
  if (multipliersOf(multipliers).some((value) => !Number.isInteger(value))) {
    complain("multipliers", `whole numbers separated by blanks are needed, not '${multipliers}'`);
  }
  const { formula } = increment;
  if (formula !== undefined && found.length === 0) {
    attempt("formula", () => {
      for (const count of PROBED_COUNTS) grow(600, { ...increment, multipliers: undefined }, count);
    });
  }
  return found;
}

export interface BadIpFactor {
  /** how many failures this one stands for */
  readonly factor: number;
  /** as fail2ban prints it: `2.0`, or the whole number it was cut to */
  readonly text: string;
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
  return cut > 1 ? { factor: cut, text: isCut ? String(cut) : `${cut}.0` } : undefined;
}
