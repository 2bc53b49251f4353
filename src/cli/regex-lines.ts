/**
 * Lines of a log, without ever holding more of a file than a block and a line (A§2.2, A§4.2).
 * @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import { newlinesOf } from "../backend/newline.ts";
import { MAX_LINE_BYTES } from "../backend/open-log.ts";

/** Bytes read at once. */
const BLOCK_BYTES = 256 * 1024;

/** A line of the log, with its time where the journal gives it. */
export interface InputLine {
  /** the physical line of the input, from 1; pieces of one have the same */
  readonly number: number;
  readonly text: string;
  readonly at?: number;
  readonly atText?: string;
}

function withoutReturns(line: string): string {
  let end = line.length;
  while (line.charAt(end - 1) === "\r") end--;
  return line.slice(0, end);
}

/** The lines of a text: split at newlines, nothing else; returns before them are no part of a line. */
export function linesOfText(text: string): readonly InputLine[] {
  return text.split("\n").map((line, index) => ({ number: index + 1, text: withoutReturns(line) }));
}

/** Bytes of a file. */
export interface Block {
  /** good until the next block */
  readonly bytes: Uint8Array;
  /** whether they are complete lines; else a piece of a line longer than the daemon takes */
  readonly isComplete: boolean;
}

/**
 * The complete lines of a file; a last one without its newline is not among them. A line longer than the daemon takes is cut
 * into pieces of that length.
 */
export function* blocksOfFile(path: string, encoding: string): Generator<Block, void> {
  const { afterLast } = newlinesOf(encoding);
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
      if (end > 0) yield { bytes: block.subarray(0, end), isComplete: complete >= 0 };
      block.copyWithin(0, end, length);
      held = length - end;
    }
  } finally {
    closeSync(handle);
  }
}
