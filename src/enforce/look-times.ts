/**
 * When each action is looked at: at intervals, sooner with a reason, and ever more rarely where each look ends in a repair,
 * so that an action whose check never succeeds, or somebody who removes its rules time and again, cannot keep gaoler busy.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";

/** Between two looks without a reason where changes are seen as they happen, and where they are not. */
const LOOK_INTERVAL: Seconds = 60;
const UNSEEN_LOOK_INTERVAL: Seconds = 10;
/** After a look that found something another one confirms the repair. */
const CONFIRM: Seconds = 5;
/** The least distance after such a look: doubled with each in a row beyond the first few, up to the longest. */
const FIRST_DISTANCE: Seconds = 1;
const LONGEST_DISTANCE: Seconds = 600;
const FEW_TROUBLES = 6;
/** Rest after a look, as a multiple of the time it took: long chains are not read all the time. */
const REST_FACTOR = 4;
const LONGEST_REST: Seconds = 3;
/** The first look comes soon: nobody has seen what happened before. Those of many actions come at different times, by their names. */
const FIRST_LOOK: Seconds = 3;
const FIRST_LOOKS_SPREAD: Seconds = 7;
const STAGGER_STEPS = 16;

interface LookTime {
  readonly lookedAt: EpochSeconds;
  readonly notBefore: EpochSeconds;
  /** looks in a row that found something */
  readonly troubles: number;
}

/** A look that was made. */
export interface Looked {
  readonly now: EpochSeconds;
  readonly outcome: "fine" | "repaired" | "failed";
  /** it was looked at all of the action */
  readonly isAll: boolean;
  readonly took: Seconds;
}

export interface LookQuestion {
  readonly now: EpochSeconds;
  readonly hasReason: boolean;
  /** whether changes would give a reason */
  readonly isSeen: boolean;
}

export class LookTimes {
  readonly #times = new Map<string, LookTime>();

  /**
   * Whether an action is to be looked at now: at all of it, or for the reason only. One that was never asked for counts from now
   * on.
   */
  due(key: string, { now, hasReason, isSeen }: LookQuestion): "all" | "reason" | undefined {
    let time = this.#times.get(key);
    const usual = isSeen ? LOOK_INTERVAL : UNSEEN_LOOK_INTERVAL;
    const interval = (time?.troubles ?? 0) > 0 ? CONFIRM : usual;
    // a clock that was set back starts anew
    if (time === undefined || time.lookedAt > now) {
      const lookedAt = now - interval + FIRST_LOOK + FIRST_LOOKS_SPREAD * staggerOf(key);
      time = { lookedAt, notBefore: now, troubles: 0 };
      this.#times.set(key, time);
    }
    if (now < time.notBefore) return undefined;
    if (now - time.lookedAt >= interval) return "all";
    return hasReason ? "reason" : undefined;
  }

  looked(key: string, { now, outcome, isAll, took }: Looked): void {
    const before = this.#times.get(key);
    const isFine = outcome === "fine";
    const troubles = isFine && isAll ? 0 : (before?.troubles ?? 0) + (isFine ? 0 : 1);
    const doublings = Math.max(0, troubles - FEW_TROUBLES);
    const rest = Math.min(took * REST_FACTOR, LONGEST_REST);
    const distance = isFine ? rest : Math.min(FIRST_DISTANCE * 2 ** doublings, LONGEST_DISTANCE);
    const lookedAt = isAll ? now : (before?.lookedAt ?? now);
    this.#times.set(key, { lookedAt, notBefore: now + distance, troubles });
  }

  /** Forgets all others. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#times.keys()) if (!keys.has(key)) this.#times.delete(key);
  }

  clear(): void {
    this.#times.clear();
  }
}

/** From 0 to below 1. */
function staggerOf(key: string): number {
  let hash = 0;
  for (const character of key) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return (hash % STAGGER_STEPS) / STAGGER_STEPS;
}
