/**
 * Lines with an ordinary stamp that come to nothing, between two that the filter is given: how many, and where the last of them lies.
 * Hot: per line that may come to something.
 * @module
 */
export class PassedLines {
  #count = 0;
  // Of the last one; offsets of the bytes.
  start = 0;
  stampStart = 0;
  stampEnd = 0;

  add(count: number, start: number, stampStart: number, stampEnd: number): void {
    this.#count += count;
    this.start = start;
    this.stampStart = stampStart;
    this.stampEnd = stampEnd;
  }

  /** How many there were since they were taken last. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}
