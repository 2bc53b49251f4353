/**
 * Log lines that wait for the end of what is being done now, to be written together: under attack there are thousands in a row.
 * Their number and length are bounded. Knows nothing of where they are written.
 * Hot: per log line.
 * @module
 */

/** Lines that wait at most. */
const MAX_LINES = 2000;
/** Characters of them. */
const MAX_CHARS = 256 * 1024;

export class WaitingLines {
  #lines: string[] = [];
  #chars = 0;

  get count(): number {
    return this.#lines.length;
  }

  /** @returns whether there is room for another one */
  add(line: string): boolean {
    this.#lines.push(line);
    this.#chars += line.length;
    return this.#lines.length < MAX_LINES && this.#chars < MAX_CHARS;
  }

  /** All lines in their order, which wait no longer. */
  take(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#chars = 0;
    return lines;
  }
}
