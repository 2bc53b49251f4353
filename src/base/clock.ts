/**
 * The clock as the core sees it. Knows no time itself: the daemon gives wall time, replay the log's own, simulation a virtual one.
 * @module
 */
import type { EpochSeconds } from "./units.ts";

/** Gives the present moment. */
export interface Clock {
  now(): EpochSeconds;
}
