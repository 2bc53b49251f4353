/**
 * Runs a tool by itself, without a shell, with a text for its standard input. It has a deadline; of what it says, only how it ended counts.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Haste } from "./haste.ts";

/** How it ended: its exit code, or `undefined` if it was not there, did not end in time or was killed. */
export type ToolEnd = number | undefined;

export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly timeoutMs: number;
  readonly haste: Haste;
}

function begin(program: string, args: readonly string[]): ChildProcess | undefined {
  try {
    // what ends gaoler's group is not to end a transaction
    return spawn(program, args, { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] });
  } catch {
    // no memory for another process
    return undefined;
  }
}

/** Never rejects. */
export function runTool({ program, args, input, timeoutMs, haste }: ToolRun): Promise<ToolEnd> {
  const child = begin(program, args);
  if (child === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    let isLate = false;
    const expire = (): void => {
      isLate = true;
      child.kill("SIGKILL");
    };
    const deadline = setTimeout(expire, haste.limit(timeoutMs));
    const forget = haste.onBegin((limitMs) => setTimeout(expire, limitMs).unref());
    const ended = (code: ToolEnd): void => {
      clearTimeout(deadline);
      forget();
      resolve(isLate ? undefined : code);
    };
    child.once("error", () => ended(undefined));
    child.once("exit", (code) => ended(code ?? undefined));
    // without a free descriptor there is no pipe; a tool that ends early breaks it
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
