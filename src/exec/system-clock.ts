/**
 * The machine's own clock. Knows wall time only; the core takes it through the port and never asks here itself.
 * @module
 */
import type { Clock } from "../base/clock.ts";

/** Wall time with a resolution of a millisecond. */
export const systemClock: Clock = { now: () => Date.now() / 1000 };
