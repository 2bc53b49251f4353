/**
 * Bytes of a log as lines of text (A§2.2). A line with bytes that mean nothing is read with replacement characters, and the
 * operator is told once a day a log.
 * Hot: per chunk; a sound chunk is decoded as a whole.
 * @module
 */
import { isAscii } from "node:buffer";
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import { type Codec, codecOf } from "./codec.ts";
import { type Newlines, newlinesOf } from "./newline.ts";

/** Between two warnings about the same log, seconds. */
const WARNING_PERIOD = 86_400;
/** Logs whose last warning is remembered. */
const MAX_WARNED_LOGS = 1000;
/** Bytes of a line shown in a warning. */
const SHOWN_BYTES = 500;

export interface DecoderDeps {
  readonly observe: Observe;
  readonly clock: Clock;
}

/** The name does not stand for an encoding; worded as Python words it. */
export class EncodingError extends Error {}

/** When it was told last of a log that it could not be decoded. */
export type DecoderState = readonly (readonly [path: string, at: EpochSeconds])[];

export class LineDecoder {
  readonly encoding: string;
  readonly #codec: Codec;
  readonly #newlines: Newlines;
  readonly #deps: DecoderDeps;
  readonly #warned = new BoundedMap<string, EpochSeconds>({ limit: MAX_WARNED_LOGS });

  /**
   * @param encoding Python's name, or `auto`
   * @throws {EncodingError} if there is no such encoding
   */
  constructor(encoding: string, deps: DecoderDeps) {
    const codec = codecOf(encoding);
    if (codec === undefined) throw new EncodingError(`unknown encoding: ${encoding}`);
    this.encoding = encoding.toLowerCase() === "auto" ? "UTF-8" : encoding;
    this.#codec = codec;
    this.#newlines = newlinesOf(encoding);
    this.#deps = deps;
  }

  state(): DecoderState {
    return [...this.#warned];
  }

  /** Goes on where another one's {@link state} was taken. */
  restore(state: DecoderState): void {
    this.#warned.clear();
    for (const [path, at] of state) this.#warned.set(path, at);
  }

  /** Lines of a chunk that ends with a newline, without their line ends. */
  decodeLines(path: string, bytes: Uint8Array): string[] {
    const text = this.#codec.decode(bytes);
    if (text !== undefined) {
      const lines = text.split("\n");
      if (lines.at(-1) === "") lines.pop();
      return lines.map(withoutLineEnd);
    }
    const lines: string[] = [];
    for (let from = 0; from < bytes.length; ) {
      const end = this.#newlines.afterFirst(bytes, from, bytes.length);
      const next = end < 0 ? bytes.length : end;
      lines.push(this.decodeLine(path, bytes.subarray(from, next)));
      from = next;
    }
    return lines;
  }

  /**
   * The text of pieces of the bytes, as they are asked for, by their offsets.
   *
   * @returns `undefined` where bytes have no meaning, which is to be told line by line, and for encodings in which a byte below 80 may
   * be no ASCII
   */
  textOf(bytes: Uint8Array): ((from: number, to: number) => string) | undefined {
    if (!this.#codec.keepsAscii) return undefined;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isAscii(buffer)) return (from, to) => buffer.toString("latin1", from, to);
    if (this.#codec.decode(bytes) === undefined) return undefined;
    return (from, to) => this.#codec.repair(bytes.subarray(from, to));
  }

  /** One line without its line end. */
  decodeLine(path: string, bytes: Uint8Array): string {
    let text = this.#codec.decode(bytes);
    if (text === undefined) {
      text = this.#codec.repair(bytes);
      this.#warn(path, bytes);
    }
    return withoutLineEnd(text);
  }

  #warn(path: string, bytes: Uint8Array): void {
    const now = this.#deps.clock.now();
    const last = this.#warned.get(path);
    const isNew = last === undefined || Math.abs(now - last) >= WARNING_PERIOD;
    if (isNew) {
      this.#warned.delete(path);
      this.#warned.set(path, now);
    }
    const level = isNew ? "WARNING" : "TRACEDEBUG";
    const shown = bytesRepr(bytes.subarray(0, SHOWN_BYTES));
    for (const text of [
      `Error decoding line from '${path}' with '${this.encoding}'.`,
      "Consider setting logencoding to appropriate encoding for this jail. " +
        `Continuing to process line ignoring invalid characters: ${shown}`,
    ]) {
      this.#deps.observe({ type: "message", level, logger: "filter", text });
    }
  }
}

function withoutLineEnd(line: string): string {
  let end = line.length;
  while (end > 0) {
    const code = line.charCodeAt(end - 1);
    if (code !== 10 && code !== 13) break;
    end--;
  }
  return end === line.length ? line : line.slice(0, end);
}

/** Python's `b'…'`. */
function bytesRepr(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const names: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };
  const body = text.replaceAll(/[\\'"]|[^ -~]/g, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${quote}` : character;
    return names[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `b${quote}${body}${quote}`;
}
