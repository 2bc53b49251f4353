/**
 * Text put by for later that may be longer than memory should hold: beyond a bound it goes to a file that has no name.
 * @module
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Characters held before they are written away. */
const MAX_HELD_CHARS = 1024 * 1024;
/** Bytes read back at once. */
const BLOCK_BYTES = 64 * 1024;

/** A file that is gone as soon as it is closed, however the process ends. */
function openNameless(): number {
  const directory = mkdtempSync(join(tmpdir(), "gaoler-"));
  try {
    return openSync(join(directory, "lines"), "wx+", 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export class SpilledText {
  #held: string[] = [];
  #heldChars = 0;
  #file: number | undefined;

  /** @throws {Error} no room for the file */
  add(text: string): void {
    this.#held.push(text);
    this.#heldChars += text.length;
    if (this.#heldChars < MAX_HELD_CHARS) return;
    this.#file ??= openNameless();
    const bytes = Buffer.from(this.#held.join(""));
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#held = [];
    this.#heldChars = 0;
  }

  /** Everything in order, in pieces; afterwards nothing is left. */
  *take(): Generator<string, void> {
    const file = this.#file;
    if (file !== undefined) {
      const decoder = new TextDecoder();
      const block = new Uint8Array(BLOCK_BYTES);
      for (let at = 0; ; ) {
        const read = readSync(file, block, 0, BLOCK_BYTES, at);
        if (read === 0) break;
        at += read;
        yield decoder.decode(block.subarray(0, read), { stream: true });
      }
    }
    yield this.#held.join("");
    this.close();
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#held = [];
    this.#heldChars = 0;
  }
}
