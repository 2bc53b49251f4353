/**
 * Lines by slot, the last few of each.
 * Hot: per failure.
 * @module
 */
import type { MatchLine } from "../filter/failure.ts";
import { ByteChains } from "./byte-chains.ts";
import type { ByteText } from "./byte-text.ts";
import { lengthened } from "./column.ts";
import { putLine, takeLine } from "./kept-text.ts";

/** An ordinary line takes two. */
const BLOCK_BYTES = 64;
/** Of one slot, whatever is asked for. */
const MAX_LINES = 0xffff;

export class KeptLines {
  readonly #scratch: ByteText;
  /** of each line how many bytes follow, then these */
  readonly #chains = new ByteChains(BLOCK_BYTES);
  #counts = new Uint16Array();

  /** @param scratch memory to write and read with */
  constructor(scratch: ByteText) {
    this.#scratch = scratch;
  }

  /** Memory of all lines. */
  get bytes(): number {
    return this.#chains.bytes;
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#chains.resize(capacity);
    this.#counts = new Uint16Array(lengthened(this.#counts, capacity));
  }

  count(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  /** Adds lines; of more than `maxLines`, at least 1, the first ones give way, those that were there included. */
  add(slot: number, lines: readonly MatchLine[], maxLines: number): void {
    const most = Math.min(maxLines, MAX_LINES);
    const added = lines.length > most ? lines.slice(-most) : lines;
    this.trim(slot, most - added.length);
    if (added.length === 0) return;
    const scratch = this.#scratch;
    scratch.clear();
    for (const line of added) putLine(scratch, line);
    this.#chains.append(slot, scratch.bytes, scratch.length);
    this.#counts[slot] = this.count(slot) + added.length;
  }

  /** Lets the first lines go until there are no more than so many. */
  trim(slot: number, maxLines: number): void {
    let count = this.count(slot);
    if (count <= maxLines) return;
    if (maxLines <= 0) this.#chains.drop(slot);
    else for (; count > maxLines; count -= 1) this.#dropFirst(slot);
    this.#counts[slot] = Math.max(0, maxLines);
  }

  /** The lines of a slot, the oldest first. */
  of(slot: number): MatchLine[] {
    const scratch = this.#scratch;
    scratch.clear();
    this.#chains.read(slot, scratch);
    const lines: MatchLine[] = [];
    while (scratch.at < scratch.length) lines.push(takeLine(scratch));
    return lines;
  }

  drop(slot: number): void {
    this.trim(slot, 0);
  }

  /** Gives back all room. */
  clear(): void {
    this.#chains.clear();
    this.#counts.fill(0);
  }

  #dropFirst(slot: number): void {
    let bytes = 0;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#chains.byteAt(slot, bytes);
      bytes += 1;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    this.#chains.dropFirst(slot, bytes + length);
  }
}
