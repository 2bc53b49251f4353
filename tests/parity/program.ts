/**
 * Runs a program of the other side with a deadline that holds for its children too.
 * It does not know what the program is.
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Ended, RunOptions } from "./part.ts";

const DEADLINE_MS = 60_000;

/** Groups of the programs that run: none outlives the one that asked. */
const running = new Set<number>();
process.on("exit", () => {
  for (const group of running) endGroup(group);
});

function endGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}

/** Runs a program to its end, or to the deadline. Rejects only where it cannot be started. */
export function runProgram(file: string, argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, {
      env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC", ...options.env },
      // a group of its own, so that the deadline reaches what it started
      detached: true,
      stdio: "pipe",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let isHung = false;
    const timer = setTimeout(() => {
      isHung = true;
      if (pid !== undefined) endGroup(pid);
    }, options.timeoutMs ?? DEADLINE_MS);
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // one that ends without reading what it is given is its own affair
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (pid !== undefined) running.delete(pid);
      resolve({
        code: code ?? undefined,
        stdout: Buffer.concat(out).toString("utf8"),
        stderr: Buffer.concat(err).toString("utf8"),
        isHung,
      });
    });
  });
}

/** The program that users call. */
const GAOLER = join(import.meta.dirname, "../../bin/gaoler");

/** Runs `gaoler …` as a user does. */
export const runGaoler = (argv: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  runProgram("/bin/sh", [GAOLER, ...argv], options);
