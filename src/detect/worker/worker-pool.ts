/**
 * The threads that take log lines: as many as there are processors besides the main thread's, only while a jail sits in one, together who
 * reads the same logs. Who may hold up a thread gets one for himself, or shares it with others of his kind.
 * @module
 */
import type { Observe } from "../../base/event.ts";
import type { DetectionTerms, PackedState } from "./messages.ts";
import { type Seat, type StartWorker, WatchedWorker, type WatchedWorkerOptions } from "./watched-worker.ts";

/** After so many threads that died by themselves no other one is started. */
const MAX_DEATHS = 3;

export interface WorkerPoolOptions {
  readonly start: StartWorker;
  /** threads at a time */
  readonly limit: number;
  /** whether a log that is caught up on may have one: not where the main thread would have to wait for it */
  readonly takesLoad: boolean;
  readonly observe: Observe;
  /** how long a thread may be held up; milliseconds of the processor's time */
  readonly patienceMs?: number;
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  /** with the seat that has the thread for itself, if one has */
  readonly #workers = new Map<WatchedWorker, Seat | undefined>();
  #deaths = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Threads that run now. */
  get size(): number {
    return this.#workers.size;
  }

  /**
   * A place for a jail's lines.
   *
   * @param isHard its lines may hold up a thread
   * @returns `undefined`: there is none
   */
  seat(terms: DetectionTerms, state: () => PackedState, isHard: boolean): Seat | undefined {
    const { takesLoad } = this.#options;
    if (this.#deaths >= MAX_DEATHS || !(takesLoad || isHard)) return undefined;
    const own = isHard ? this.#forHard() : undefined;
    const worker = own ?? (isHard ? this.#leastOf([...this.#workers.keys()]) : this.#forLoad(terms.logs));
    const seat = worker?.open(terms, state());
    if (own !== undefined && seat !== undefined) {
      this.#workers.set(own, seat);
      own.clearFor(seat);
    }
    return seat;
  }

  close(): void {
    for (const worker of this.#workers.keys()) worker.end();
  }

  /** A new thread, or one whose other jails do without. */
  #forHard(): WatchedWorker | undefined {
    return this.#startIfAllowed() ?? this.#leastOf(this.#unreserved());
  }

  #forLoad(logs: readonly string[]): WatchedWorker | undefined {
    const open = this.#unreserved();
    return open.find((worker) => worker.serves(logs)) ?? this.#startIfAllowed() ?? this.#leastOf(open);
  }

  #unreserved(): readonly WatchedWorker[] {
    return [...this.#workers].flatMap(([worker, guest]) =>
      guest === undefined || guest.isGone ? [worker] : [],
    );
  }

  #leastOf(workers: readonly WatchedWorker[]): WatchedWorker | undefined {
    return [...workers].sort((one, other) => one.size - other.size)[0];
  }

  #startIfAllowed(): WatchedWorker | undefined {
    const { limit, start, patienceMs } = this.#options;
    if (this.#workers.size >= limit) return undefined;
    const worker = new WatchedWorker({ start, patienceMs, gone: (one, cause) => this.#lose(one, cause) });
    this.#workers.set(worker, undefined);
    return worker;
  }

  #lose(worker: WatchedWorker, cause: Parameters<WatchedWorkerOptions["gone"]>[1]): void {
    this.#workers.delete(worker);
    if (typeof cause === "string") return;
    this.#deaths += 1;
    const then = this.#deaths < MAX_DEATHS ? "" : "; from now on all lines are taken in the main thread";
    const text = `A thread that takes log lines has ended (${cause.died}), no line is lost${then}`;
    this.#options.observe({ type: "message", level: "WARNING", logger: "filter", text });
  }
}
