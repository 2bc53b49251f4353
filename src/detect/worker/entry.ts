/**
 * Where a thread begins that takes log lines.
 * @module
 */
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { systemLocalZone } from "../../exec/local-zone.ts";
import { systemClock } from "../../exec/system-clock.ts";
import { ChunkWorker } from "./chunk-worker.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** The thread's number for the system, where that tells. */
function taskNumber(): string | undefined {
  try {
    return basename(readlinkSync("/proc/thread-self"));
  } catch {
    return undefined;
  }
}

const port = parentPort;
const control: unknown = workerData;
if (port === null || !(control instanceof SharedArrayBuffer)) throw new Error("not started as a thread");
const post = (message: FromWorker): void => port.postMessage(message);
const work = new ChunkWorker({
  clock: systemClock,
  zone: systemLocalZone,
  control: new Int32Array(control),
  post,
  measure: () => performance.now(),
});
port.on("message", (message: ToWorker) => work.take(message));
post({ kind: "ready", task: taskNumber() });
