/**
 * Brings the lines of one path's files to the sink, at the pace at which they are taken, and says where the path stands
 * meanwhile. Knows nothing of which file is read when.
 * @module
 */
import type { LogMessages } from "./log-messages.ts";
import type { LogSink } from "./log-source.ts";
import type { OpenLog, Piece } from "./open-log.ts";

/** Chunks delivered before other paths get their turn. */
const CHUNKS_PER_TURN = 64;
/** Who brings less has read nearly all there is. */
const MANY_BYTES = 16 * 1024;

export interface DeliveryOptions {
  readonly path: string;
  readonly sink: LogSink;
  readonly messages: LogMessages;
  /** nothing more is delivered now; what was read and not taken is read again */
  mustPause(): boolean;
  /** the file whose position stands for the path while another one is read */
  booked(): OpenLog | undefined;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  #inOperation = false;
  #owesIdle = true;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** From now on what is read was written just now (A§2.3). */
  beInOperation(): void {
    this.#inOperation = true;
  }

  /** All was delivered; told once. */
  idle(): void {
    if (!this.#owesIdle) return;
    this.#owesIdle = false;
    this.#options.sink.idle(this.#options.path);
  }

  /**
   * Reads a file to its end or for a turn.
   *
   * @param isOld it is not certain that its lines were written just now
   * @throws the system's error
   */
  async drain(log: OpenLog, buffer: Uint8Array, isOld: boolean): Promise<"idle" | "more" | "rewritten"> {
    for (let pieces = 0; pieces < CHUNKS_PER_TURN; pieces++) {
      const piece = await log.read(buffer);
      if (piece.kind === "end") return "idle";
      if (piece.kind === "rewritten") return "rewritten";
      if (piece.kind === "lines") await this.#deliver(log, piece, isOld);
      if (this.#options.mustPause()) break;
    }
    return "more";
  }

  /** Brings a piece's lines until all are taken or a pause is due. */
  async #deliver(log: OpenLog, piece: Piece & { kind: "lines" }, isOld: boolean): Promise<void> {
    const { path, sink, messages, mustPause, booked } = this.#options;
    if (piece.cut) messages.cut();
    let { bytes } = piece;
    const took = (count: number): void => {
      log.take(count);
      bytes = bytes.subarray(count);
    };
    while (bytes.length > 0) {
      await sink.turn(bytes.length < MANY_BYTES ? undefined : { path, offset: log.position });
      if (mustPause()) return;
      // a late line of a rotated file must not store that file's position for the path
      const stands = booked() ?? log;
      const isRotated = stands !== log;
      this.#owesIdle = true;
      const chunk = {
        path,
        bytes,
        offset: log.position,
        position: isRotated ? stands.position : piece.end,
        isRotated,
        firstLineHash: stands.hash,
        inOperation: this.#inOperation && !isOld,
      };
      const taken = sink.chunk(chunk, took);
      if (typeof taken === "number") took(taken);
      else await taken;
    }
  }
}
