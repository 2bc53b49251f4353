/**
 * Local zones for tests, by arithmetic: no machine's own.
 * @module
 */
import type { LocalZone } from "../../../src/base/local-time.ts";
import { utcZone } from "../../../src/date/utc-zone.ts";

/** A zone whose offset, seconds east of UTC, is a function of the moment. */
function zoneOf(offsetAt: (at: number) => number): LocalZone {
  return {
    civilAt: (at) => utcZone.civilAt(at + offsetAt(at)),
    epochOf: (civil) => {
      const wanted = utcZone.epochOf(civil);
      return wanted - offsetAt(wanted - offsetAt(wanted));
    },
  };
}

export const utc = zoneOf(() => 0);
/** A zone of one offset, seconds east of UTC. */
export const fixedZone = (offset: number): LocalZone => zoneOf(() => offset);

export const newYork = zoneOf(() => -5 * 3600);

const SUMMER_BEGINS = Date.UTC(2026, 2, 29, 1) / 1000;
const SUMMER_ENDS = Date.UTC(2026, 9, 25, 1) / 1000;
/** Berlin in 2026. */
export const berlin = zoneOf((at) => (at >= SUMMER_BEGINS && at < SUMMER_ENDS ? 7200 : 3600));

/** 2026-11-22 12:00:00 UTC, the present moment of the verified vectors. */
export const NOON = Date.UTC(2026, 10, 22, 12) / 1000;
