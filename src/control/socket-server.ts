/**
 * The unix socket that commands come in by (B§3.1, B§3.6). Each connection is answered in order; connections do not wait for each
 * other, so a slow command never delays another client's ping. Whatever a peer sends, the daemon goes on.
 * Peers speak pickle or JSON, their first byte tells. Knows no commands.
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import { messageOf } from "../base/error-text.ts";
import type { Level, Observe } from "../base/event.ts";
import { FrameTooLongError } from "./frames.ts";
import { isJsonStart, JsonProtocol } from "./json-protocol.ts";
import { PickleProtocol } from "./pickle-protocol.ts";
import type { Answer, Protocol } from "./protocol.ts";
import { prepareDirectory, removeStaleSocket, verifySocket } from "./socket-path.ts";

/** Most connections at once; one more is closed at once. */
export const MAX_CONNECTIONS = 256;
/** How long a peer may take for the last it gets, milliseconds. */
const CLOSE_GRACE_MS = 2000;
const SOCKET_UMASK = 0o077;

export interface SocketServerOptions {
  readonly path: string;
  /** the descriptor of a socket that a service manager made and keeps; the path is its name only */
  readonly inherited?: number | undefined;
  readonly answer: Answer;
  readonly observe: Observe;
}

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
    this.#server.on("error", (error) => this.#tell("ERROR", `Accept connection error: ${messageOf(error)}`));
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
  /** known by the first byte */
  #protocol: Protocol | undefined;
  readonly #waiting: Buffer[] = [];
  #idle: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isEnding = false;

  constructor(socket: Socket, options: SocketServerOptions, onClose: () => void) {
    this.#socket = socket;
    this.#options = options;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("end", () => this.finish());
    // A peer that went away is no news.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(this.#idle);
      onClose();
    });
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
    clearTimeout(this.#idle);
    this.#socket.end();
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#isEnding) return;
    const protocol = this.#protocolOf(chunk);
    try {
      this.#waiting.push(...protocol.push(chunk));
    } catch (error) {
      if (!(error instanceof FrameTooLongError)) throw error;
      this.#close(protocol, error.message);
      return;
    }
    if (this.#isBusy || this.#waiting.length === 0) return;
    this.#isBusy = true;
    clearTimeout(this.#idle);
    this.#socket.pause();
    this.#answerAll(protocol).then(
      () => this.#rest(protocol),
      (error: unknown) => this.#close(protocol, messageOf(error)),
    );
  }

  #protocolOf(chunk: Buffer): Protocol {
    if (this.#protocol !== undefined) return this.#protocol;
    const tell = (level: Level, text: string): void => this.#tell(level, text);
    const { answer } = this.#options;
    const protocol = isJsonStart(chunk[0])
      ? new JsonProtocol(answer, tell)
      : new PickleProtocol(answer, tell);
    this.#protocol = protocol;
    this.#awaitPeer(protocol);
    return protocol;
  }

  /** The clock runs until the next request is complete, or the reply is taken: a byte now and then does not stop it. */
  #awaitPeer(protocol: Protocol): void {
    const { idleMs } = protocol;
    if (idleMs === undefined) return;
    this.#idle = setTimeout(() => this.#part(protocol, `no request for ${idleMs / 1000} seconds`), idleMs);
  }

  /** Says why, where the peer listens, and ends. */
  #part(protocol: Protocol, reason: string): void {
    this.#isEnding = true;
    this.#waiting.length = 0;
    clearTimeout(this.#idle);
    const farewell = protocol.farewell(reason);
    if (farewell.length === 0 || this.#socket.writableLength > 0) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end(farewell);
    this.#socket.destroySoon();
    this.#idle = setTimeout(() => this.#socket.destroy(), CLOSE_GRACE_MS);
  }

  #rest(protocol: Protocol): void {
    this.#isBusy = false;
    if (this.#isEnding) {
      this.#end();
      return;
    }
    this.#socket.resume();
    this.#awaitPeer(protocol);
  }

  #close(protocol: Protocol, reason: string): void {
    this.#tell("ERROR", `Connection closed: ${reason}`);
    this.#part(protocol, reason);
  }

  async #answerAll(protocol: Protocol): Promise<void> {
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      const { bytes, isLast } = await protocol.reply(message);
      if (bytes.length > 0) {
        this.#awaitPeer(protocol);
        await this.#write(bytes);
        clearTimeout(this.#idle);
      }
      if (isLast) {
        this.#isEnding = true;
        this.#waiting.length = 0;
      }
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

  #tell(level: Level, text: string): void {
    this.#options.observe({ type: "message", level, logger: "asyncserver", text });
  }
}
