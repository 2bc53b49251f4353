/**
 * What a filter has to tell the operator about lines, with fail2ban's texts, and how often it may say so (A§2.3).
 * @module
 */
import type { Level } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";

export type FilterWarningKind =
  | "no-date"
  | "odd-time"
  | "old-lines"
  | "bad-date"
  | "no-group"
  | "no-address"
  | "budget";

/** Lines for the log; the logger is `filter`. */
export interface FilterWarning {
  readonly kind: FilterWarningKind;
  readonly lines: readonly { readonly level: Level; readonly text: string }[];
}

const DAY: Seconds = 86_400;

/** A warning of one level. */
export function warningOf(kind: FilterWarningKind, level: Level, ...texts: readonly string[]): FilterWarning {
  return { kind, lines: texts.map((text) => ({ level, text })) };
}

/** When each kind was told last. */
export type DailyState = readonly (readonly [kind: FilterWarningKind, at: EpochSeconds])[];

/** Lets every kind of warning through once a day. */
export class DailyWarnings {
  readonly #lastAt = new Map<FilterWarningKind, EpochSeconds>();

  /** Whether a warning of this kind is due at `now`; if so it counts as said. */
  isDue(kind: FilterWarningKind, now: EpochSeconds): boolean {
    const last = this.#lastAt.get(kind);
    if (last !== undefined && now >= last && now - last < DAY) return false;
    this.#lastAt.set(kind, now);
    return true;
  }

  state(): DailyState {
    return [...this.#lastAt];
  }

  /** Goes on where another one's {@link state} was taken. */
  restore(state: DailyState): void {
    this.#lastAt.clear();
    for (const [kind, at] of state) this.#lastAt.set(kind, at);
  }
}
