/**
 * The other end of the JSON line protocol, for gaoler's own client (docs/protocol.md): one connection, one request after the other.
 * Knows no screen.
 * @module
 */
import { connect, type Socket } from "node:net";
import { ControlError, ControlTimeoutError, MAX_REPLY_BYTES } from "./client.ts";
import { FrameReader, FrameTooLongError } from "./frames.ts";

/** What the daemon says to a request. */
export type JsonAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly kind: string; readonly message: string };

/** A word of a request. */
export type JsonWord = string | number | boolean | null | readonly JsonWord[];

interface Waiting {
  readonly resolve: (line: Buffer) => void;
  readonly reject: (error: Error) => void;
}

export class JsonConnection {
  readonly #socket: Socket;
  readonly #lines = new FrameReader(MAX_REPLY_BYTES, Buffer.from("\n"));
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
   * @throws {Error} of the system, with its `code`: ENOENT, ECONNREFUSED, EACCES
   */
  static open(path: string): Promise<JsonConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new JsonConnection(socket));
      });
    });
  }

  /**
   * Sends one request and waits for its reply.
   *
   * @param timeoutMs `undefined` waits as long as it takes
   * @throws {ControlTimeoutError} the connection is of no use afterwards
   * @throws {ControlError} no reply, or one that is none
   */
  async ask(words: readonly JsonWord[], timeoutMs?: number): Promise<JsonAnswer> {
    if (this.#waiting !== undefined) throw new ControlError("a request is under way");
    return answerOf(await this.#exchange(`${JSON.stringify({ command: words })}\n`, timeoutMs));
  }

  close(): void {
    this.#socket.destroy();
  }

  async #exchange(line: string, timeoutMs: number | undefined): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            this.#fail(new ControlTimeoutError());
            this.#socket.destroy();
          }, timeoutMs);
    this.#waiting = { resolve, reject };
    if (this.#socket.destroyed) this.#fail(new ControlError("the server closed the connection"));
    else this.#socket.write(line);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  #take(chunk: Buffer): void {
    try {
      // One request is under way at a time, so there is one reply at a time; more would be nobody's.
      const [line] = this.#lines.push(chunk);
      if (line !== undefined) this.#waiting?.resolve(line);
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

/** @throws {ControlError} the line is no reply */
function answerOf(line: Buffer): JsonAnswer {
  const reply = parse(line);
  if (typeof reply === "object" && reply !== null && "ok" in reply) {
    if (reply.ok === true) return { ok: true, value: "value" in reply ? reply.value : undefined };
    const error: unknown = "error" in reply ? reply.error : undefined;
    if (typeof error === "object" && error !== null && "kind" in error && "message" in error) {
      return { ok: false, kind: String(error.kind), message: String(error.message) };
    }
  }
  throw new ControlError("the server's answer is no reply");
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    return undefined;
  }
}
