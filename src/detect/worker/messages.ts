/**
 * What goes between the main thread and one that takes log lines: plain data, and the bytes of a log in shared memory. A chunk of a log
 * goes out as a job, and comes back in portions: what was found in its first lines, in the next ones, and how the filter was left
 * after each.
 * @module
 */
import { deserialize, serialize } from "node:v8";
import type { DecoderState } from "../../backend/decode.ts";
import type { GaolerEvent } from "../../base/event.ts";
import type { FilterDefinition } from "../../filter/filter-parts.ts";
import type { FilterState } from "../../filter/line-filter.ts";
import type { PackedFailures } from "./packed-failures.ts";

/** What a jail's lines are taken by. */
export interface DetectionTerms {
  readonly definition: FilterDefinition;
  readonly startYear: number;
  readonly encoding: string;
  /** paths and globs: who has the same shares scanners */
  readonly logs: readonly string[];
}

/** What the lines so far have left behind. */
export interface DetectionState {
  readonly filter: FilterState;
  readonly decoder: DecoderState;
}

/** A {@link DetectionState} on its way: most are never looked at. */
export type PackedState = Uint8Array;

export const packState = (state: DetectionState): PackedState => serialize(state);

/** Only what {@link packState} has made is ever unpacked. */
export const unpackState = (packed: PackedState): DetectionState => deserialize(packed);

/** A search that is not made: that regex held its thread for too long on that line. */
export interface AvoidedSearch {
  /** where the line begins, bytes from the chunk's beginning */
  readonly offset: number;
  /** its number among prefregex, failregexes and ignoreregexes */
  readonly regex: number;
}

export interface ChunkJob {
  readonly kind: "chunk";
  readonly job: number;
  readonly seat: number;
  readonly path: string;
  readonly buffer: SharedArrayBuffer;
  readonly length: number;
  /** where the bytes begin in their file */
  readonly offset: number;
  readonly inOperation: boolean;
  readonly avoided: readonly AvoidedSearch[];
}

export type ToWorker =
  | {
      readonly kind: "open";
      readonly seat: number;
      readonly terms: DetectionTerms;
      readonly state: PackedState;
    }
  | ChunkJob
  | { readonly kind: "close"; readonly seat: number };

/** What was found in some lines of a chunk. */
export interface Portion {
  readonly job: number;
  /** bytes of the chunk that have been taken by now */
  readonly taken: number;
  /** nothing more comes of this chunk: all was taken, or it was to stop */
  readonly isLast: boolean;
  /** lines taken since the portion before */
  readonly lines: number;
  readonly failures: PackedFailures;
  /** what is to be told, each before the failure of that number */
  readonly told: readonly { readonly before: number; readonly event: GaolerEvent }[];
  /** searches that were given up so far */
  readonly givenUp: number;
  /** as these lines have left it */
  readonly state: PackedState;
}

export type FromWorker =
  /** `task`: the thread's number for the system, where that is known */
  { readonly kind: "ready"; readonly task: string | undefined } | ({ readonly kind: "portion" } & Portion);

/** Places in the memory by which a thread shows where it is, and is told to stop; 32 bits each. */
export const CONTROL = {
  /** goes on with every line and every search */
  steps: 0,
  /** the job under way, 0 for none */
  job: 1,
  /** the line under way: it has that number, from 0, behind that offset of the chunk; a negative one: no line */
  behind: 2,
  line: 3,
  /** the regex that is searched for, -1 for none */
  regex: 4,
  /** the job that is to stop after the line under way */
  stop: 5,
} as const;

export const CONTROL_BYTES = 4 * Object.keys(CONTROL).length;
