/**
 * Packed lines by slot, the last few of each, as chains through one pool: an array for each slot would cost several times as much.
 * Hot: per failure.
 * @module
 */
import { resized } from "./id-table.ts";

/** The end of a chain. */
const NONE = -1;
const FIRST_NODES = 64;

export class KeptLines {
  /** by node */
  #texts: (string | undefined)[] = [];
  #lengths = new Int32Array(FIRST_NODES);
  /** the next line of the same slot, or the next free node */
  #next = new Int32Array(FIRST_NODES);
  #free = NONE;
  /** nodes that were ever used */
  #used = 0;
  /** by slot; ends count only where there are lines */
  #first = new Int32Array();
  #last = new Int32Array();
  #counts = new Int32Array();
  #chars = 0;

  /** Of all lines. */
  get chars(): number {
    return this.#chars;
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#first = resized(this.#first, new Int32Array(capacity));
    this.#last = resized(this.#last, new Int32Array(capacity));
    this.#counts = resized(this.#counts, new Int32Array(capacity));
  }

  count(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  /** Adds a line; of more than `maxLines`, at least 1, the first ones give way. */
  add(slot: number, text: string, maxLines: number): void {
    this.trim(slot, maxLines - 1);
    const node = this.#takeNode();
    this.#texts[node] = text;
    this.#lengths[node] = text.length;
    this.#next[node] = NONE;
    if (this.count(slot) === 0) this.#first[slot] = node;
    else this.#next[this.#last[slot] ?? 0] = node;
    this.#last[slot] = node;
    this.#counts[slot] = this.count(slot) + 1;
    this.#chars += text.length;
  }

  /** Lets the first lines go until there are no more than so many. */
  trim(slot: number, maxLines: number): void {
    while (this.count(slot) > maxLines) this.#dropFirst(slot);
  }

  /** The lines of a slot, the oldest first. */
  of(slot: number): string[] {
    const texts: string[] = [];
    let node = this.#first[slot] ?? NONE;
    for (let left = this.count(slot); left > 0; left -= 1) {
      texts.push(this.#texts[node] ?? "");
      node = this.#next[node] ?? NONE;
    }
    return texts;
  }

  drop(slot: number): void {
    this.trim(slot, 0);
  }

  /** Gives back all room. */
  clear(): void {
    this.#texts = [];
    this.#lengths = new Int32Array(FIRST_NODES);
    this.#next = new Int32Array(FIRST_NODES);
    this.#free = NONE;
    this.#used = 0;
    this.#counts.fill(0);
    this.#chars = 0;
  }

  #dropFirst(slot: number): void {
    const node = this.#first[slot] ?? NONE;
    this.#first[slot] = this.#next[node] ?? NONE;
    this.#counts[slot] = this.count(slot) - 1;
    this.#chars -= this.#lengths[node] ?? 0;
    this.#texts[node] = undefined;
    this.#next[node] = this.#free;
    this.#free = node;
  }

  #takeNode(): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.#next[free] ?? NONE;
      return free;
    }
    if (this.#used === this.#next.length) {
      this.#lengths = resized(this.#lengths, new Int32Array(2 * this.#used));
      this.#next = resized(this.#next, new Int32Array(2 * this.#used));
    }
    this.#used += 1;
    return this.#used - 1;
  }
}
