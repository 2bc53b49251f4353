/**
 * Runs a tool by itself, without a shell, with a text for its standard input. It has a deadline. Knows
 * nothing of what it says.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Haste } from "./haste.ts";

/** Read of what a tool prints: a chain with some hundred thousand rules. */
const MAX_PRINTED_CHARS = 1 << 26;

/** How it ended: its exit code, or `undefined` if it was not there, did not end in time or was killed. */
export type ToolEnd = number | undefined;

export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly timeoutMs: number;
  readonly haste: Haste;
}

function begin(
  program: string,
  args: readonly string[],
  stdout: "ignore" | "pipe",
): ChildProcess | undefined {
  try {
    // what ends gaoler's group is not to end a transaction
    return spawn(program, args, { cwd: "/", detached: true, stdio: ["pipe", stdout, "ignore"] });
  } catch {
    // no memory for another process
    return undefined;
  }
}

/** Never rejects. */
export function runTool(run: ToolRun): Promise<ToolEnd> {
  const child = begin(run.program, run.args, "ignore");
  return child === undefined ? Promise.resolve(undefined) : ended(child, run, "exit");
}

/** What a tool prints; `undefined` if it did not do so to its end, well and in time, or prints more than {@link MAX_PRINTED_CHARS}. */
export async function readTool(run: ToolRun): Promise<string | undefined> {
  const child = begin(run.program, run.args, "pipe");
  if (child === undefined) return undefined;
  const parts: string[] = [];
  let left = MAX_PRINTED_CHARS;
  child.stdout?.setEncoding("latin1").on("data", (text: string) => {
    left -= text.length;
    if (left >= 0) parts.push(text);
  });
  child.stdout?.on("error", () => undefined);
  const end = await ended(child, run, "close");
  return end === 0 && left >= 0 ? parts.join("") : undefined;
}

function ended(
  child: ChildProcess,
  { input, timeoutMs, haste }: ToolRun,
  last: "exit" | "close",
): Promise<ToolEnd> {
  return new Promise((resolve) => {
    let isLate = false;
    const expire = (): void => {
      isLate = true;
      child.kill("SIGKILL");
    };
    const deadline = setTimeout(expire, haste.limit(timeoutMs));
    const forget = haste.onBegin((limitMs) => setTimeout(expire, limitMs).unref());
    const settle = (code: ToolEnd): void => {
      clearTimeout(deadline);
      forget();
      resolve(isLate ? undefined : code);
    };
    child.once("error", () => settle(undefined));
    child.once(last, (code) => settle(code ?? undefined));
    // without a free descriptor there is no pipe; a tool that ends early breaks it
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
