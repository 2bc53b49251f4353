/**
 * Lines of a chunk by which a walk learns what lines look like. A few that were taken for what they are not do no harm.
 * @module
 */

const NEWLINE = 10;

/**
 * Bytes before the first learning, and how many times as many before each further one. Learning costs as much as leaps save on so many
 * bytes.
 */
const FIRST_WAIT = 2 * 1024 * 1024;
const LONGER_WAIT = 8;

/**
 * Lines that are enough: of a kind that one line in fifty is of there are a few among them, as leaps ask for. In chunks that have fewer there is
 * nothing to be won.
 */
const ENOUGH = 192;

/** Bytes of a sample at most, on either side of the stamp. */
const MAX_SAMPLE_BYTES = 256;

/** A line without its stamp, with its newline. */
export interface LineSample {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Where a line begins, and where its stamp stands. */
export interface StampedLine {
  readonly start: number;
  readonly stampStart: number;
  readonly stampEnd: number;
}

export class LineSamples {
  #wait = FIRST_WAIT;
  #nextWait = FIRST_WAIT * LONGER_WAIT;

  /** Bytes were walked. @returns whether it is time to learn from what comes next */
  wants(bytes: number): boolean {
    this.#wait -= bytes;
    return this.#wait <= 0;
  }

  /**
   * Takes lines of all parts of a chunk.
   *
   * @param line one of them, whose stamp was found
   * @returns `undefined`: they are too few
   */
  take(bytes: Uint8Array, from: number, to: number, line: StampedLine): readonly LineSample[] | undefined {
    const samples: LineSample[] = [];
    const stamp = line.stampStart - line.start;
    const behind = line.stampEnd - line.start;
    for (let index = 0; index < ENOUGH; index++) {
      const start = bytes.indexOf(NEWLINE, from + Math.floor((index * (to - from)) / ENOUGH)) + 1;
      const end = bytes.indexOf(NEWLINE, start) + 1;
      if (start === 0 || end > to || end <= start + behind) continue;
      const before = bytes.slice(start, start + Math.min(stamp, MAX_SAMPLE_BYTES));
      const after = bytes.slice(start + behind, Math.min(end, start + behind + MAX_SAMPLE_BYTES));
      samples.push({ before, after });
    }
    if (2 * samples.length < ENOUGH) return undefined;
    this.#wait = this.#nextWait;
    this.#nextWait *= LONGER_WAIT;
    return samples;
  }
}
