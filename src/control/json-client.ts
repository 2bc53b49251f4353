/**
 * The other end of the JSON line protocol, for gaoler's own client (docs/protocol.md): one connection, one request after the other.
 * Knows no screen.
 * @module
 */
import { ControlError, Exchange } from "./exchange.ts";

const NEWLINE = Buffer.from("\n");

/** What the daemon says to a request. */
export type JsonAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly kind: string; readonly message: string };

/** A word of a request. */
export type JsonWord = string | number | boolean | null | readonly JsonWord[];

export class JsonConnection {
  readonly #exchange: Exchange;

  private constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /**
   * Connects.
   *
   * @throws {Error} of the system, with its `code`: ENOENT, ECONNREFUSED, EACCES
   */
  static async open(path: string): Promise<JsonConnection> {
    return new JsonConnection(await Exchange.open(path, { end: NEWLINE }));
  }

  /**
   * Sends one request and waits for its reply.
   *
   * @param timeoutMs `undefined` waits as long as it takes
   * @throws {ControlTimeoutError} the connection is of no use afterwards
   * @throws {ControlError} no reply, or one that is none
   */
  async ask(words: readonly JsonWord[], timeoutMs?: number): Promise<JsonAnswer> {
    const request = Buffer.from(`${JSON.stringify({ command: words })}\n`);
    return answerOf(await this.#exchange.ask(request, timeoutMs));
  }

  close(): void {
    this.#exchange.destroy();
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
