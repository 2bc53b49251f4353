/**
 * For a line without a date: the date template that comes nearest to one.
 * @module
 */
import type { DateDetector } from "../date/detector.ts";
import { MismatchTracer } from "../regex/trace.ts";

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

/** A line without anything like this has no date worth a look: two figures with little between them, or a figure by a word. */
const SUGGESTS_DATE = /\d[\d:/.,\-T @]+\d|[A-Za-z]{3} +\d/;

interface TracedTemplate {
  readonly name: string;
  readonly tracer: MismatchTracer;
}

/** Finds the template that comes nearest to a date in a line. */
export class NearDates {
  readonly #detector: DateDetector;
  #templates: readonly TracedTemplate[] | undefined;

  constructor(detector: DateDetector) {
    this.#detector = detector;
  }

  /** The template of which the longest piece stands in the line; `undefined` where nothing is like a date. */
  nearest(line: string): NearDate | undefined {
    const text = line.slice(0, MAX_LOOKED_AT_CHARS);
    if (!SUGGESTS_DATE.test(text)) return undefined;
    this.#templates ??= this.#detector
      .hits()
      .map(({ name, regex }) => ({ name, tracer: new MismatchTracer(regex) }));
    let nearest: NearDate | undefined;
    for (const { name, tracer } of this.#templates) {
      const stop = tracer.trace(text);
      if (stop === undefined) continue;
      const { from, furthest: at } = stop;
      const isLike = at - from >= LEAST_CHARS && /\d/.test(text.slice(from, at));
      const isNearer = nearest === undefined || at - from > nearest.at - nearest.from;
      if (isLike && isNearer) nearest = { template: name, from, at };
    }
    return nearest;
  }
}
