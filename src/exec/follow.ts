/**
 * A program that goes on talking: its lines as they come, and how it ended. Knows nothing of what they mean, nor when to start it again.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";

/** Kept of a line; the rest of it is read and dropped. */
const MAX_LINE_CHARS = 4096;
/** Kept of its complaints. */
const MAX_COMPLAINT_CHARS = 500;
/** After the polite signal, before the other. */
const KILL_AFTER_MS = 2000;

/** How it ended. */
export interface FollowEnd {
  /** there is no such program */
  readonly isAbsent: boolean;
  /** the last that it said on standard error, or how it ended */
  readonly complaint: string;
}

export interface FollowSink {
  line(text: string): void;
  /** called once, also after {@link Followed.stop} */
  ended(end: FollowEnd): void;
}

export interface Followed {
  /** Ends it. */
  stop(): void;
}

/** Starts a program and hands on its lines. */
export type Follow = (command: string, args: readonly string[], sink: FollowSink) => Followed;

/** Never throws: what cannot be started has ended. */
export const follow: Follow = (command, args, sink) => {
  // without a free descriptor there are no pipes
  const child: ChildProcess = spawn(command, args, {
    cwd: "/",
    // a Ctrl-C at the terminal is for whoever follows
    detached: true,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let rest = "";
  let complaint = "";
  let isEnded = false;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (isAbsent: boolean, text: string): void => {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(killTimer);
    sink.ended({ isAbsent, complaint: complaint.trim() || text });
  };
  child.stdout?.setEncoding("utf8");
  child.stdout?.on("data", (text: string) => {
    const lines = text.split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      sink.line((rest + line).slice(0, MAX_LINE_CHARS));
      rest = "";
    }
    rest = (rest + last).slice(0, MAX_LINE_CHARS);
  });
  child.stderr?.on("data", (bytes: Buffer) => {
    complaint = (complaint + bytes.toString("utf8")).slice(-MAX_COMPLAINT_CHARS);
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("error", () => undefined);
  child.once("error", (error) => end("code" in error && error.code === "ENOENT", error.message));
  child.once("close", (code, signal) => end(false, `ended with ${signal ?? code}`));
  return {
    stop: () => {
      if (isEnded) return;
      child.kill("SIGTERM");
      killTimer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
      killTimer.unref();
    },
  };
};
