/**
 * For a line without a date: the date template that comes nearest to one.
 * @module
 */
import type { DateDetector } from "../date/detector.ts";
import { traceMismatch } from "../regex/trace.ts";

/** Characters of a line in which something like a date is looked for; dates stand in front. */
const MAX_LOOKED_AT_CHARS = 200;
/** So many characters, with a digit among them, are like a date. */
const LEAST_CHARS = 5;

/** The beginning of something like a date. Offsets are UTF-16 units. */
export interface NearDate {
  /** name of the template */
  readonly template: string;
  readonly from: number;
  /** the first character that does not fit */
  readonly at: number;
}

/** The template of which the longest piece stands in the line; `undefined` where nothing is like a date. */
export function nearestTemplate(detector: DateDetector, line: string): NearDate | undefined {
  const text = line.slice(0, MAX_LOOKED_AT_CHARS);
  let nearest: NearDate | undefined;
  for (const { name, regex } of detector.hits()) {
    const stop = traceMismatch(regex, text);
    if (stop === undefined) continue;
    const { from, furthest: at } = stop;
    const isLike = at - from >= LEAST_CHARS && /\d/.test(text.slice(from, at));
    const isNearer = nearest === undefined || at - from > nearest.at - nearest.from;
    if (isLike && isNearer) nearest = { template: name, from, at };
  }
  return nearest;
}
