/**
 * The table of the walk, filled as lines ask for it: sets of states get rows, steps become entries. Rows, and the work of building
 * them, are bounded, whatever lines come: a table that is full starts anew, and work beyond what the bytes read have paid for is refused.
 * @module
 */
import type { Node } from "../regex/tree.ts";
import { type ByteAutomaton, byteAutomatonOf } from "./byte-automaton.ts";
import type { LineSample } from "./line-samples.ts";
import { isSameSet, type StateSet, StateSets } from "./state-sets.ts";
import { ACCEPTS, type WalkMemory } from "./walk-memory.ts";

/** Entries of a table, of four bytes each, and rows; one that needs more starts anew. */
const MAX_ENTRIES = 1024 * 1024;
const MAX_ROWS = 8192;

/** States that are open in all rows together; a table that needs more starts anew. */
const MAX_OPEN_STATES = 1_000_000;

/**
 * Work of building, in states looked at: what is there for the first lines, and the most that may be saved up. On a log of logins the
 * filter for sshd needs 50,000, all 94 of fail2ban's at once 210,000.
 */
const MAX_CREDIT = 1_000_000;

/** Work that a byte read pays for; a MiB pays for about 50 ms. */
const CREDIT_PER_BYTE = 1;

/** Work of a step besides the states it looks at. */
const STEP_WORK = 50;

const NO_SET: StateSet = { open: new Int32Array(0), asks: false, before: 0, accepted: 0, isFinal: true };

export class TransitionTable {
  readonly automaton: ByteAutomaton;
  readonly #sets: StateSets;
  readonly #memory: WalkMemory;
  readonly #maxRows: number;
  #rows: StateSet[] = [];
  /** by the hash of a set: rows of such sets */
  #numbers = new Map<number, number[]>();
  /** states that are open in all rows together */
  #openStates = 0;
  #credit = MAX_CREDIT;

  /** @param stranger what decides alone, where it matches */
  constructor(roots: readonly Node[], stranger: Node | undefined, memory: WalkMemory) {
    const all = stranger === undefined ? roots : [...roots, stranger];
    this.automaton = byteAutomatonOf(all);
    this.#sets = new StateSets(this.automaton, all.length, stranger === undefined ? -1 : roots.length);
    this.#memory = memory;
    const { count, ofByte } = this.automaton.classes;
    this.#maxRows = Math.min(MAX_ROWS, Math.floor(MAX_ENTRIES / count));
    memory.useClasses(ofByte);
    this.#startAnew();
  }

  get accepts(): StateSets["accepts"] {
    return this.#sets.accepts;
  }

  /** So many bytes were read. */
  earn(bytes: number): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + bytes * CREDIT_PER_BYTE);
  }

  /**
   * Adds the entry for a byte at a row.
   *
   * @param address the row's
   * @returns that of the row from which the walk goes on, at that same byte; `undefined`: no work may be done now
   */
  build(address: number, byte: number): number | undefined {
    const { classes } = this.automaton;
    const set = this.#rows[this.#memory.firstEntryOf(address) / classes.count];
    if (set === undefined || this.#credit <= 0) return undefined;
    const { work } = this.#sets;
    const column = classes.ofByte[byte] ?? 0;
    const alike = this.#sets.alike(set, column);
    const next = this.#sets.settled(this.#sets.after(set, column));
    this.#credit -= this.#sets.work - work + STEP_WORK + 2 * next.open.length;
    let from = address;
    if (this.#rows.length + 2 > this.#maxRows || this.#openStates > MAX_OPEN_STATES) {
      this.#startAnew();
      from = this.#addressOf(set);
    }
    const entry = next.isFinal ? ACCEPTS + next.accepted : this.#addressOf(next);
    for (const each of alike) this.#memory.setEntry(from, each, entry);
    return from;
  }

  /** Such lines come: where they go on alike they are walked over faster from now on. */
  learn(samples: readonly LineSample[]): void {
    this.#memory.leap(samples, this.#rows.length, this.automaton.classes.count);
  }

  #startAnew(): void {
    this.#memory.clearTable(this.#rows.length * this.automaton.classes.count);
    this.#rows = [];
    this.#numbers = new Map();
    this.#openStates = 0;
    this.#addressOf(this.#sets.first());
  }

  /** Where the row of a set lies. */
  #addressOf(set: StateSet): number {
    return this.#memory.addressOf(this.#rowOf(set) * this.automaton.classes.count);
  }

  #rowOf(set: StateSet): number {
    const hash = hashOf(set);
    const alike = this.#numbers.get(hash) ?? [];
    const known = alike.find((row) => isSameSet(set, this.#rows[row] ?? NO_SET));
    if (known !== undefined) return known;
    const row = this.#rows.push(set) - 1;
    alike.push(row);
    this.#numbers.set(hash, alike);
    this.#openStates += set.open.length;
    this.#memory.growTable((row + 1) * this.automaton.classes.count);
    return row;
  }
}

function hashOf({ open, before, accepted }: StateSet): number {
  let hash = before * 4096 + accepted;
  for (let place = 0; place < open.length; place++)
    hash = (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + (open[place] ?? 0)) | 0;
  return hash;
}
