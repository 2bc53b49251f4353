/**
 * gaoler's own language on the control socket: one request a line, one reply a line, in JSON (docs/protocol.md). Length of a line,
 * number of requests and time between them are bounded.
 * @module
 */
import { messageOf } from "../base/error-text.ts";
import { FrameReader } from "./frames.ts";
import { JsonMessageError, jsonError, jsonReply, type MessageId, readJsonRequest } from "./json-message.ts";
import type { Answer, Protocol, TellPeer } from "./protocol.ts";

/** Longest line of a request. */
export const MAX_LINE_BYTES = 1024 * 1024;
/** Most requests of one connection. */
export const MAX_REQUESTS = 1000;
/** Longest time without a complete request, milliseconds. */
const IDLE_MS = 60_000;

const NEWLINE = Buffer.from("\n");
const CARRIAGE_RETURN = 0x0d;

/** Whether a connection that begins with this byte speaks JSON: no pickle begins with `{` or `[`. */
export const isJsonStart = (byte: number | undefined): boolean => byte === 0x7b || byte === 0x5b;

export class JsonProtocol implements Protocol {
  readonly idleMs = IDLE_MS;
  readonly #lines = new FrameReader(MAX_LINE_BYTES, NEWLINE);
  readonly #answer: Answer;
  readonly #tell: TellPeer;
  #requests = 0;

  constructor(answer: Answer, tell: TellPeer) {
    this.#answer = answer;
    this.#tell = tell;
  }

  push(chunk: Uint8Array): readonly Buffer[] {
    return this.#lines.push(chunk);
  }

  async reply(request: Buffer): Promise<{ bytes: Buffer; isLast: boolean }> {
    this.#requests += 1;
    if (this.#requests > MAX_REQUESTS) {
      return { bytes: this.farewell(`more than ${MAX_REQUESTS} requests`), isLast: true };
    }
    return { bytes: Buffer.from(await this.#replyTo(request)), isLast: false };
  }

  farewell(reason: string): Buffer {
    return Buffer.from(jsonError("Closed", reason));
  }

  async #replyTo(line: Buffer): Promise<string> {
    let id: MessageId | undefined;
    try {
      const request = readJsonRequest(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
      id = request.id;
      return jsonReply(await this.#answer(request.words), id);
    } catch (error) {
      if (error instanceof JsonMessageError) return jsonError("BadRequest", error.message, error.id);
      this.#tell("ERROR", `PROTO-error: reply failed: ${messageOf(error)}`);
      return jsonError("ReplyFailed", messageOf(error), id);
    }
  }
}
