/**
 * Failures of IDs that are banned: whether one is worth a look at the firewall, and a word to the operator where all is in place there.
 * Each ban is named once. Decides from what it is told; looks at nothing itself.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { GaolerEvent } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";

/** Lines that were under way when the ban was made still arrive for so long. */
const LATE_LINES: Seconds = 5;
/** Between two looks for the same jail. */
const BETWEEN_LOOKS: Seconds = 10;
/** Bans remembered as named; the oldest may be named again. */
const MAX_NAMED = 1000;

export type AlreadyBanned = Extract<GaolerEvent, { type: "already-banned" }>;

export class PorousBans {
  /** begin of the ban that was named, by jail and ID */
  readonly #named = new BoundedMap<string, EpochSeconds>({ limit: MAX_NAMED });
  readonly #lookedAt = new BoundedMap<string, EpochSeconds>({ limit: MAX_NAMED });

  /** Whether to look now. A ban that lets something through is looked at once. */
  isWorthALook({ jail, id, sinceBan }: AlreadyBanned, now: EpochSeconds): boolean {
    if (sinceBan <= LATE_LINES) return false;
    const looked = now - (this.#lookedAt.get(jail) ?? -Infinity);
    if (looked >= 0 && looked < BETWEEN_LOOKS) return false;
    const key = `${jail}/${id}`;
    const named = this.#named.get(key);
    // the same ban, as far as clocks agree
    if (named !== undefined && now - sinceBan - named < LATE_LINES) return false;
    this.#named.set(key, now);
    this.#lookedAt.set(jail, now);
    return true;
  }
}

/** What the operator should know. */
export function porousText({ jail, id, sinceBan }: AlreadyBanned, actions: readonly string[]): string {
  const names = actions.map((name) => `'${name}'`).join(", ");
  return (
    `[${jail}] ${id} still gets through ${Math.floor(sinceBan)} seconds after its ban, though the firewall has what ${names} put there: ` +
    "it comes by another port or protocol, through a proxy, past a rule that accepts it before, or its log lines come late"
  );
}
