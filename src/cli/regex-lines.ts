/**
 * Lines of a log file, one after another, without ever holding more than a block and a line (A§2.2, A§4.2).
 * @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { LineDecoder } from "../backend/decode.ts";
import { newlinesOf } from "../backend/newline.ts";
import { MAX_LINE_BYTES } from "../backend/open-log.ts";

/** Bytes read at once. */
const BLOCK_BYTES = 256 * 1024;

/** The lines of a text: split at newlines, nothing else. */
export function linesOfText(text: string): readonly string[] {
  return text.split("\n");
}

/**
 * The complete lines of a file; a last one without its newline is not among them. A line longer than the daemon takes is cut
 * into pieces of that length.
 */
export function* linesOfFile(path: string, decoder: LineDecoder): Generator<string, void> {
  const { afterLast } = newlinesOf(decoder.encoding);
  const handle = openSync(path, "r");
  try {
    const block = new Uint8Array(2 * BLOCK_BYTES);
    let held = 0;
    for (;;) {
      const read = readSync(handle, block, held, BLOCK_BYTES, null);
      if (read === 0) return;
      const length = held + read;
      const complete = afterLast(block, 0, length);
      const end = complete < 0 ? length - (length % MAX_LINE_BYTES) : complete;
      if (end > 0) yield* decoder.decodeLines(path, block.subarray(0, end));
      block.copyWithin(0, end, length);
      held = length - end;
    }
  } finally {
    closeSync(handle);
  }
}
