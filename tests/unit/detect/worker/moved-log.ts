/**
 * A jail's detection with a log that is brought to it as a source would, by chunks; what comes of it as plain data.
 * @module
 */
import { LineDecoder } from "../../../../src/backend/decode.ts";
import type { Clock } from "../../../../src/base/clock.ts";
import type { GaolerEvent } from "../../../../src/base/event.ts";
import { MovingDetector } from "../../../../src/detect/worker/moving-detector.ts";
import type { WorkerPool } from "../../../../src/detect/worker/worker-pool.ts";
import { systemClock } from "../../../../src/exec/system-clock.ts";
import type { Failure } from "../../../../src/filter/failure.ts";
import type { FilterDefinition } from "../../../../src/filter/filter-parts.ts";
import { compileFilter } from "../../../../src/filter/line-filter.ts";
import { utc } from "../../date/fixed-zones.ts";
import { definitionOf as definitionOfTerms, type FilterTerms } from "../../filter/filter-terms.ts";

export type Regexes = Pick<FilterTerms, "prefregex" | "failregex" | "maxlines" | "datepattern">;

export function definitionOf(regexes: Regexes): FilterDefinition {
  return { ...definitionOfTerms({ ...regexes, usedns: "no" }), name: "j1", logtimezone: "UTC" };
}

interface MovedLogOptions {
  readonly path?: string;
  readonly clock?: Clock;
}

export class MovedLog {
  readonly detector: MovingDetector;
  /** as plain data */
  readonly failures: (Omit<Failure, "data"> & { readonly data: readonly unknown[] })[] = [];
  readonly said: string[] = [];
  /** IDs of failures and texts of messages, as they came */
  readonly course: (string | undefined)[] = [];
  /** portions that came from elsewhere */
  portions = 0;
  /** bytes taken here */
  hereBytes = 0;
  readonly #path: string;
  /** bytes of the log that were taken */
  position = 0;

  constructor(
    regexes: Regexes,
    pool: Pick<WorkerPool, "seat"> | undefined,
    { path = "/log", clock = systemClock }: MovedLogOptions = {},
  ) {
    this.#path = path;
    const definition = definitionOf(regexes);
    const { filter } = compileFilter(definition, { zone: utc, startYear: 2026 });
    if (filter === undefined) throw new Error("no filter");
    const observe = (event: GaolerEvent): void => {
      if (event.type !== "message") return;
      this.said.push(`${event.level} ${event.text}`);
      this.course.push(event.text);
    };
    this.detector = new MovingDetector({
      jail: "j1",
      filter,
      decoder: new LineDecoder("utf-8", { clock, observe }),
      clock,
      observe,
      found: (failure) => {
        const { id, host, ip, at, matches, data, regexIndex } = failure;
        this.course.push(id);
        this.failures.push({ id, host, ip, at, matches, data: [...data], regexIndex });
      },
      terms: { definition, startYear: 2026, encoding: "utf-8", logs: [path] },
      pool,
      // every log of some chunks
      load: { afterMs: 0.001, perFailureMs: 0 },
    });
  }

  /** Brings what is there of a log behind what was taken, in chunks of about that size. */
  async read(log: Buffer, chunkBytes = 128 * 1024, inOperation = true): Promise<void> {
    while (this.position < log.length) {
      const newline = log.indexOf(10, Math.min(log.length - 1, this.position + chunkBytes));
      await this.take(log.subarray(this.position, newline < 0 ? log.length : newline + 1), inOperation);
    }
  }

  /** Brings one chunk, which may not be taken as a whole. */
  async take(bytes: Buffer, inOperation = true): Promise<void> {
    const offset = this.position;
    const chunk = { path: this.#path, bytes, offset, inOperation };
    const portions = this.detector.elsewhere(chunk);
    if (portions === undefined) {
      const taken = this.detector.takeChunk(chunk);
      this.position += taken;
      this.hereBytes += taken;
      return;
    }
    for await (const portion of portions) {
      this.portions += 1;
      this.detector.settle(portion);
      this.position = offset + portion.taken;
    }
  }
}

/** The first failures that are not the same in two lists; a difference of all would take minutes to show. */
export function difference(one: MovedLog, other: MovedLog): readonly unknown[] | undefined {
  const length = Math.max(one.failures.length, other.failures.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [one.failures[index], other.failures[index]];
    if (JSON.stringify(left) !== JSON.stringify(right)) return [index, left, right];
  }
  return undefined;
}
