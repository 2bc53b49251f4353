/**
 * What a part of the parity run is: it compares gaoler with the real program (or with Python itself) and yields what it has compared.
 * A part lives in `tests/parity/<folder>/part.ts` and exports one generator function `<name>Part`; the frame finds it there.
 * It does not know which differences are on purpose: that stands in `known.json`, and the frame judges.
 * @module
 */

/** How a program of the other side ended. */
export interface Ended {
  /** Exit code; `undefined` where a signal or the deadline ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The deadline passed and the program was killed with all its children. What it wrote until then is there. */
  readonly isHung: boolean;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** Deadline; a minute unless told. */
  readonly timeoutMs?: number;
  /** Beside the environment of the run, such as `{ TZ: "Europe/Paris" }`. The locale is `C.UTF-8`, the zone UTC unless told. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Thrown by a part before it has compared anything: what this machine lacks. The part is skipped by name. */
export class NotHere extends Error {}

/** Debian's fail2ban, unpacked and never installed. */
export interface OraclePackage {
  /** Where the package was unpacked. */
  readonly directory: string;
  /** Its `etc/fail2ban`. */
  readonly configuration: string;
  /** The folder that holds its Python packages. */
  readonly packages: string;
  /** Runs `["fail2ban-regex", …]`, `["fail2ban-client", …]`. Throws only where the machine cannot start a program at all. */
  run(argv: readonly [program: string, ...args: string[]], options?: RunOptions): Promise<Ended>;
}

export interface ParityContext {
  readonly oracle: OraclePackage;
  /** Runs `python3` with these arguments (`["-", …]` with the script on stdin, or a path). */
  python(argv: readonly string[], options?: RunOptions): Promise<Ended>;
  /** A folder of this part's own that is removed after the run. */
  readonly scratch: string;
  /** `--long`: as much as is useful, millions; otherwise a minute or so on two cores. */
  readonly isLong: boolean;
  /** `--plain`: every line goes through the filter; the fast path is taken otherwise. */
  readonly isPlain: boolean;
  /** Random cases must follow from it alone, so that a run can be repeated. */
  readonly seed: number;
  /**
   * The entries of `known.json` for this part. A part runs each `example` every time, beside whatever else it runs: an entry whose
   * example yields no difference with the entry's key is stale and fails the run.
   */
  readonly known: readonly KnownDifference[];
  /** Says what is going on; shown in the one line of progress. */
  progress(text: string): void;
}

/** One disagreement. */
export interface Difference {
  /** A stable class (`lines:sshd:leading-zero-quad`) or the exact example; `known.json` names it. */
  readonly key: string;
  /** What was given to both; for an entry's example exactly the text of the entry. */
  readonly input: string;
  readonly theirs: string;
  readonly ours: string;
}

/** The outcome of one piece of work; a part yields as many as it likes, one for each filter, say. */
export interface ParityResult {
  readonly part: string;
  /** What was compared: `sshd[mode="ddos"]`. */
  readonly name: string;
  /** How many comparisons. */
  readonly cases: number;
  readonly differences: readonly Difference[];
  /** Inputs on which the oracle did not end in time. */
  readonly hangs?: readonly string[];
}

export type ParityPart = (context: ParityContext) => AsyncGenerator<ParityResult>;

/** An entry of `known.json`: a difference on purpose. */
export interface KnownDifference {
  readonly part: string;
  /** The key of the difference; this or `pattern` is there. */
  readonly key?: string;
  /** A JavaScript regular expression that the whole key must match. */
  readonly pattern?: string;
  readonly reason: string;
  readonly rule: "A§6" | "B§8" | "improvement";
  /** The `input` of a difference that occurs in every run of the part. */
  readonly example: string;
  /** The test of our behaviour: `tests/unit/….test.ts: name of the test`. */
  readonly heldBy: string;
}
