/**
 * What a part of the benchmark is: it measures one thing side by side and says what came out. It prints nothing itself.
 * @module
 */
import type { Outcome } from "./goals.ts";
import type { Peers } from "./peers/peers.ts";

/** Figures behind the goals, as text. Columns of numbers stand right. */
export interface Figures {
  readonly title: string;
  /** a title that ends in `>` stands right */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** That both did the same work, or that nothing was lost. */
export interface Check {
  readonly what: string;
  readonly isRight: boolean;
}

export interface PartResult {
  readonly goals: readonly Outcome[];
  readonly figures: readonly Figures[];
  readonly checks: readonly Check[];
}

export interface BenchContext {
  /** gaoler as its users run it */
  readonly gaoler: string;
  /** the tree that ships with it */
  readonly stock: string;
  readonly peers: Peers;
  /** a folder of the run's own */
  readonly scratch: string;
  /** lines of a large log */
  readonly lines: number;
  /** rounds of a comparison, at most */
  readonly runs: number;
  /** also what takes minutes */
  readonly isLong: boolean;
  /** A log of this size, made once a run. */
  corpus(name: string, lines: number): Promise<string>;
  /** Says what is going on. */
  progress(text: string): void;
}

export interface Part {
  readonly name: string;
  /** what cannot be done without root and the tools of the kernel's network */
  readonly needsWorld: boolean;
  run(context: BenchContext): Promise<PartResult>;
}

/** So few, and its start would weigh. */
const LEAST_FOR_FAIL2BAN = 100_000;

/** fail2ban reads a tenth of the others' lines: it takes long enough. */
export const linesForFail2ban = (lines: number): number =>
  Math.min(lines, Math.max(LEAST_FOR_FAIL2BAN, Math.ceil(lines / 10)));
