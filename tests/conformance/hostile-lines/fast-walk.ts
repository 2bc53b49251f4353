/**
 * The hostile lines of a filter on the fast path: which the walk over the bytes leaves out, which are captured from as they lie there, which
 * the filter is given as text, and what each takes at best.
 * @module
 */
import type { CapturedLine } from "../../../src/filter/captured-line.ts";
import type { CapturedSearch } from "../../../src/filter/captured-search.ts";
import { type CapturingSink, FastPath, type FastPathSink } from "../../../src/filter/fast-path.ts";
import type { LineFilter } from "../../../src/filter/line-filter.ts";
import { compiled, type Named, samplesOf } from "./named-filters.ts";
import { pumpedLines } from "./sample-lines.ts";
import { type SampleStamp, stamped, stampsOf } from "./sample-stamps.ts";

const INPUT = { now: 1_795_341_600, inOperation: false };

/** A line that takes longer is taken again, up to so often: its best time counts, whatever else the machine does. */
const SLOW_MS = 0.5;
const REPEATS = 20;

/** `odd`: nothing was known of it. */
export type LineKind = "left-out" | "captured" | "judged" | "odd";

/** One line and what became of it. */
export interface WalkedLine {
  readonly kind: LineKind;
  readonly line: string;
  /** milliseconds, the best of some: clocks of processor time tick too slowly */
  readonly took: number;
  /** the same line by line, without the fast path */
  readonly plainly: number;
  /** left out although the filter matches it */
  readonly isLost: boolean;
}

/** A filter behind its fast path. */
class Walk {
  readonly filter: LineFilter;
  readonly #path: FastPath;
  kind: LineKind = "left-out";

  constructor(named: Named) {
    this.filter = compiled(named);
    this.#path = new FastPath(this.filter, { statistics: false });
  }

  /** @returns milliseconds */
  take(line: string): number {
    const bytes = Buffer.from(`${line}\n`);
    const textOf = (start: number, end: number): string => bytes.toString("utf8", start, end);
    const sink: FastPathSink = {
      line: (start, end, hint) => {
        this.kind = hint === undefined ? "odd" : "judged";
        this.filter.process(textOf(start, end), INPUT, hint);
      },
      skipped: () => undefined,
      prefixed: () => undefined,
      passOver: (count, start, end, place) =>
        void this.filter.passOver(count, textOf(start, end), place, INPUT),
      goesOn: () => true,
    };
    const capturing: CapturingSink = {
      textOf,
      keepsLines: true,
      captured: (captured: CapturedLine, search: CapturedSearch) => {
        this.kind = "captured";
        this.filter.processCaptured(captured, search, INPUT);
      },
    };
    this.kind = "left-out";
    const began = performance.now();
    this.#path.take(bytes, 0, bytes.length, sink, capturing);
    return performance.now() - began;
  }
}

/** A stamp of the filter's log that takes it to the fast path; `undefined`: there is none. */
export function ordinaryStamp(named: Named, directory: string): SampleStamp | undefined {
  return stampsOf(directory, named.name, () => compiled(named)).find((stamp) => {
    const walk = new Walk(named);
    if (!walk.filter.takesHints) return false;
    for (let times = 0; times < 3; times++) walk.take(dated(stamp));
    return walk.kind !== "odd";
  });
}

const dated = ({ before, text, behind }: SampleStamp): string => before + text + behind;

/** Whether a filter finds just that stamp in a line. */
export function datedBy({ parts }: LineFilter): (line: string, text: string) => boolean {
  return (line, text) => parts.detector.find(line, INPUT.now)?.text === text;
}

function best(take: () => number, repeats = REPEATS): number {
  take();
  let took = take();
  for (let again = 0; again < repeats && took > SLOW_MS; again++) took = Math.min(took, take());
  return took;
}

/** Takes each line through the fast path. */
export function* walkedLines(
  named: Named,
  stamp: SampleStamp,
  shape: { readonly length: number; readonly places: number },
): Generator<WalkedLine> {
  const walk = new Walk(named);
  const plain = compiled(named);
  const judge = (line: string): number => {
    const began = performance.now();
    plain.process(line, INPUT);
    return performance.now() - began;
  };
  const isDated = datedBy(compiled(named));
  for (let times = 0; times < 3; times++) walk.take(dated(stamp));
  for (const sampled of samplesOf(named)) {
    for (const pumped of pumpedLines(sampled, shape.length, shape.places)) {
      const line = stamped(stamp, pumped.replaceAll("\n", " "), isDated);
      // an odd line may have changed what is ordinary
      walk.take(dated(stamp));
      const took = best(() => walk.take(line));
      const { kind } = walk;
      const plainly = best(() => judge(line), 2);
      const isLost = kind === "left-out" && plain.process(line, INPUT).verdict === "matched";
      yield { kind, line, took, plainly, isLost };
    }
  }
}
