/**
 * Reads a small file again only where it has changed. Knows nothing of what is in it.
 * @module
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { messageOf } from "../base/error-text.ts";

export type FileReading =
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "text";
      readonly text: string;
      /** tells this state of the file from others: inode, size, time of change */
      readonly stamp: string;
      /** it is longer than allowed: the text ends with the last whole line that fits */
      readonly isCut: boolean;
    }
  | { readonly kind: "unreadable"; readonly reason: string };

/**
 * Reads a file as UTF-8 unless it is still as `stamp` says. Never rejects.
 *
 * @param maxBytes read at most
 */
export async function readIfChanged(
  path: string,
  stamp: string | undefined,
  maxBytes: number,
): Promise<FileReading> {
  try {
    // a pipe with nobody at its other end must not hold us up
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const state = await file.stat({ bigint: true });
      if (!state.isFile()) return { kind: "unreadable", reason: "it is no file" };
      const now = `${state.ino} ${state.size} ${state.mtimeNs}`;
      if (now === stamp) return { kind: "unchanged" };
      const bytes = Buffer.alloc(Math.min(Number(state.size), maxBytes));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      const isCut = state.size > BigInt(maxBytes);
      const text = bytes.toString("utf8", 0, bytesRead);
      return { kind: "text", text: isCut ? wholeLines(text) : text, stamp: now, isCut };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { kind: "unreadable", reason: messageOf(error) };
  }
}

/** Half an address at the cut would be another one. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}
