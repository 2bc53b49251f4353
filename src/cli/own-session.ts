/**
 * The daemon as gaoler's own short commands see it: one question, one answer, and every trouble as a sentence.
 * @module
 */
import { ControlConnection, ControlError } from "../control/client.ts";
import { renderError } from "../control/render.ts";
import type { WireValue } from "../control/wire-value.ts";

/** The daemon refuses, or nobody answers; the text is for people. */
export class OwnSessionError extends Error {
  override readonly name = "OwnSessionError";
}

/** The daemon does not know the command: it is fail2ban, or an older gaoler. */
export class UnknownCommandError extends OwnSessionError {}

const INVALID = "Invalid command";

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
  async ask(words: readonly WireValue[]): Promise<WireValue> {
    let connection: ControlConnection | undefined;
    try {
      connection = await ControlConnection.open(this.#socket);
      const reply = await connection.send(words);
      if (reply.ok) return reply.value;
      const text = renderError(reply.error);
      if (text === INVALID) throw new UnknownCommandError(text);
      throw new OwnSessionError(text);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      connection?.close();
    }
  }

  #explain(error: unknown): unknown {
    if (error instanceof ControlError) return new OwnSessionError(error.message);
    if (!(error instanceof Error) || !("code" in error)) return error;
    if (error.code === "ENOENT" || error.code === "ECONNREFUSED") {
      return new OwnSessionError(`no daemon answers at ${this.#socket}; gaoler start starts it`);
    }
    if (error.code === "EACCES") return new OwnSessionError(`no access to ${this.#socket}; are you root?`);
    return new OwnSessionError(error.message);
  }
}
