/**
 * The reading side of a jail: its source of lines, and how far each log was read, kept over changes and in the database.
 * Knows nothing of what the lines mean; whoever takes them says when a position must not be lost.
 * @module
 */
import { type LogChunk, type LogPosition, type LogStand, positionAfter } from "../backend/log-source.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { DateDetector } from "../date/detector.ts";
import type { TimedText } from "../detect/log-detector.ts";
import type { ReadingPlace, ReadingStand } from "../detect/reading-turns.ts";
import type { Portion } from "../detect/worker/messages.ts";
import { RegexBudgetError } from "../regex/errors.ts";
import type { BanStore } from "../store/store.ts";
import type { Annals } from "./annals.ts";
import type { JailParts } from "./jail-parts.ts";
import type { JailPorts, JailSource } from "./jail-ports.ts";

/** A log's position is stored at most this often; milliseconds. */
const SAVE_DELAY_MS = 1000;
/** IDs whose counts are stored without waiting: so many take about as long as a slice of lines. */
const MANY_UNKEPT = 500;

/** What was taken in one go. */
export interface Taken {
  /** bytes of a chunk, or lines of the journal */
  readonly taken: number;
  /** bans that were decided: how far the log was read is stored together with them */
  readonly bans: number;
}

/** Lines to take, of a chunk or of the journal. */
interface Slice {
  readonly place: ReadingPlace;
  /** what is taken if all of it is */
  readonly most: number;
  /** whether they came after the log was read to its end once */
  readonly inOperation: boolean;
  standsAfter(taken: number): readonly LogStand[];
}

/** Takes lines, as many as it has time for. */
export interface LineTaker {
  chunk(chunk: LogChunk): Taken;
  /** takes them in another thread where that is better; what comes of them is to be settled in its order */
  elsewhere(chunk: LogChunk): AsyncIterable<Portion> | undefined;
  settle(portion: Portion): Taken;
  /** what is taken elsewhere is to come soon */
  hurry(): void;
  timed(lines: readonly TimedText[], inOperation: boolean): Taken;
  /** all lines there are were taken */
  ended(): void;
  /** all failures of the lines taken so far were counted */
  isSettled(): boolean;
  /** keeps what is counted of these lines; called together with the storing of where the logs stand */
  keep(store: BanStore): void;
  /** IDs that were counted since */
  unkept(): number;
  /** the parts as they are now */
  parts(): JailParts;
}

export class LogReading {
  readonly #jail: string;
  readonly #ports: JailPorts;
  readonly #annals: Pick<Annals, "isHeld" | "sliceTaken" | "linesEnded" | "room" | "writeAll">;
  readonly #taker: LineTaker;
  /** where logs stood when the source was last stopped: newer than the database, and there without one */
  readonly #left = new Map<string, LogPosition>();
  /** where logs stand that were read since their positions were stored */
  readonly #unsaved = new Map<string, LogPosition>();
  /** patterns that were read before: what they lead to is read on, not entered at its end */
  readonly #begun = new Set<string>();
  #isLeaving = false;
  #source: JailSource | undefined;
  #place: ReadingPlace | undefined;
  #isIdle = false;
  #saveTimer: NodeJS.Timeout | undefined;

  constructor(
    jail: string,
    ports: JailPorts,
    annals: Pick<Annals, "isHeld" | "sliceTaken" | "linesEnded" | "room" | "writeAll">,
    taker: LineTaker,
  ) {
    this.#jail = jail;
    this.#ports = ports;
    this.#annals = annals;
    this.#taker = taker;
  }

  get isIdle(): boolean {
    return this.#isIdle;
  }

  /** Monitored files. */
  paths(): readonly string[] {
    return this.#source?.paths() ?? [];
  }

