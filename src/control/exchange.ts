/**
 * A connection to the control socket on which one message is answered by one message, whatever protocol it is. Knows no values.
 * @module
 */
import { connect, type Socket } from "node:net";
import { FrameReader, FrameTooLongError } from "./frames.ts";

/** Longest reply; a list of ten million bans fits. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;

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

export interface ExchangeOptions {
  /** what stands behind each reply */
  readonly end?: Buffer;
  /** for the connection; `undefined` waits as long as the system does */
  readonly timeoutMs?: number | undefined;
}

type Waiting = Pick<PromiseWithResolvers<Buffer>, "resolve" | "reject">;

export class Exchange {
  readonly #socket: Socket;
  readonly #replies: FrameReader;
  #waiting: Waiting | undefined;

  private constructor(socket: Socket, end: Buffer | undefined) {
    this.#socket = socket;
    this.#replies = new FrameReader(MAX_REPLY_BYTES, end);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new ControlError("the server closed the connection")));
  }

  /**
   * Connects.
   *
   * @throws {Error} of the system, with its `code`: ENOENT, ECONNREFUSED, EACCES
   * @throws {ControlTimeoutError}
   */
  static async open(path: string, { end, timeoutMs }: ExchangeOptions = {}): Promise<Exchange> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect(path);
    const timer = deadline(timeoutMs, () => reject(new ControlTimeoutError()));
    socket.once("error", reject);
    socket.once("connect", resolve);
    try {
      await promise;
      return new Exchange(socket, end);
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      socket.off("error", reject);
    }
  }

  /**
   * Sends a message and waits for its reply.
   *
   * @param timeoutMs `undefined` waits for ever
   * @returns the reply without what stands behind it
   * @throws {ControlTimeoutError} the connection is of no use afterwards
   * @throws {ControlError} no reply, or another message is under way
   */
  async ask(message: Uint8Array, timeoutMs?: number): Promise<Buffer> {
    if (this.#waiting !== undefined) throw new ControlError("a command is under way");
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#waiting = { resolve, reject };
    const timer = deadline(timeoutMs, () => this.#giveUp(new ControlTimeoutError()));
    if (this.#socket.destroyed) this.#fail(new ControlError("the server closed the connection"));
    else this.#socket.write(message);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  /** Sends the last words and closes; nothing waits for that. */
  end(words: Uint8Array): void {
    this.#socket.end(words);
    this.#socket.unref();
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    try {
      // One message is under way at a time, so there is one reply at a time; more would be nobody's.
      const [reply] = this.#replies.push(chunk);
      if (reply !== undefined) this.#waiting?.resolve(reply);
    } catch (error) {
      if (!(error instanceof FrameTooLongError)) throw error;
      this.#giveUp(error);
    }
  }

  #giveUp(error: Error): void {
    this.#fail(error);
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
  }
}

function deadline(timeoutMs: number | undefined, passed: () => void): NodeJS.Timeout | undefined {
  return timeoutMs === undefined ? undefined : setTimeout(passed, timeoutMs);
}
