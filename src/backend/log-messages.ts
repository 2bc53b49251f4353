/**
 * What is told of one log file's life (texts of A§5, B§1.4): each trouble once, until it is over.
 * Knows nothing of how the life is followed.
 * @module
 */
import type { Level, Logger, Observe } from "../base/event.ts";
import { MAX_LINE_BYTES } from "./open-log.ts";

/** Why a log cannot be read now. */
export interface LogTrouble {
  readonly kind: "absent" | "refused" | "unreadable";
  readonly reason: string;
}

/** Where a reading stood, for the message about a rotation. */
interface Reading {
  readonly ino: bigint;
  readonly position: number;
  readonly hash: string;
}

export class LogMessages {
  readonly #path: string;
  readonly #observe: Observe;
  readonly #absence: { readonly level: Level; readonly logger: Logger };
  #trouble: LogTrouble | undefined;
  #saidAdded = false;
  #saidCut = false;

  /** @param absence how absence is told: polling is quieter than inotify (A§5.5) */
  constructor(path: string, observe: Observe, absence: { readonly level: Level; readonly logger: Logger }) {
    this.#path = path;
    this.#observe = observe;
    this.#absence = absence;
  }

  /** The present trouble. */
  get present(): LogTrouble | undefined {
    return this.#trouble;
  }

  /** A trouble begins, becomes another, or goes on, which is not told again. */
  trouble(trouble: LogTrouble): void {
    if (this.#trouble?.kind === trouble.kind && this.#trouble.reason === trouble.reason) return;
    this.#trouble = { kind: trouble.kind, reason: trouble.reason };
    const { level, logger } = this.#absence;
    if (trouble.kind !== "absent") {
      this.#say("ERROR", `Unable to read log file '${this.#path}': ${trouble.reason}; it is tried again`);
    } else if (this.#saidAdded) {
      const text = `Log absence detected (possibly rotation) for ${this.#path}, reason: ${trouble.reason}`;
      this.#say(level, text, logger);
    } else {
      this.#say("INFO", `Log file '${this.#path}' does not exist yet; it is read as soon as it appears`);
    }
  }

  /** The trouble is over, if there was one. */
  over(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#say("MSG", `Log presence detected for file ${this.#path}`, this.#absence.logger);
  }

  /** Reading begins, told once. */
  added(reading: Reading): void {
    if (this.#saidAdded) return;
    this.#saidAdded = true;
    this.#say("INFO", `Added logfile: '${this.#path}' (pos = ${reading.position}, hash = ${reading.hash})`);
  }

  rotation(size: number, now: Reading, before: Reading): void {
    const reason = `(${size}, ${before.position}, ${now.ino}, ${before.ino}, '${now.hash}', '${before.hash}')`;
    this.#say("MSG", `Log rotation detected for ${this.#path}, reason: ${reason}`);
  }

  /** A line was cut, told once. */
  cut(): void {
    if (this.#saidCut) return;
    this.#saidCut = true;
    const text = `Log file '${this.#path}' has a line longer than ${MAX_LINE_BYTES} bytes; such lines are cut`;
    this.#say("WARNING", text);
  }

  /** A rotated file cannot be read; the log itself may be sound. */
  rotatedTrouble(reason: string): void {
    this.#say(
      "ERROR",
      `Unable to read the rotated '${this.#path}': ${reason}; it is tried again for a minute`,
    );
  }

  /** A rotated file ends with half a line that nobody completed. */
  incomplete(bytes: number): void {
    const what = `${bytes} bytes at the end of the rotated '${this.#path}'`;
    this.#say("INFO", `${what} were never completed to a line; not processed`);
  }

  #say(level: Level, text: string, logger: Logger = "filter"): void {
    this.#observe({ type: "message", level, logger, text });
  }
}
