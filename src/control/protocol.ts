/**
 * What a connection of the control socket needs to know of the language that its peer speaks. The first byte tells which it is:
 * no pickle begins with a bracket or a brace of JSON.
 * @module
 */
import type { Level } from "../base/event.ts";
import type { WireValue } from "./wire-value.ts";

/** Answers one request; must not reject. */
export type Answer = (request: WireValue) => Promise<WireValue>;

/** Tells the log what a peer did wrong. */
export type TellPeer = (level: Level, text: string) => void;

export interface Protocol {
  /** longest rest before the next request is complete, milliseconds; `undefined`: as long as the peer likes */
  readonly idleMs: number | undefined;
  /**
   * Takes the next piece of what the peer sends.
   *
   * @returns the requests that it completes, in order
   * @throws {FrameTooLongError} once a request is too long; nothing of what comes after it can be understood
   */
  push(chunk: Uint8Array): readonly Buffer[];
  /** The bytes of the reply; `isLast`: the connection ends with them. Never rejects. */
  reply(request: Buffer): Promise<{ readonly bytes: Buffer; readonly isLast: boolean }>;
  /** What is sent before the door is closed on a peer that sends too much or nothing. */
  farewell(reason: string): Buffer;
}
