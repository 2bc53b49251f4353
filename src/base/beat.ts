/**
 * A beat for what is looked at now and then: looks that many take, each for himself, fall together, and a process with nothing to do
 * wakes once for all of them.
 * @module
 */

/** A timer may fire so much early; milliseconds. */
const TOLERANCE_MS = 20;

/**
 * The wait until the next beat.
 *
 * @param period between two beats, milliseconds
 * @param now milliseconds of a clock that is not set
 */
export function untilBeat(period: number, now: number): number {
  const wait = Math.ceil(period - (now % period));
  // the beat that is just about to come is the one whose timer fired
  return wait > TOLERANCE_MS ? wait : wait + period;
}
