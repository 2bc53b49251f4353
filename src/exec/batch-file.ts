/**
 * A file without a name, for what is too long to be told to a program line by line: the program inherits it, and reads it anew by its own
 * descriptor. Knows nothing of what stands in it.
 * @module
 */
import { randomUUID } from "node:crypto";
import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** In memory where that can be had. */
const FOLDERS: readonly string[] = ["/run", "/dev/shm", tmpdir()];
/** For nobody else. */
const MODE = 0o600;

export class BatchFile {
  readonly descriptor: number;
  #isClosed = false;

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** @returns `undefined` if none can be made */
  static open(folders: readonly string[] = FOLDERS): BatchFile | undefined {
    for (const folder of folders) {
      const path = join(folder, `gaoler-batch-${randomUUID()}`);
      try {
        const descriptor = openSync(path, "wx+", MODE);
        unlinkSync(path);
        return new BatchFile(descriptor);
      } catch {
        // read-only, or not there
      }
    }
    return undefined;
  }

  /** Has it hold this and nothing else. @returns whether it does */
  write(text: string): boolean {
    if (this.#isClosed) return false;
    try {
      const bytes = Buffer.from(text, "latin1");
      ftruncateSync(this.descriptor, 0);
      return writeSync(this.descriptor, bytes, 0, bytes.length, 0) === bytes.length;
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.descriptor);
  }
}
