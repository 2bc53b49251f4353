/**
 * Threads that a test holds in its hands: they do what they are told when they are told, or nothing, or die.
 * @module
 */
import { onTestFinished } from "vitest";
import { ChunkWorker } from "../../../../src/detect/worker/chunk-worker.ts";
import { CONTROL, type FromWorker, type ToWorker } from "../../../../src/detect/worker/messages.ts";
import type { StartWorker } from "../../../../src/detect/worker/watched-worker.ts";
import { WorkerPool } from "../../../../src/detect/worker/worker-pool.ts";
import { NOON, utc } from "../../date/fixed-zones.ts";

const clock = { now: () => NOON };

/** A thread in this one: it works between two turns of the event loop. */
export class FakeThread {
  readonly control: Int32Array;
  readonly #heard: Parameters<StartWorker>[1];
  readonly #worker: ChunkWorker;
  readonly #waiting: ToWorker[] = [];
  busyMs = 0;
  hasEnded = false;
  /** where it hangs from now on; `undefined`: it does its work */
  hangsAt: { readonly line: number; readonly regex: number } | undefined;
  #isHanging = false;

  constructor(control: SharedArrayBuffer, heard: Parameters<StartWorker>[1]) {
    this.control = new Int32Array(control);
    this.#heard = heard;
    const post = (message: FromWorker): void => {
      if (!this.hasEnded) heard.message(structuredClone(message));
    };
    this.#worker = new ChunkWorker({ clock, zone: utc, control: this.control, post, measure: () => 0 });
  }

  post(message: ToWorker): void {
    this.#waiting.push(structuredClone(message));
    setImmediate(() => this.#work());
  }

  die(reason: string): void {
    this.hasEnded = true;
    this.#heard.died(reason);
  }

  #work(): void {
    for (
      let next = this.#waiting.shift();
      next !== undefined && !this.hasEnded && !this.#isHanging;
      next = this.#waiting.shift()
    ) {
      if (this.hangsAt === undefined || next.kind !== "chunk") this.#worker.take(next);
      else this.#hang(next.job, this.hangsAt);
    }
  }

  #hang(job: number, { line, regex }: { readonly line: number; readonly regex: number }): void {
    this.#isHanging = true;
    Atomics.store(this.control, CONTROL.job, job);
    Atomics.store(this.control, CONTROL.behind, 0);
    Atomics.store(this.control, CONTROL.line, line);
    Atomics.store(this.control, CONTROL.regex, regex);
  }
}

/** A pool of such threads. */
export function fakePool(options: { readonly limit?: number; readonly takesLoad?: boolean } = {}) {
  const threads: FakeThread[] = [];
  const said: string[] = [];
  const pool = new WorkerPool({
    limit: 1,
    takesLoad: true,
    ...options,
    start: (control, heard) => {
      const thread = new FakeThread(control, heard);
      threads.push(thread);
      return {
        post: (message) => thread.post(message),
        end: () => {
          thread.hasEnded = true;
        },
        busyMs: () => thread.busyMs,
      };
    },
    observe: (event) => {
      if (event.type === "message") said.push(`${event.level} ${event.text}`);
    },
  });
  onTestFinished(() => pool.close());
  return { pool, threads, said };
}
