/**
 * Where the groups of a regex stand in a line, found without the regex: by rows of ways, walked over the bytes. Finds exactly what the
 * regex would find, in time that grows with the line alone, or says that it does not know. Knows neither filters nor what groups mean.
 * Hot: per line that a regex is asked about.
 * @module
 */

import { isAnchored } from "../regex/exact/first-characters.ts";
import { type OrderedProgram, orderedProgramOf } from "../regex/linear/ordered-program.ts";
import { withoutConditions } from "../regex/lower.ts";
import type { Node } from "../regex/tree.ts";
import {
  CaptureMemory,
  KEPT_PLACES,
  MAX_GROUPS,
  MAX_PIECE_BYTES,
  PLACES,
  WORD_BYTES,
} from "./capture-memory.ts";
import { CaptureProgram } from "./capture-program.ts";
import { LineBatch } from "./line-batch.ts";

/** One regex. */
export interface CaptureSource {
  /** characters resolved to sets; asked for once somebody searches, or wants to know whether one can */
  readonly root: Node;
  readonly groupCount: number;
}

/** What a search came to. */
export type CaptureOutcome = typeof NO_MATCH | typeof MATCH | typeof UNKNOWN;
const NO_MATCH = 0;
const MATCH = 1;
/** ask the regex */
const UNKNOWN = 2;

/** Where the group places of a search stand among all of them, and of one that is kept. */
export const OWN_BASE = PLACES / WORD_BYTES;
export const KEPT_BASE = KEPT_PLACES / WORD_BYTES;

/** As the memory says that a step is missing. */
const STEP_MISSING = 2;

/** Work that one search may spend on new rows, in ways looked at; some milliseconds. */
const MAX_BUILDING = 60_000;

/** Work of building that is there for the first lines, and the most that may be saved up. */
const MAX_CREDIT = 1_000_000;

/** Work that a byte searched pays for. */
const CREDIT_PER_BYTE = 1;

/** How often a program may fill the memory so that all begin anew. */
const MAX_BEGINNINGS = 4;

interface Ordered {
  readonly program: OrderedProgram;
  readonly isAnchored: boolean;
}

/** A regex as far as it is known whether its rows can be searched. */
interface Entry {
  readonly source: CaptureSource;
  /** `undefined`: nobody asked yet */
  ordered: Ordered | "none" | undefined;
  program: CaptureProgram | undefined;
  beginnings: number;
}

export class LineCaptures {
  readonly #entries: readonly Entry[];
  #memory: CaptureMemory | undefined;
  #batch: LineBatch | undefined;
  #credit = MAX_CREDIT;

