/**
 * What a thread does that takes log lines: for each jail that sits here a filter of the same definition, with the state
 * that it has brought; for each chunk the portions of what was found. Knows no threads: messages come and go by its port.
 * @module
 */
import { LineDecoder } from "../../backend/decode.ts";
import { type Newlines, newlinesOf } from "../../backend/newline.ts";
import type { Clock } from "../../base/clock.ts";
import type { GaolerEvent } from "../../base/event.ts";
import type { LocalZone } from "../../base/local-time.ts";
import { compileParts } from "../../filter/filter-parts.ts";
import { LineFilter } from "../../filter/line-filter.ts";
import { LogDetector } from "../log-detector.ts";
import { SharedScanners } from "../shared-scanners.ts";
import {
  type ChunkJob,
  CONTROL,
  type DetectionTerms,
  type FromWorker,
  type PackedState,
  packState,
  type ToWorker,
  unpackState,
} from "./messages.ts";
import { FailurePacker } from "./packed-failures.ts";
import { SearchWatch } from "./search-watch.ts";

/** Bytes taken between two looks whether a portion is due. */
const PIECE_BYTES = 32 * 1024;
/** A portion is due with so many failures, or so long after the one before; milliseconds. */
const MANY_FAILURES = 128;
const PORTION_MS = 50;

export interface ChunkWorkerPorts {
  readonly clock: Clock;
  readonly zone: LocalZone;
  readonly control: Int32Array;
  post(message: FromWorker): void;
  /** the passing of time, milliseconds */
  measure(): number;
}

/** A jail's place here. */
interface Seat {
  readonly detector: LogDetector;
  readonly newlines: Newlines;
  readonly watch: SearchWatch;
  state(): PackedState;
  givenUp(): number;
}

export class ChunkWorker {
  readonly #ports: ChunkWorkerPorts;
  readonly #seats = new Map<number, Seat>();
  readonly #scanners = new SharedScanners();
  readonly #failures = new FailurePacker();
  #told: { before: number; event: GaolerEvent }[] = [];
  /** the lines under way; what is shared could be decoded by few */
  #bytes = new Uint8Array(0);

  constructor(ports: ChunkWorkerPorts) {
    this.#ports = ports;
  }

  take(message: ToWorker): void {
    switch (message.kind) {
      case "open":
        this.#seats.set(message.seat, this.#seatOf(message.terms, message.state));
        return;
      case "chunk":
        this.#takeChunk(message);
        return;
      case "close":
        this.#seats.get(message.seat)?.detector.close();
        this.#seats.delete(message.seat);
        return;
    }
  }

  #seatOf({ definition, startYear, encoding, logs }: DetectionTerms, packed: PackedState): Seat {
    const { clock, zone, control } = this.#ports;
    const observe = (event: GaolerEvent): void => {
      this.#told.push({ before: this.#failures.count, event });
    };
    const { parts } = compileParts(definition, { zone, startYear });
    if (parts === undefined) throw new Error(`the filter of '${definition.name}' cannot be made again`);
    const watch = new SearchWatch(control);
    const filter = new LineFilter(definition, watch.watched(parts), {});
    const decoder = new LineDecoder(encoding, { clock, observe });
    const state = unpackState(packed);
    filter.restore(state.filter);
    decoder.restore(state.decoder);
    const detector = new LogDetector({
      jail: definition.name,
      filter,
      decoder,
      clock,
      observe,
      share: (patterns) => this.#scanners.join(logs, patterns),
      found: (failure) => this.#failures.add(failure),
      begins: (behind, line) => watch.line(behind, line),
    });
    return {
      detector,
      newlines: newlinesOf(encoding),
      watch,
      state: () => packState({ filter: filter.state(), decoder: decoder.state() }),
      givenUp: () => filter.searchesGivenUp,
    };
  }

  #takeChunk(chunk: ChunkJob): void {
    const { control, measure } = this.#ports;
    const seat = this.#seats.get(chunk.seat);
    if (seat === undefined) throw new Error(`nobody has seat ${chunk.seat}`);
    const bytes = this.#copyOf(chunk);
    Atomics.store(control, CONTROL.regex, -1);
    Atomics.store(control, CONTROL.job, chunk.job);
    let lines = seat.detector.lines;
    let postedAt = measure();
    for (let taken = 0, isLast = false; !isLast; ) {
      taken += this.#takePiece(seat, chunk, bytes, taken);
      isLast = taken >= bytes.length || Atomics.load(control, CONTROL.stop) === chunk.job;
      const isDue = this.#failures.count >= MANY_FAILURES || measure() - postedAt >= PORTION_MS;
      if (!isLast && !isDue) continue;
      this.#post(chunk.job, taken, isLast, seat, seat.detector.lines - lines);
      lines = seat.detector.lines;
      postedAt = measure();
    }
    Atomics.store(control, CONTROL.job, 0);
  }

  #takePiece(
    { detector, newlines, watch }: Seat,
    { path, offset, inOperation, avoided }: ChunkJob,
    bytes: Uint8Array,
    from: number,
  ): number {
    const last = newlines.afterLast(bytes, from, Math.min(bytes.length, from + PIECE_BYTES));
    const to = last < 0 ? newlines.afterFirst(bytes, from, bytes.length) : last;
    watch.begin(from, avoided, (behind, line) => lineStart(newlines, bytes, behind, line));
    const piece = bytes.subarray(from, to < 0 ? bytes.length : to);
    return detector.takeChunk({ path, bytes: piece, offset: offset + from, inOperation });
  }

  #post(job: number, taken: number, isLast: boolean, seat: Seat, lines: number): void {
    const failures = this.#failures.take();
    const told = this.#told;
    this.#told = [];
    const left = { givenUp: seat.givenUp(), state: seat.state() };
    this.#ports.post({ kind: "portion", job, taken, isLast, lines, failures, told, ...left });
  }

  #copyOf({ buffer, length }: ChunkJob): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(buffer.byteLength);
    this.#bytes.set(new Uint8Array(buffer, 0, length));
    return this.#bytes.subarray(0, length);
  }
}

/** Where the line with that number begins behind an offset at which one begins. */
export function lineStart(newlines: Newlines, bytes: Uint8Array, behind: number, line: number): number {
  let start = behind;
  for (let number = 0; number < line; number++) {
    const next = newlines.afterFirst(bytes, start, bytes.length);
    if (next < 0) break;
    start = next;
  }
  return start;
}
