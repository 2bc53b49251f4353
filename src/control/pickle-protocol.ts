/**
 * fail2ban's language on the control socket: pickles that end with a marker, as many as the peer likes (B§3).
 * @module
 */
import { messageOf } from "../base/error-text.ts";
import { CLOSE_COMMAND, FrameReader, frameOf } from "./frames.ts";
import { PickleError } from "./pickle-machine.ts";
import { readPickle } from "./pickle-read.ts";
import { writePickle } from "./pickle-write.ts";
import type { Answer, Protocol, TellPeer } from "./protocol.ts";

/** Longest request; the stream of a large configuration is some hundred kilobytes. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);
const CLOSE = Buffer.from(CLOSE_COMMAND, "latin1");

export class PickleProtocol implements Protocol {
  readonly idleMs = undefined;
  readonly #frames = new FrameReader(MAX_REQUEST_BYTES);
  readonly #answer: Answer;
  readonly #tell: TellPeer;

  constructor(answer: Answer, tell: TellPeer) {
    this.#answer = answer;
    this.#tell = tell;
  }

  push(chunk: Uint8Array): readonly Buffer[] {
    return this.#frames.push(chunk);
  }

  async reply(request: Buffer): Promise<{ bytes: Buffer; isLast: boolean }> {
    if (request.equals(CLOSE)) return { bytes: NOTHING, isLast: true };
    return { bytes: frameOf(await this.#replyTo(request)), isLast: false };
  }

  farewell(): Buffer {
    return NOTHING;
  }

  /** The reply as a pickle; a message that is no pickle gets a bare text (B§3.3). */
  async #replyTo(message: Buffer): Promise<Buffer> {
    try {
      return writePickle(await this.#answer(readPickle(message)));
    } catch (error) {
      const kind = error instanceof PickleError ? "load message failed" : "reply failed";
      this.#tell("ERROR", `PROTO-error: ${kind}: ${messageOf(error)}`);
      return writePickle(`ERROR: ${messageOf(error)}`);
    }
  }
}