  /** What it takes is made when it is needed. */
  constructor(sources: readonly CaptureSource[]) {
    this.#entries = sources.map((source) => ({
      source,
      ordered: undefined,
      program: undefined,
      beginnings: 0,
    }));
  }

  /**
   * After a match: begin and end of group g at 2g and 2g + 1, as offsets in the part searched, -1 where it took no part.
   * Always the same array; good until the next search that is not kept.
   */
  get places(): Int32Array {
    return this.#mapped().places;
  }

  /** All group places, those of {@link places} as well, which begin at {@link OWN_BASE}. Always the same array. */
  get allPlaces(): Int32Array {
    return this.#mapped().numbers;
  }

  /** What was found in the lines of a batch. Always the same array. */
  get found(): Int32Array {
    return this.#mapped().found;
  }

  /** Whether the regex is of a kind that can be searched so: without references, atomic groups and what else an order of ways does not say. */
  canRun(index: number): boolean {
    const entry = this.#entries[index];
    return entry !== undefined && orderedOf(entry) !== "none";
  }

  /** Lays bytes down of which lines will be taken. @returns false: they are too many */
  load(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > MAX_PIECE_BYTES) return false;
    this.#mapped().load(bytes, from, to);
    return true;
  }

  /**
   * Makes a line the text: what is before the cut and what is behind it. Offsets are those of the bytes laid down.
   *
   * @param end before the newline
   * @returns false: it holds a byte that is no ASCII
   */
  take(start: number, cutStart: number, cutEnd: number, end: number): boolean {
    return this.#mapped().take(start, cutStart, cutEnd, end);
  }

  /** Where all of that lies. */
  get memory(): CaptureMemory {
    return this.#mapped();
  }

  /** Lines to be searched by one call, of those laid down. */
  get batch(): LineBatch {
    this.#batch ??= new LineBatch(this.#mapped(), (index) => this.#entries[index]?.program?.address ?? 0);
    return this.#batch;
  }

  /** As the batch's search; the line of which nothing is known is to be taken and searched by itself. */
  searchBatch(from: number): number {
    const searched = this.batch.search(from);
    this.#earn(this.batch.bytesOf(from, searched));
    return searched;
  }

  /**
   * Searches a part of the text, with a newline behind it, as a text of its own. Fills {@link places} if it matches.
   *
   * @param keeps fills the places at {@link KEPT_BASE} instead, which others leave alone
   */
  run(index: number, from: number, to: number, keeps = false): CaptureOutcome {
    const entry = this.#entries[index];
    const program = entry?.program ?? this.#programOf(entry);
    if (program === undefined) return UNKNOWN;
    if (program.address === 0 && !program.layDown()) return this.#beginAnew();
    const memory = this.#mapped();
    const into = keeps ? KEPT_PLACES : PLACES;
    let outcome: number = memory.search.run(program.address, from, to, into);
    this.#earn(to - from);
    if (outcome === STEP_MISSING) outcome = this.#searchOn(program);
    if (program.address !== 0 && memory.wantsSample(program.address)) program.sample(from, to);
    return outcome === NO_MATCH || outcome === MATCH ? outcome : UNKNOWN;
  }

  #earn(bytes: number): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + bytes * CREDIT_PER_BYTE);
  }

  /** Goes on where steps are missing. */
  #searchOn(program: CaptureProgram): CaptureOutcome {
    const { search } = this.#mapped();
    const before = program.work;
    const limit = before + Math.min(MAX_BUILDING, this.#credit);
    let outcome = STEP_MISSING;
    let hasRoom = true;
    while (outcome === STEP_MISSING && hasRoom && program.work < limit) {
      const row = search.missingRow.value;
      hasRoom = program.build(row, search.missingColumn.value);
      if (hasRoom) outcome = search.goOn(row);
    }
    this.#credit -= program.work - before;
    if (!hasRoom) return this.#beginAnew();
    return outcome === NO_MATCH || outcome === MATCH ? outcome : UNKNOWN;
  }

  #programOf(entry: Entry | undefined): CaptureProgram | undefined {
    if (entry === undefined) return undefined;
    const ordered = orderedOf(entry);
    if (ordered === "none") return undefined;
    const { groupCount } = entry.source;
    entry.program = new CaptureProgram(ordered.program, ordered.isAnchored, groupCount, this.#mapped());
    return entry.program;
  }

  /** The memory is full: who fills it most is to blame. */
  #beginAnew(): typeof UNKNOWN {
    const [largest] = this.#entries.toSorted((one, other) => usedBy(other) - usedBy(one));
    if (largest !== undefined && ++largest.beginnings >= MAX_BEGINNINGS) {
      largest.ordered = "none";
      largest.program = undefined;
    }
    for (const { program } of this.#entries) program?.forget();
    this.#batch?.forget();
    this.#mapped().clear();
    return UNKNOWN;
  }

  #mapped(): CaptureMemory {
    this.#memory ??= new CaptureMemory();
    return this.#memory;
  }
}

const usedBy = ({ program }: Entry): number => program?.used ?? 0;

function orderedOf(entry: Entry): Ordered | "none" {
  entry.ordered ??= makeOrdered(entry.source) ?? "none";
  return entry.ordered;
}

function makeOrdered(source: CaptureSource): Ordered | undefined {
  if (source.groupCount > MAX_GROUPS) return undefined;
  const root = withoutConditions(source.root);
  const program = orderedProgramOf(root, { looksFar: true });
  return program && { program, isAnchored: isAnchored(root) };
}
