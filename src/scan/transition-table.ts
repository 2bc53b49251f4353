/**
 * The table of the walk, filled as lines ask for it: sets of states get rows, steps become entries. Rows, and the work of building
 * them, are bounded, whatever lines come: a table that is full starts anew, and work beyond what the bytes read have paid for is refused.
 * @module
 */
import type { Node } from "../regex/tree.ts";
import { type ByteAutomaton, byteAutomatonOf } from "./byte-automaton.ts";
import { isSameSet, type StateSet, StateSets } from "./state-sets.ts";
import { MAX_ROWS, type WalkMemory } from "./walk-memory.ts";

/** Bytes of a table; one that needs more starts anew. */
const MAX_TABLE_BYTES = 2 * 1024 * 1024;

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

/** rows 0 and 1 are none: a missing entry and a dead one; lines begin in the next */
const DEAD = 1;
const IS_FINAL = 0x8000;

const NO_SET: StateSet = { open: new Int32Array(0), asks: false, before: 0, accepted: 0, isFinal: true };

export class TransitionTable {
  readonly automaton: ByteAutomaton;
  readonly #sets: StateSets;
  readonly #memory: WalkMemory;
  readonly #shift: number;
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
    this.#shift = Math.ceil(Math.log2(this.automaton.classes.count));
    this.#maxRows = Math.min(MAX_ROWS, MAX_TABLE_BYTES >> (this.#shift + 1));
    memory.useClasses(this.automaton.classes.ofByte, this.#shift);
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
   * @returns the row from which the walk goes on, at that same byte; `undefined`: no work may be done now
   */
  build(row: number, byte: number): number | undefined {
    const set = this.#rows[row];
    if (set === undefined || this.#credit <= 0) return undefined;
    const { work } = this.#sets;
    const column = this.automaton.classes.ofByte[byte] ?? 0;
    const next = this.#sets.settled(this.#sets.after(set, column));
    this.#credit -= this.#sets.work - work + STEP_WORK + 2 * next.open.length;
    let from = row;
    if (this.#rows.length + 2 > this.#maxRows || this.#openStates > MAX_OPEN_STATES) {
      this.#startAnew();
      from = this.#rowOf(set);
    }
    const isDead = next.isFinal && next.accepted === 0;
    const entry = isDead ? DEAD : this.#rowOf(next) | (next.isFinal ? IS_FINAL : 0);
    this.#memory.setEntry((from << this.#shift) + column, entry);
    return from;
  }

  #startAnew(): void {
    this.#memory.clearTable(this.#rows.length << this.#shift);
    this.#rows = [NO_SET, NO_SET];
    this.#numbers = new Map();
    this.#openStates = 0;
    this.#rowOf(this.#sets.first());
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
    this.#memory.growTable((row + 1) << this.#shift);
    this.#memory.setAccepted(row, set.accepted);
    return row;
  }
}

function hashOf({ open, before, accepted }: StateSet): number {
  let hash = before * 4096 + accepted;
  for (let place = 0; place < open.length; place++)
    hash = (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + (open[place] ?? 0)) | 0;
  return hash;
}
