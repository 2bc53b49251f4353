/**
 * What can be wrong with a filter that works: one value for each finding, with a line that shows it where there is one.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";

/** What was looked for; the names are promised to programs (docs/lint.md). */
export type LintCheck =
  | "blank-host"
  | "broken"
  | "date-anchor"
  | "duplicate"
  | "forged-host"
  | "never-matches"
  | "open-end"
  | "open-host"
  | "slow-search"
  | "unanchored"
  | "unused-parameter";

/** A text that was really tried, and what came of it. */
export interface Proof {
  /** what a service would have logged, without its time */
  readonly line: string;
  /** what the filter makes of it */
  readonly outcome: string;
}

export interface LintFinding extends Diagnostic {
  readonly check: LintCheck;
  readonly filter: string;
  readonly proof?: Proof;
}

/** Who really did it, in lines made up as proofs. */
export const CULPRIT = "198.51.100.7";
/** Who had nothing to do with it. */
export const BYSTANDER = "203.0.113.66";

/** Whether a finding fails a run; notices do not. */
export const isFailing = ({ severity }: LintFinding): boolean => severity !== "notice";
