/**
 * Keeps an `nft monitor` running and hands on what it sees of the ruleset. It is started again when it ends; a machine without
 * nft is told of once.
 * @module
 */
import type { Level, Observe } from "../base/event.ts";
import type { Follow, FollowEnd, Followed } from "../exec/follow.ts";
import { parseRulesetChange, type RulesetChange } from "./ruleset-change.ts";

/** Before it is started again: first, doubled with each end up to the longest; milliseconds. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
/** One that ran so long is well; milliseconds. */
const WELL_AFTER_MS = 60_000;

export interface NftMonitorOptions {
  readonly follow: Follow;
  readonly observe: Observe;
  changed(change: RulesetChange): void;
}

export class NftMonitor {
  readonly #options: NftMonitorOptions;
  #running: Followed | undefined;
  #isWanted = false;
  #isAbsent = false;
  #isTold = false;
  #pauseMs = FIRST_PAUSE_MS;
  #pause: NodeJS.Timeout | undefined;

  constructor(options: NftMonitorOptions) {
    this.#options = options;
  }

  /** Whether changes are seen at present. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Runs it, if it does not. */
  start(): void {
    if (this.#isWanted || this.#isAbsent) return;
    this.#isWanted = true;
    this.#begin();
  }

  stop(): void {
    this.#isWanted = false;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#running?.stop();
    this.#running = undefined;
  }

  #begin(): void {
    const begunAt = performance.now();
    const running: Followed = this.#options.follow("nft", ["monitor"], {
      line: (text) => {
        if (this.#running !== running) return;
        const change = parseRulesetChange(text);
        if (change !== undefined) this.#options.changed(change);
      },
      ended: (end) => {
        if (this.#running === running) this.#ended(end, performance.now() - begunAt);
      },
    });
    this.#running = running;
  }

  #ended({ isAbsent, complaint }: FollowEnd, lastedMs: number): void {
    this.#running = undefined;
    this.#isAbsent = isAbsent;
    if (isAbsent) {
      this.#isWanted = false;
      this.#say(
        "INFO",
        "There is no nft here: who empties the firewall is noticed by looks at intervals only",
      );
      return;
    }
    if (lastedMs >= WELL_AFTER_MS) {
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#isTold = false;
    }
    if (!this.#isTold) this.#say("WARNING", `nft monitor has ended and is started again: ${complaint}`);
    this.#isTold = true;
    this.#pause = setTimeout(() => {
      this.#begin();
      // what happened meanwhile was not seen
      this.#options.changed({ kind: "unseen" });
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #say(level: Level, text: string): void {
    this.#options.observe({ type: "message", level, logger: "actions", text });
  }
}
