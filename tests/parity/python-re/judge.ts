/**
 * Python's own `re` as a judge: a long-lived process that is asked in batches. A batch that does not come back is halved until the
 * one question is found on which Python hangs.
 * @module
 */
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const SCRIPT = join(import.meta.dirname, "judge.py");

/** How long Python may be silent over one batch. One search ends by itself after half a second. */
const SILENCE_MS = 60_000;

/** A text to search and the code point to begin at. */
export type Probe = readonly [text: string, from: number];

export interface Question {
  readonly pattern: string;
  /** Python's numbers of the flags, such as `IGNORECASE`. */
  readonly flags: number;
  readonly probes: readonly Probe[];
}

export const IGNORECASE = 2;
export const MULTILINE = 8;

/** The pattern is none: message and place, both as Python has them. */
export interface Mistake {
  readonly error: string;
  readonly at: number | null;
}

/**
 * Start and end of all groups in code points, -1 where unset; `null` for no match; or that there is no answer in time, or that
 * Python says of itself that it is broken.
 */
export type Found = readonly number[] | null | "hang" | "broken";

export type Verdict = Mistake | readonly Found[];

/** What Python knows of all code points: ranges as low, high, low, high, …, and which characters `(?i)` takes for one. */
export interface Tables {
  readonly version: string;
  readonly sets: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly (readonly [
    codePoint: number,
    literal: readonly number[],
    listed: readonly number[],
    again: readonly number[],
    ascii: readonly number[],
  ])[];
}

/** A Python 3.11 on this machine. */
export interface Python {
  readonly command: string;
  /** the third number of its version */
  readonly patch: number;
}

/** Where a Python 3.11 may be. */
const CANDIDATES = ["python3", "python3.11", "/usr/bin/python3"];

/** Before this patch possessive repeats of groups took in characters of an iteration that failed (gh-106052). */
const SOUND_PATCH = 5;

/** The latest Python 3.11 there is, `undefined` where there is none. */
export function findPython(): Python | undefined {
  const script = "import sys; print(*sys.version_info[:3])";
  const found = CANDIDATES.flatMap((command): Python[] => {
    const run = spawnSync(command, ["-c", script], { encoding: "utf8" });
    const [, patch] = /^3 11 (\d+)$/.exec((run.stdout ?? "").trim()) ?? [];
    return patch === undefined ? [] : [{ command, patch: Number(patch) }];
  });
  return found.sort((one, other) => other.patch - one.patch)[0];
}

/** Whether possessive repeats of groups do in this Python what its manual says. */
export function isPossessiveSound({ patch }: Python): boolean {
  return patch >= SOUND_PATCH;
}

export class PythonJudge {
  readonly #command: string;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #lines: Interface | undefined;

  constructor({ command }: Python) {
    this.#command = command;
  }

  /** Verdicts in the order of the questions. */
  async search(questions: readonly Question[]): Promise<readonly Verdict[]> {
    if (questions.length === 0) return [];
    const patterns = questions.map(({ pattern, flags, probes }) => [pattern, flags, probes]);
    const answer = await this.#ask({ ask: "search", patterns });
    if (Array.isArray(answer) && answer.length === questions.length) return answer;
    if (answer !== undefined) throw new Error("Python did not answer each question");
    if (questions.length > 1) {
      const middle = questions.length >> 1;
      const first = await this.search(questions.slice(0, middle));
      return [...first, ...(await this.search(questions.slice(middle)))];
    }
    return questions.map(({ probes }) => probes.map(() => "hang"));
  }

  async tables(): Promise<Tables> {
    const answer = await this.#ask({ ask: "tables" });
    if (typeof answer !== "object" || answer === null || !("sets" in answer) || !("cases" in answer)) {
      throw new Error("Python told no tables");
    }
    return answer as Tables;
  }

  /** All characters that have a name. */
  async characters(): Promise<readonly (readonly [codePoint: number, name: string])[]> {
    const answer = await this.#ask({ ask: "characters" });
    if (!Array.isArray(answer)) throw new Error("Python told no characters");
    return answer;
  }

  /** Code points of characters by name, `null` for an unknown name. */
  async codePointsOf(names: readonly string[]): Promise<readonly (number | null)[]> {
    const answer = await this.#ask({ ask: "names", names });
    if (!Array.isArray(answer) || answer.length !== names.length) throw new Error("Python told no names");
    return answer;
  }

  stop(): void {
    this.#lines?.close();
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
    this.#lines = undefined;
  }

  /** The answer, or `undefined` where Python was silent for too long or died. */
  #ask(question: object): Promise<unknown> {
    const { child, lines } = this.#process();
    return new Promise((resolve) => {
      const finish = (answer: unknown): void => {
        clearTimeout(timer);
        lines.off("line", hear);
        child.off("exit", die);
        resolve(answer);
      };
      const hear = (line: string): void => finish(JSON.parse(line));
      const die = (): void => {
        this.stop();
        finish(undefined);
      };
      const timer = setTimeout(die, SILENCE_MS);
      lines.on("line", hear);
      child.on("exit", die);
      child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  #process(): { child: ChildProcessByStdio<Writable, Readable, null>; lines: Interface } {
    if (this.#child !== undefined && this.#lines !== undefined)
      return { child: this.#child, lines: this.#lines };
    const child = spawn(this.#command, ["-X", "utf8", SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.on("error", () => undefined);
    const lines = createInterface({ input: child.stdout });
    this.#child = child;
    this.#lines = lines;
    return { child, lines };
  }
}
