/**
 * The last bytes of a file. Knows nothing of what is in it.
 * @module
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** At most so many bytes from the end of a file; none if it cannot be read. Never rejects. */
export async function tailOf(path: string, most: number): Promise<Uint8Array> {
  try {
    // a pipe with nobody at its other end must not hold us up
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const state = await file.stat();
      const bytes = Buffer.alloc(state.isFile() ? Math.min(state.size, most) : 0);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, Math.max(0, state.size - most));
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return new Uint8Array();
  }
}
