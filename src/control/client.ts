/**
 * The other end of the control socket: sends commands, reads replies as data. Exceptions in replies are names and arguments,
 * nothing is called. Knows no screen.
 * @module
 */
import { ControlError, Exchange } from "./exchange.ts";
import { CLOSE_COMMAND, frameOf } from "./frames.ts";
import { PickleError } from "./pickle-machine.ts";
import { readPickle } from "./pickle-read.ts";
import { writePickle } from "./pickle-write.ts";
import { PyException, Tuple, type WireValue } from "./wire-value.ts";

/** Most values of a reply; a ban takes five. */
const MAX_REPLY_VALUES = 64_000_000;

/** What the server says to a command. */
export type ControlReply =
  | { readonly ok: true; readonly value: WireValue }
  | {
      readonly ok: false;
      readonly error: { readonly className: string; readonly args: readonly WireValue[] };
    };

/** One connection; commands are sent one after the other. */
export class ControlConnection {
  readonly #exchange: Exchange;

  private constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /**
   * Connects.
   *
   * @param timeoutMs `undefined` waits as long as the system does
   * @throws {Error} of the system, with its `code`: ENOENT, ECONNREFUSED, EACCES
   * @throws {ControlTimeoutError}
   */
  static async open(path: string, timeoutMs?: number): Promise<ControlConnection> {
    return new ControlConnection(await Exchange.open(path, { timeoutMs }));
  }

  /**
   * Sends one command and waits for its reply.
   *
   * @param timeoutMs `undefined` waits for ever, as fail2ban's client does
   * @throws {ControlTimeoutError} the connection is of no use afterwards
   * @throws {ControlError} no reply, or one that is none
   */
  async send(words: readonly WireValue[], timeoutMs?: number): Promise<ControlReply> {
    return replyOf(await this.#exchange.ask(frameOf(writePickle(words)), timeoutMs));
  }

  /** Says goodbye and closes. */
  close(): void {
    this.#exchange.end(frameOf(Buffer.from(CLOSE_COMMAND, "latin1")));
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
