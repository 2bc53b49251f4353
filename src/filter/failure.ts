/**
 * A failure: one sign that somebody tried to break in, as the filter found it in a line.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";

/** A matched line: as one text, or cut into before, date and after (A§2.3). */
export type MatchLine = string | readonly [before: string, date: string, after: string];

/** What a captured group holds; `users` is a list, tuples are lists. */
export type DataValue = string | number | boolean | readonly DataValue[];

/** One of a line that lies in its chunk may be read from there: whoever keeps it reads at once what he will need. */
export interface Failure {
  /** the canonical ID to count and ban; `undefined` while `host` is unresolved */
  readonly id: string | undefined;
  /** a host name that stands for the ID and is yet to be resolved (A§2.17) */
  readonly host: string | undefined;
  /** the address, where it differs from the ID */
  readonly ip: string | undefined;
  /** the line's own time */
  readonly at: EpochSeconds;
  readonly matches: readonly MatchLine[];
  /** captured groups and what A§2.15–2.16 add; non-participating groups are left out */
  readonly data: ReadonlyMap<string, DataValue>;
  /** index of the failregex that matched */
  readonly regexIndex: number;
}
