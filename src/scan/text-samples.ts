/**
 * Now and then a text of those that come by, until there are enough to learn from; again and again, but ever more rarely: what comes by
 * changes. Knows no lines.
 * @module
 */

/**
 * Texts that pass before the first sample, and how many times as many before each further round of samples. Learning costs as much as
 * leaps save on so many texts.
 */
const FIRST_WAIT = 10_000;
const LONGER_WAIT = 8;

/** Samples that are enough to learn from, and every how many texts one is taken. */
const ENOUGH = 48;
const BETWEEN = 7;

/** Bytes of a sample at most. */
export const MAX_SAMPLE_BYTES = 256;

export class TextSamples {
  #samples: Uint8Array[] = [];
  /** texts that come by before the next sample, with that */
  wait = FIRST_WAIT;
  #nextWait = FIRST_WAIT * LONGER_WAIT;

  /** @returns all of them if they are enough now; the next ones are others */
  add(sample: Uint8Array): readonly Uint8Array[] | undefined {
    this.#samples.push(sample);
    this.wait = BETWEEN;
    if (this.#samples.length < ENOUGH) return undefined;
    const samples = this.#samples;
    this.#samples = [];
    this.wait = this.#nextWait;
    this.#nextWait *= LONGER_WAIT;
    return samples;
  }
}
