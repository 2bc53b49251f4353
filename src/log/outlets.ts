/**
 * The places a log line can be written to: a file, a standard stream, or a program that hands it to syslog or the journal.
 * Knows nothing of levels and formats.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import type { PackedLines } from "./waiting-lines.ts";

/** Takes finished lines. */
export interface Outlet {
  /** Writes one line. @throws the system's error; the line is then lost */
  write(line: string, context: { readonly logger: string; readonly severity: number }): void;
  /** Writes lines in one go, where that is cheaper. Never throws: each line that is lost is told with the reason. */
  writeMany?(lines: PackedLines, lost: (reason: unknown) => void): void;
  /** Begins anew under the same name, for log rotation. @throws the system's error */
  reopen(): void;
  close(): void;
}

/** Mode of a log file that is created (B§1.8). */
const FILE_MODE = 0o600;
const NEWLINE = Buffer.from("\n");
/** Bytes waiting for a log program; further lines are refused. */
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Appends to a file. One that was removed is made anew with the next line; one that was renamed is written to until `reopen`, as
 * those who rotate logs expect.
 *
 * @param removed told when it was made anew
 * @throws the system's error if it cannot be opened
 */
export function openFileOutlet(path: string, removed: () => void): Outlet {
  let file = openAppend(path);
  /** the last line was written in part: the disk is full */
  let isTorn = false;
  const reopen = (): void => {
    const next = openAppend(path);
    closeSync(file);
    file = next;
    isTorn = false;
  };
  const makeAnew = (): void => {
    if (fstatSync(file).nlink > 0) return;
    reopen();
    removed();
  };
  /** @param line with its newline */
  const writeOne = (line: Uint8Array): void => {
    makeAnew();
    const bytes = isTorn ? Buffer.concat([NEWLINE, line]) : line;
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(file, bytes, done);
      isTorn = false;
    } catch (error) {
      if (done > 0) isTorn = true;
      throw error;
    }
  };
  /** @returns how many were written whole */
  const writeWhole = ({ bytes, ends }: PackedLines): number => {
    if (isTorn) return 0;
    let done = 0;
    try {
      makeAnew();
      while (done < bytes.length) done += writeSync(file, bytes, done);
      return ends.length;
    } catch {
      const whole = ends.findIndex((end) => end > done);
      if (whole < 0) return ends.length;
      isTorn = done > (ends[whole - 1] ?? 0);
      return whole;
    }
  };
  return {
    write: (line) => writeOne(Buffer.from(`${line}\n`)),
    writeMany: (lines, lost) => {
      const { bytes, ends } = lines;
      // what stood in the way of all of them may not stand in the way of each
      for (let line = writeWhole(lines); line < ends.length; line += 1) {
        try {
          writeOne(bytes.subarray(ends[line - 1] ?? 0, ends[line]));
        } catch (error) {
          lost(error);
        }
      }
    },
    reopen,
    close: () => closeSync(file),
  };
}

function openAppend(path: string): number {
  // a pipe that nobody reads must not hold the daemon up
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  const file = openSync(path, O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY, FILE_MODE);
  if (!fstatSync(file).isDirectory()) return file;
  closeSync(file);
  throw new Error("it is a directory");
}

/** Writes to a standard stream. */
export function streamOutlet(stream: { write(text: string): unknown }): Outlet {
  return {
    write: (line) => {
      stream.write(`${line}\n`);
    },
    reopen: () => undefined,
    close: () => undefined,
  };
}

/** How to start the program that takes the lines of one logger, and what to put before each line. */
export interface ProgramLine {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Hands lines to a program's standard input, one program for each logger where their command lines differ; started with the
 * first line, started again with the first line after its end.
 *
 * @param prefix what the program reads as the line's priority
 * @param failed told when a program ends or cannot be started
 */
export function programOutlet(
  commandOf: (logger: string) => ProgramLine,
  prefix: (severity: number) => string,
  failed: (reason: string) => void,
): Outlet {
  const children = new Map<string, ChildProcess>();
  const childOf = (logger: string): ChildProcess => {
    const { command, args } = commandOf(logger);
    const key = [command, ...args].join("\0");
    const running = children.get(key);
    if (running !== undefined) return running;
    // a Ctrl-C at the terminal is not for the log
    const child = spawn(command, args, { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    let isOver = false;
    const over = (reason: string): void => {
      if (isOver) return;
      isOver = true;
      if (children.get(key) !== child) return;
      children.delete(key);
      failed(reason);
    };
    child.on("error", (error) => over(error.message));
    child.on("exit", (code, signal) => over(`${command} ended with ${signal ?? code}`));
    child.stdin?.on("error", (error) => over(error.message));
    // the log must not keep the process alive
    child.unref();
    children.set(key, child);
    return child;
  };
  const end = (): void => {
    const all = [...children.values()];
    children.clear();
    for (const child of all) child.stdin?.end();
  };
  return {
    write: (line, { logger, severity }) => {
      const { stdin } = childOf(logger);
      if (stdin === null) throw new Error("no way to the log program");
      if (stdin.writableLength > MAX_WAITING_BYTES) throw new Error("the log program does not read");
      stdin.write(`${prefix(severity)}${line.replaceAll("\n", " ")}\n`);
    },
    reopen: end,
    close: end,
  };
}
