/**
 * The daemon as gaoler's own short commands see it: one question, one answer, and every trouble as a sentence.
 * @module
 */
import { ControlError, ControlTimeoutError } from "../control/exchange.ts";
import { JsonConnection, type JsonWord } from "../control/json-client.ts";

/** The daemon refuses, or nobody answers; the text is for people. */
export class OwnSessionError extends Error {
  override readonly name = "OwnSessionError";
}

/** Why nobody answers at a socket, for people; `undefined`: for another reason than that nobody is there or may be asked. */
export function noDaemon(error: unknown, socket: string): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES") return `no access to ${socket}; are you root?`;
  const isAbsent = code === "ENOENT" || code === "ECONNREFUSED";
  return isAbsent ? nobodyAt(socket) : undefined;
}

/** That nobody answers at a socket, for people. */
export const nobodyAt = (socket: string): string => `no daemon answers at ${socket}; gaoler start starts it`;

/** How long a daemon may take to show that it speaks our language, milliseconds. fail2ban waits for more, and says nothing. */
const GREETING_MS = 10_000;

export class OwnSession {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /**
   * The value that a command is answered with.
   *
   * @throws {OwnSessionError}
   */
  async ask(words: readonly JsonWord[]): Promise<unknown> {
    let connection: JsonConnection | undefined;
    try {
      connection = await JsonConnection.open(this.#socket);
      await connection.ask(["ping"], GREETING_MS);
      const answer = await connection.ask(words);
      if (answer.ok) return answer.value;
      throw new OwnSessionError(answer.message);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      connection?.close();
    }
  }

  #explain(error: unknown): unknown {
    if (error instanceof ControlTimeoutError) {
      const text = `no answer at ${this.#socket} in ${GREETING_MS / 1000} seconds; if fail2ban runs there, use gaoler client`;
      return new OwnSessionError(text);
    }
    if (error instanceof ControlError) return new OwnSessionError(error.message);
    if (!(error instanceof Error) || !("code" in error)) return error;
    return new OwnSessionError(noDaemon(error, this.#socket) ?? error.message);
  }
}
