/**
 * The base patterns of the default templates, in order (A§2.5). Two blanks and `?` mean one blank or two.
 * @module
 */
import type { Need } from "./line-traits.ts";

/** Stand for the templates of their own (A§2.8). */
export const EPOCH = "EPOCH";
export const LONG_EPOCH = "LEPOCH";
export const TAI64N = "TAI64N";

/** One row of the table. */
export interface BasePattern {
  readonly pattern: string;
  /** what a line must have for the pattern to match */
  readonly needs: Need;
}

const base = (pattern: string, needs: Need): BasePattern => ({ pattern, needs });

export const BASE_PATTERNS: readonly BasePattern[] = [
  base("%ExY(?P<_sep>[-/.])%m(?P=_sep)%d(?:T|  ?)%H:%M:%S(?:[.,]%f)?(?:\\s*%z)?", "clock"),
  base("(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?", "clock"),
  base("(?:%a )?%b %d %ExY %k:%M:%S(?:\\.%f)?", "clock"),
  base("%d(?P<_sep>[-/])%m(?P=_sep)(?:%ExY|%Exy) %k:%M:%S", "clock"),
  base("%d(?P<_sep>[-/])%b(?P=_sep)%ExY[ :]?%H:%M:%S(?:\\.%f)?(?: %z)?", "clock"),
  base("%m/%d/%ExY:%H:%M:%S", "clock"),
  base("%m-%d-%ExY %k:%M:%S(?:\\.%f)?", "clock"),
  base(EPOCH, "count"),
  base("{^LN-BEG}%H:%M:%S", "clock"),
  base("^<%m/%d/%Exy@%H:%M:%S>", "clock"),
  base("%Exy%Exm%Exd  ?%H:%M:%S", "clock"),
  base("%b %d, %ExY %I:%M:%S %p", "clock"),
  base("^%b-%d-%Exy %k:%M:%S", "clock"),
  base("%ExY%Exm%Exd(?:-|T|  ?)%ExH:?%ExM:?%ExS(?:[.,]%f)?(?:\\s*%z)?", "solid"),
  base("(?:%Z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?", "clock"),
  base("(?:%z )?(?:%a )?%b %d %k:%M:%S(?:\\.%f)?(?: %ExY)?", "clock"),
  base(TAI64N, "label"),
];
