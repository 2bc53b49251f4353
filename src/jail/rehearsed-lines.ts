/**
 * Lines to practise on, made of those that a log holds: as they are, and as a flood would bring them, each from somebody else.
 * Knows no filter.
 * @module
 */

/** Longer lines are left out: what is practised shall take no time. */
const MAX_LINE_BYTES = 512;
/** Of so many different lines a flood is made. */
const MAX_MODELS = 8;
/** Bytes of a flood at a time. */
const FLOOD_BYTES = 16 * 1024;

const NEWLINE = 0x0a;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Those lines of a log's end that are whole, short and ASCII. */
export function plainLines(tail: Uint8Array): Buffer {
  const kept: Uint8Array[] = [];
  for (let from = 0; from < tail.length; ) {
    const end = tail.indexOf(NEWLINE, from) + 1;
    if (end === 0) break;
    const line = tail.subarray(from, end);
    if (line.length <= MAX_LINE_BYTES && line.every((byte) => byte < 0x80)) kept.push(line);
    from = end;
  }
  return Buffer.concat(kept);
}

/** Odd: no two of four thousand million numbers come to the same address. */
const STRIDE = 0x9e3779b1;

/** An address of anybody, with octets of all lengths; each number has another one. */
export function strangerOf(index: number): string {
  const bits = Math.imul(index, STRIDE);
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** A line, cut where its culprit stands. */
type Model = readonly string[];

/** A flood like failures that were seen. */
export class RehearsedFlood {
  readonly #models: Model[] = [];
  #made = 0;

  /** Notes the line of a failure. @param id its culprit; only one that is an IPv4 address has others in his place */
  see(line: string, id: string | undefined): void {
    if (id === undefined || !IPV4.test(id)) return;
    const model = line.split(id);
    if (model.length < 2) return;
    if (this.#models.length === MAX_MODELS) this.#models.shift();
    this.#models.push(model);
  }

  /** The next lines of it, two of each culprit; empty where no failure was seen. */
  next(): Buffer {
    const lines: string[] = [];
    for (let length = 0; length < FLOOD_BYTES && this.#models.length > 0; ) {
      const model = this.#models[(this.#made >> 1) % this.#models.length] ?? [];
      const line = model.join(strangerOf(this.#made >> 1));
      this.#made += 1;
      lines.push(line);
      length += line.length;
    }
    return Buffer.from(lines.join(""), "latin1");
  }
}
