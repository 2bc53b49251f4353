/**
 * The unix socket that commands come in by (B§3.1, B§3.6). Each connection is answered in order; connections do not wait for each
 * other, so a slow command never delays another client's ping. Whatever a peer sends, the daemon goes on.
 * Knows pickles and frames, no commands.
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Level, Observe } from "../base/event.ts";
import { CLOSE_COMMAND, FrameReader, FrameTooLongError, frameOf } from "./frames.ts";
import { PickleError } from "./pickle-machine.ts";
import { readPickle } from "./pickle-read.ts";
import { writePickle } from "./pickle-write.ts";
import { prepareDirectory, removeStaleSocket, verifySocket } from "./socket-path.ts";
import type { WireValue } from "./wire-value.ts";

/** Longest request; the stream of a large configuration is some hundred kilobytes. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;
/** Most connections at once; one more is closed at once. */
export const MAX_CONNECTIONS = 256;
/** How long `close` waits for replies under way, milliseconds. */
const CLOSE_GRACE_MS = 2000;
const SOCKET_UMASK = 0o077;

export interface SocketServerOptions {
  readonly path: string;
  /** the descriptor of a socket that a service manager made and keeps; the path is its name only */
  readonly inherited?: number | undefined;
  /** Answers one request; must not reject. */
  readonly answer: (request: WireValue) => Promise<WireValue>;
  readonly observe: Observe;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  #isListening = false;

  constructor(options: SocketServerOptions) {
    this.#options = options;
    // A peer may close its sending side and still wait for the reply.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * Makes the socket, mode 0700 from its first moment. A file that nobody listens at is removed and mentioned.
   *
   * @throws {SocketPathError} the place is taken or not safe
   * @throws {Error} of the system: no such directory, no permission
   */
  async listen(): Promise<void> {
    const { path, inherited } = this.#options;
    if (inherited === undefined) await this.#listenAnew(path);
    else {
      await this.#bind({ fd: inherited });
      this.#isListening = true;
      this.#tell("INFO", `Using socket activation, inherited socket '${path}'`, "server");
    }
    this.#server.on("error", (error) => this.#tell("ERROR", `Accept connection error: ${textOf(error)}`));
    this.#server.on("drop", () =>
      this.#tell("WARNING", `More than ${MAX_CONNECTIONS} connections, one refused`),
    );
  }

  async #listenAnew(path: string): Promise<void> {
    await prepareDirectory(path);
    if (await removeStaleSocket(path))
      this.#tell("WARNING", `Removed the socket file '${path}' of a dead server`);
    await this.#bind(path);
    this.#isListening = true;
    try {
      await verifySocket(path);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Takes no new connections and removes the socket file at once (Node does, unless it was inherited), so that a successor's is
   * safe; lets replies under way go out, for {@link CLOSE_GRACE_MS} at most.
   * Do not await it inside a command: the command's own reply is among those it waits for.
   */
  async close(): Promise<void> {
    if (!this.#isListening) return;
    this.#isListening = false;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.leave();
    const deadline = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, CLOSE_GRACE_MS);
    await closed;
    clearTimeout(deadline);
  }

  #bind(place: string | { readonly fd: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      // The file is made inside `listen`, before it returns; chmod afterwards would leave a gap.
      const before = process.umask(SOCKET_UMASK);
      try {
        this.#server.listen(place, () => {
          this.#server.off("error", reject);
          resolve();
        });
      } finally {
        process.umask(before);
      }
    });
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, this.#options, () => this.#connections.delete(connection));
    this.#connections.add(connection);
  }

  #tell(level: Level, text: string, logger: "asyncserver" | "server" = "asyncserver"): void {
    this.#options.observe({ type: "message", level, logger, text });
  }
}

/** One peer: requests are answered one after the other; reading rests meanwhile, so that nothing piles up. */
class Connection {
  readonly #socket: Socket;
  readonly #options: SocketServerOptions;
  readonly #frames = new FrameReader(MAX_REQUEST_BYTES);
  readonly #waiting: Buffer[] = [];
  #isBusy = false;
  #isEnding = false;

  constructor(socket: Socket, options: SocketServerOptions, onClose: () => void) {
    this.#socket = socket;
    this.#options = options;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("end", () => this.finish());
    // A peer that went away is no news.
    socket.on("error", () => socket.destroy());
    socket.on("close", onClose);
  }

  /** Answers what was asked completely, then ends. */
  finish(): void {
    this.#isEnding = true;
    if (!this.#isBusy) this.#end();
  }

  /** The same at our own wish: a peer that waits for nothing is left at once. */
  leave(): void {
    if (this.#isBusy) this.#isEnding = true;
    else this.#socket.destroySoon();
  }

  /** Ends our side and reads on, for only a reader sees the peer's end. */
  #end(): void {
    this.#socket.end();
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#isEnding) return;
    try {
      this.#waiting.push(...this.#frames.push(chunk));
    } catch (error) {
      if (!(error instanceof FrameTooLongError)) throw error;
      this.#tell(`Connection closed: ${error.message}`);
      this.#socket.destroy();
      return;
    }
    if (this.#isBusy || this.#waiting.length === 0) return;
    this.#isBusy = true;
    this.#socket.pause();
    this.#answerAll().then(
      () => this.#rest(),
      (error: unknown) => {
        this.#tell(`Connection closed: ${textOf(error)}`);
        this.#socket.destroy();
      },
    );
  }

  #rest(): void {
    this.#isBusy = false;
    if (this.#isEnding) this.#end();
    else this.#socket.resume();
  }

  async #answerAll(): Promise<void> {
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      if (message.equals(Buffer.from(CLOSE_COMMAND, "latin1"))) {
        this.#isEnding = true;
        this.#waiting.length = 0;
        return;
      }
      await this.#write(frameOf(await this.#replyTo(message)));
    }
  }

  /** The reply as a pickle; a message that is no pickle gets a bare text (B§3.3). */
  async #replyTo(message: Buffer): Promise<Buffer> {
    try {
      return writePickle(await this.#options.answer(readPickle(message)));
    } catch (error) {
      const kind = error instanceof PickleError ? "load message failed" : "reply failed";
      this.#tell(`PROTO-error: ${kind}: ${textOf(error)}`);
      return writePickle(`ERROR: ${textOf(error)}`);
    }
  }

  /** Resolves when the bytes are with the kernel, or the peer is gone. */
  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed || this.#socket.writableEnded) {
        resolve();
        return;
      }
      const done = (): void => {
        this.#socket.off("close", done);
        resolve();
      };
      this.#socket.once("close", done);
      this.#socket.write(bytes, done);
    });
  }

  #tell(text: string): void {
    this.#options.observe({ type: "message", level: "ERROR", logger: "asyncserver", text });
  }
}
