/**
 * What an administrator is told when more failed at once than there is room for: nothing is forgotten silently.
 * @module
 */
import type { GaolerEvent, Level } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { FailCounter } from "./fail-counter.ts";

/** A flood goes on for hours: each notice comes once a day. */
const INTERVAL: Seconds = 86_400;

type Losses = Pick<FailCounter, "evicted" | "textsForgotten">;

interface Notice {
  readonly level: Level;
  readonly count: (losses: Losses) => number;
  readonly text: (count: number) => string;
}

const NOTICES: readonly Notice[] = [
  {
    level: "WARNING",
    count: ({ evicted }) => evicted,
    text: (count) =>
      `Too many fail at once: ${count} times who had tried least was forgotten, and begins anew when he comes back`,
  },
  {
    level: "NOTICE",
    count: ({ textsForgotten }) => textsForgotten,
    text: (count) =>
      `Many fail at once: ${count} times the matched lines or captured groups of who was silent for longest had to make room; all are counted on, and banned as ever`,
  },
];

/** One jail's. */
export class CrowdNotices {
  readonly #jail: string;
  /** by notice: how many had been forgotten when it was given, and when that was */
  readonly #told = NOTICES.map(() => ({ count: 0, at: -Infinity }));

  constructor(jail: string) {
    this.#jail = jail;
  }

  /** What is to be told now, mostly nothing. */
  of(losses: Losses, now: EpochSeconds): GaolerEvent[] {
    const events: GaolerEvent[] = [];
    for (const [index, { level, count, text }] of NOTICES.entries()) {
      const told = this.#told[index];
      const all = count(losses);
      const isDue = told !== undefined && all > told.count && Math.abs(now - told.at) >= INTERVAL;
      if (!isDue) continue;
      const shown = text(all - told.count);
      events.push({ type: "message", level, logger: "jail", text: `[${this.#jail}] ${shown}` });
      told.count = all;
      told.at = now;
    }
    return events;
  }
}
