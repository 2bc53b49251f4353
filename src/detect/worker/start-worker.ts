/**
 * Starts the threads that take log lines, from source or from the bundle.
 * @module
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { StartWorker, WorkerLink } from "./watched-worker.ts";

/** Where a thread begins; the bundle has it beside its other programs. */
const ENTRY = join(
  import.meta.dirname,
  import.meta.filename.endsWith(".ts") ? "entry.ts" : "detection-worker.js",
);

/** Megabytes for what lives long, filters and what they have learnt, and for what does not; a thread is there only while it has much to do. */
const HEAP = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 12 };
const INITIAL_HEAP_MB = 32;
const NANOSECONDS_PER_MS = 1e6;

/** As many as have a processor besides the main thread's; one at least, for what may hold up a thread. */
export function usefulThreads(): { readonly limit: number; readonly takesLoad: boolean } {
  const free = availableParallelism() - 1;
  return { limit: Math.max(1, free), takesLoad: free > 0 };
}

/**
 * Starts a thread. It holds up no end of the process.
 *
 * @param entry another program than ours; for tests
 */
export const startWorker = (
  control: SharedArrayBuffer,
  { message, died }: Parameters<StartWorker>[1],
  entry: string | URL = ENTRY,
): WorkerLink => {
  let task: string | undefined;
  // Flags for heaps that are made from now on. What the runtime is told for the main thread, which mostly waits, does not suit this one;
  // and a heap that begins small is collected as a whole every few megabytes.
  setFlagsFromString("--max-semi-space-size=0");
  setFlagsFromString(`--initial-heap-size=${INITIAL_HEAP_MB}`);
  const worker = new Worker(entry, {
    workerData: control,
    resourceLimits: HEAP,
    name: "detection",
  });
  worker.unref();
  worker.on("message", (heard) => {
    if (heard.kind === "ready") task = heard.task;
    message(heard);
  });
  worker.on("error", (error) => died(error instanceof Error ? error.message : String(error)));
  worker.on("exit", (code) => died(`exit code ${code}`));
  return {
    post: (sent) => worker.postMessage(sent),
    end: () => void worker.terminate(),
    busyMs: () => (task === undefined ? undefined : busyMsOf(task)),
  };
};

/** What the system has counted for a thread of this process. */
function busyMsOf(task: string): number | undefined {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${task}/schedstat`, "latin1").split(" ");
    return Number(nanoseconds) / NANOSECONDS_PER_MS;
  } catch {
    return undefined;
  }
}
