/**
 * The other end of the control socket: sends commands, reads replies as data. Exceptions in replies are names and arguments,
 * nothing is called. Knows no screen.
 * @module
 */
import { connect, type Socket } from "node:net";
import { CLOSE_COMMAND, FrameReader, FrameTooLongError, frameOf } from "./frames.ts";
import { PickleError } from "./pickle-machine.ts";
import { readPickle } from "./pickle-read.ts";
import { writePickle } from "./pickle-write.ts";
import { PyException, Tuple, type WireValue } from "./wire-value.ts";

/** Longest reply; a list of ten million bans fits. */
export const MAX_REPLY_BYTES = 256 * 1024 * 1024;

/** Most values of a reply; a ban takes five. */
const MAX_REPLY_VALUES = 64_000_000;

/** What the server says to a command. */
export type ControlReply =
  | { readonly ok: true; readonly value: WireValue }
  | {
      readonly ok: false;
      readonly error: { readonly className: string; readonly args: readonly WireValue[] };
    };

/** The server answered with something that is no reply, or went away. */
export class ControlError extends Error {
  override readonly name: string = "ControlError";
}

/** The deadline passed without a reply. The message is Python's. */
export class ControlTimeoutError extends ControlError {
  override readonly name: string = "ControlTimeoutError";
  constructor() {
    super("timed out");
  }
}

interface Waiting {
  readonly resolve: (message: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** One connection; commands are sent one after the other. */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #frames = new FrameReader(MAX_REPLY_BYTES);
  #waiting: Waiting | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new ControlError("the server closed the connection")));
  }

  /**
   * Connects.
   *
   * @param timeoutMs `undefined` waits as long as the system does
   * @throws {Error} of the system, with its `code`: ENOENT, ECONNREFUSED, EACCES
   * @throws {ControlTimeoutError}
   */
  static open(path: string, timeoutMs?: number): Promise<ControlConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              socket.destroy();
              reject(new ControlTimeoutError());
            }, timeoutMs);
      socket.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      socket.once("connect", () => {
        clearTimeout(timer);
        resolve(new ControlConnection(socket));
      });
    });
  }

  /**
   * Sends one command and waits for its reply.
   *
   * @param timeoutMs `undefined` waits for ever, as fail2ban's client does
   * @throws {ControlTimeoutError} the connection is of no use afterwards
   * @throws {ControlError} no reply, or one that is none
   */
  async send(words: readonly WireValue[], timeoutMs?: number): Promise<ControlReply> {
    if (this.#waiting !== undefined) throw new ControlError("a command is under way");
    const message = await this.#exchange(frameOf(writePickle(words)), timeoutMs);
    return replyOf(message);
  }

  /** Says goodbye and closes. */
  close(): void {
    this.#socket.end(frameOf(Buffer.from(CLOSE_COMMAND, "latin1")));
    this.#socket.unref();
  }

  #exchange(request: Buffer, timeoutMs: number | undefined): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.#expire(), timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
      };
      this.#waiting = {
        resolve: (message) => {
          settle();
          resolve(message);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      if (this.#socket.destroyed) this.#fail(new ControlError("the server closed the connection"));
      else this.#socket.write(request);
    });
  }

  #expire(): void {
    this.#fail(new ControlTimeoutError());
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    try {
      // One command is under way at a time, so there is one reply at a time; more would be nobody's.
      const [message] = this.#frames.push(chunk);
      if (message !== undefined) this.#waiting?.resolve(message);
    } catch (error) {
      if (!(error instanceof FrameTooLongError)) throw error;
      this.#fail(error);
      this.#socket.destroy();
    }
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
  }
}

/** @throws {ControlError} the message is no reply pair */
function replyOf(message: Buffer): ControlReply {
  const reply = readReply(message);
  if (reply instanceof Tuple && reply.items.length === 2) {
    const [status = null, value = null] = reply.items;
    if (status === 0) return { ok: true, value };
    if (value instanceof PyException) return { ok: false, error: value };
  }
  throw new ControlError(typeof reply === "string" ? reply : "the server's answer is no reply");
}

function readReply(message: Buffer): WireValue {
  try {
    return readPickle(message, { exceptions: "inert", maxValues: MAX_REPLY_VALUES });
  } catch (error) {
    if (error instanceof PickleError) throw new ControlError(error.message);
    throw error;
  }
}