  /** Goes on where another one stopped. */
  succeed(other: LogReading): void {
    for (const [path, position] of other.#left) this.#left.set(path, position);
  }

  /** Begins to read by the present parts, each log from where it was left. */
  async start(): Promise<void> {
    const source = this.#makeSource();
    this.#source = source;
    // a source that reads at once must know before, one that listens only while it runs, afterwards
    if (this.#isIdle) source.setIdle(true);
    await source.start();
    if (this.#isIdle) source.setIdle(true);
  }

  /** Reads no more and remembers where each log stands. */
  async stop(): Promise<void> {
    const source = this.#source;
    if (source !== undefined) {
      // a source that has stopped may know no positions any more; what it still delivers says where it stands
      this.#left.clear();
      for (const { path, hash, position } of source.positions()) this.#left.set(path, { hash, position });
      this.#isLeaving = true;
      const stopped = source.stop();
      this.#place?.leave();
      this.#taker.hurry();
      await stopped;
      this.#isLeaving = false;
      this.#source = undefined;
    }
    this.#annals.writeAll();
    this.save();
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    this.#unsaved.clear();
  }

  /** While idle nothing is read, and nothing is missed either. */
  setIdle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    this.#source?.setIdle(isIdle);
  }

  /**
   * Stores where each log stands, and what is counted. Not while a failure waits for an answer or a burst to be written: after a crash
   * their lines are read again instead of being lost.
   *
   * @param isForced even then: no line that was read must count again
   */
  save(isForced = false): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    if (!isForced && (this.#annals.isHeld || !this.#taker.isSettled())) {
      this.#saveSoon();
      return;
    }
    if (this.#source === undefined)
      for (const [path, position] of this.#left) this.#unsaved.set(path, position);
    else
      for (const { path, hash, position } of this.#source.positions())
        this.#unsaved.set(path, { hash, position });
    this.#store();
  }

  /** Stores it within a second. */
  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.save(), SAVE_DELAY_MS);
  }

  /** Positions and counts go together: either alone would have lines lost or counted twice. */
  #store(): void {
    const store = this.#ports.store();
    store?.transaction(() => {
      for (const [path, { hash, position }] of this.#unsaved) {
        store.saveLogPosition(this.#jail, path, hash, position);
      }
      this.#taker.keep(store);
    });
    this.#unsaved.clear();
  }

  #makeSource(): JailSource {
    const { settings, backend } = this.#taker.parts();
    const logpaths = settings.logpaths.map((path) => {
      const isNew = !this.#begun.has(path.pattern);
      this.#begun.add(path.pattern);
      return { ...path, tail: path.tail && isNew };
    });
    const place = this.#ports.readingTurns.join();
    this.#place = place;
    return this.#ports.makeSource({
      settings: { ...settings, logpaths },
      kind: backend.kind,
      options: backend.options,
      resume: (path) => this.#left.get(path) ?? this.#ports.store()?.logPosition(this.#jail, path),
      timeOfLine: (path, bytes) => {
        const { filter, decoder } = this.#taker.parts();
        const now = this.#ports.clock.now();
        return timeOf(filter.parts.detector, decoder.decodeLine(path, bytes), now);
      },
      sink: {
        observe: this.#ports.observe,
        idle: () => {
          this.#annals.linesEnded();
          this.#taker.ended();
        },
        turn: async (ahead?: ReadingStand) => {
          await this.#annals.room();
          await place.next(ahead);
        },
        chunk: (chunk, took) => {
          const portions = this.#taker.elsewhere(chunk);
          if (portions !== undefined) return this.#takePortions(chunk, portions, place, took);
          return this.#take(chunk, place, () => this.#taker.chunk(chunk));
        },
        timed: ({ lines, inOperation, standsAfter }) =>
          this.#slice({ place, most: lines.length, inOperation, standsAfter }, () =>
            this.#taker.timed(lines, inOperation),
          ),
      },
    });
  }

  /** Takes lines of a chunk, some more of it. */
  #take(chunk: LogChunk, place: ReadingPlace, work: () => Taken): number {
    const standsAfter = (taken: number): LogStand[] => [{ path: chunk.path, ...positionAfter(chunk, taken) }];
    const { inOperation } = chunk;
    return this.#slice({ place, most: chunk.bytes.length, inOperation, standsAfter }, work);
  }

  #slice({ place, most, inOperation, standsAfter }: Slice, work: () => Taken): number {
    return place.work(() => {
      const { taken, bans } = this.#inTransaction(() => {
        const result = work();
        this.#note(result, standsAfter(result.taken));
        return result;
      });
      // what is caught up on is no attack that goes on; ban times that grow are asked of the database for each failure
      const mayWait = inOperation && taken < most && !this.#taker.parts().settings.increment.enabled;
      this.#annals.sliceTaken(bans, mayWait);
      return taken;
    });
  }

  /** What was found elsewhere counts by turns of its own, and where the log stands goes with it. */
  async #takePortions(
    chunk: LogChunk,
    portions: AsyncIterable<Portion>,
    place: ReadingPlace,
    took: (bytes: number) => void,
  ): Promise<void> {
    let before = 0;
    for await (const portion of portions) {
      await this.#annals.room();
      if (portion.failures.numbers.length > 0) await place.next();
      const taken = this.#take(chunk, place, () => this.#taker.settle(portion));
      took(taken - before);
      before = taken;
    }
  }

  /** Keeps where logs stand after what was taken: at once with a ban or with many counts, else soon; when all that waits is written. */
  #note({ bans }: Taken, stands: readonly LogStand[]): void {
    for (const { path, hash, position } of stands) {
      if (this.#isLeaving) this.#left.set(path, { hash, position });
      this.#unsaved.set(path, { hash, position });
    }
    if (this.#annals.isHeld) return;
    const isDue = bans > 0 || this.#taker.unkept() >= MANY_UNKEPT;
    if (isDue && this.#taker.isSettled()) this.#store();
    else this.#saveSoon();
  }

  /** A ban and how far the log was read are stored together: neither is kept without the other. */
  #inTransaction<T>(work: () => T): T {
    if (this.#annals.isHeld) return work();
    const store = this.#ports.store();
    return store === undefined ? work() : store.transaction(work);
  }
}

/** The time of a line that is looked at to find where to begin; a line that is too hard for the operator's pattern has none. */
function timeOf(detector: DateDetector, line: string, now: EpochSeconds): EpochSeconds | undefined {
  try {
    return detector.find(line, now)?.atIfOld;
  } catch (error) {
    if (error instanceof RegexBudgetError) return undefined;
    throw error;
  }
}
