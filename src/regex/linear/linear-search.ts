/**
 * Searches in time that grows with the text alone: once forwards over rows of open ways, and once back along the way that matched, to
 * see where its groups are. Gives the texts that it cannot take to another engine.
 * Hot: per character of long texts.
 * @module
 */
import { characterAt } from "../../base/code-point.ts";
import type { RegexMatch, RegexSearch } from "../compiled-regex.ts";
import { codePointBefore, sizeOf } from "../exact/alphabet.ts";
import { isAnchored } from "../exact/first-characters.ts";
import { PlacedMatch } from "../placed-match.ts";
import type { Node } from "../tree.ts";
import { END_TAG, orderedProgramOf } from "./ordered-program.ts";
import { BACK_SHIFT, DEAD, HAS_TAGS, MATCHES, OrderedRows, ROW_SHIFT, UNKNOWN } from "./ordered-rows.ts";
import { END, LAST_NEWLINE, Places } from "./places.ts";
import { BEGINS } from "./way-rows.ts";

/** Work that one search may spend on new rows, in ways looked at; some milliseconds. */
const MAX_BUILDING = 60_000;
/** How often all may begin anew before the pattern is left to the other engine for good. */
const MAX_BEGINNINGS = 16;
/** Texts whose notes are written where those of the search before were, UTF-16 units. */
const MAX_KEPT_NOTES = 128 * 1024;

const NEWLINE = 0x0a;
const LOW_UNITS = 0x100;
/** Units from here on may be half of a character. */
const FIRST_HIGH = 0xd800;

/** Where the character ends that begins at a place of the text, and where the one begins that ends there. */
const endAt = (text: string, place: number): number => place + sizeOf(characterAt(text, place));
const beginAt = (text: string, place: number): number => place - sizeOf(codePointBefore(text, place));

/** Steps back that are not worth asking whether all those to the row are one. */
const SHORT_STAY = 4;

/** As a class: one that there is no room for. */
const STRANGE = -1;

/** Two numbers a step to another row, the place behind it and which step it was; of all searches, for none goes on when another begins. */
let keptNotes = new Int32Array(0);

function notesFor(units: number): Int32Array {
  const length = 2 * (units + 3);
  if (length <= keptNotes.length) return keptNotes;
  const notes = new Int32Array(length);
  if (units <= MAX_KEPT_NOTES) keptNotes = notes;
  return notes;
}

/** What a search has left behind. */
interface Walked {
  readonly from: number;
  readonly end: number;
  readonly first: ReturnType<OrderedRows["first"]>;
  readonly notes: Int32Array;
  /** numbers of the notes up to the end */
  readonly noted: number;
}

export interface LinearOptions {
  readonly groupCount: number;
  readonly groupIndex: ReadonlyMap<string, number>;
  /** for texts that need too many rows */
  readonly other: RegexSearch;
}

export interface LinearSearching extends RegexSearch {
  /** ways looked at so far to build rows */
  readonly work: number;
}

/**
 * @param root characters resolved, conditions written out
 * @returns the other engine where the pattern is none for this one; what this one needs is made with the first search
 */
export function linearSearch(root: Node, options: LinearOptions): LinearSearching {
  let engine: RegexSearch | undefined;
  let rows: OrderedRows | undefined;
  const made = (): RegexSearch => {
    const program = orderedProgramOf(root, { looksFar: true });
    if (program === undefined) return options.other;
    const places = new Places(program);
    rows = new OrderedRows(program, places, isAnchored(root));
    return new LinearSearch(places, rows, options);
  };
  return {
    search: (text, from, maxSteps) => {
      engine ??= made();
      return engine.search(text, from, maxSteps);
    },
    get work() {
      return rows?.work ?? 0;
    },
  };
}

class LinearSearch implements RegexSearch {
  readonly #places: Places;
  readonly #rows: OrderedRows;
  readonly #options: LinearOptions;
  /** the row at the begin of a text */
  #firstRow: ReturnType<OrderedRows["first"]> | undefined;
  #beginnings = 0;

  constructor(places: Places, rows: OrderedRows, options: LinearOptions) {
    this.#places = places;
    this.#rows = rows;
    this.#options = options;
  }

  search(text: string, from = 0, maxSteps?: number): RegexMatch | undefined {
    const rows = this.#rows;
    if (this.#beginnings < MAX_BEGINNINGS) {
      const found = this.#search(text, from);
      if (rows.isFull) {
        rows.startAnew();
        this.#firstRow = undefined;
        this.#beginnings++;
      }
      if (found !== "too hard") return found;
    }
    return this.#options.other.search(text, from, maxSteps);
  }

  #search(text: string, from: number): RegexMatch | undefined | "too hard" {
    const rows = this.#rows;
    const limit = rows.work + MAX_BUILDING;
    const { lowClasses } = this.#places;
    const { stride } = rows;
    const last = text.length - 1;
    const notes = notesFor(text.length - from);
    const first = this.#first(text, from);
    if (first === undefined) return "too hard";
    let { row } = first;
    let { moves } = rows;
    let noted = 0;
    let matchedAt = -1;
    for (let place = from; place <= text.length; place++) {
      // most characters leave the row as it is, or lead to one that is known
      let staying = row << ROW_SHIFT;
      for (; place < last; place++) {
        const unit = text.charCodeAt(place);
        let taken = row;
        if (unit < LOW_UNITS) taken += lowClasses[unit] ?? 0;
        else {
          const classNumber = unit >= FIRST_HIGH ? stride : this.#places.classOf(unit);
          if (classNumber >= stride) break;
          taken += classNumber;
        }
        const move = moves[taken] ?? UNKNOWN;
        if (move === staying) continue;
        if (move <= DEAD || (move & MATCHES) !== 0) break;
        staying = move;
        row = move >> ROW_SHIFT;
        notes[noted] = place + 1;
        notes[noted + 1] = taken;
        noted += 2;
      }
      const classNumber = this.#classAt(text, place);
      if (classNumber === STRANGE) return "too hard";
      const taken = row + classNumber;
      let move = moves[taken] ?? UNKNOWN;
      if (move === UNKNOWN) {
        if (rows.work > limit || rows.isFull) return "too hard";
        move = rows.build(row, classNumber);
        ({ moves } = rows);
      }
      if ((move & MATCHES) !== 0) matchedAt = place;
      place = endAt(text, place) - 1;
      const next = move >> ROW_SHIFT;
      if (next === row) continue;
      if (next === DEAD) break;
      row = next;
      notes[noted] = place + 1;
      notes[noted + 1] = taken;
      noted += 2;
    }
    if (matchedAt < 0) return undefined;
    while (noted > 0 && (notes[noted - 2] ?? 0) > matchedAt) noted -= 2;
    const places = this.#placesOf(text, { from, end: matchedAt, first, notes, noted });
    return new PlacedMatch(text, places, this.#options.groupIndex);
  }

  #first(text: string, from: number): ReturnType<OrderedRows["first"]> | undefined {
    if (from === 0) {
      this.#firstRow ??= this.#rows.first(undefined);
      return this.#firstRow;
    }
    // half a character
    if (beginAt(text, from + 1) < from) return undefined;
    const classNumber = this.#classAt(text, beginAt(text, from));
    return classNumber === STRANGE ? undefined : this.#rows.first(classNumber);
  }

  /** The class of what is behind a place. */
  #classAt(text: string, place: number): number {
    const last = text.length - 1;
    if (place > last) return END;
    const unit = characterAt(text, place);
    if (unit < LOW_UNITS) {
      return place === last && unit === NEWLINE ? LAST_NEWLINE : (this.#places.lowClasses[unit] ?? 0);
    }
    const classNumber = this.#places.classOf(unit);
    return classNumber < this.#rows.stride ? classNumber : STRANGE;
  }

  /** Goes back from the end of the match. */
  #placesOf(text: string, { from, end, first, notes, noted }: Walked): Int32Array {
    const rows = this.#rows;
    const { backs, moves, stepAt } = rows;
    const places = new Int32Array(2 * (this.#options.groupCount + 1)).fill(-1);
    const note = (tags: readonly number[] | undefined, place: number): void => {
      if (tags !== undefined) for (const tag of tags) if (places[tag] === -1) places[tag] = place;
    };
    /** the row behind so many notes */
    const rowAt = (count: number): number =>
      count === 0 ? first.row : (moves[notes[count - 1] ?? 0] ?? DEAD) >> ROW_SHIFT;
    let left = noted;
    let since = left === 0 ? from : (notes[left - 2] ?? from);
    let taken = rowAt(left) + this.#classAt(text, end);
    let way = backs[(stepAt[taken] ?? 0) - 1] ?? BEGINS;
    note(rows.tagged(taken)?.matchTags, end);
    let place = end;
    for (;;) {
      const begin = beginAt(text, place);
      if (place > since) {
        const row = rowAt(left);
        if (place > since + SHORT_STAY && rows.rests(row, way)) {
          place = since;
          continue;
        }
        taken = row + this.#classAt(text, begin);
      } else {
        if (left === 0) {
          note(first.tags[way], place);
          break;
        }
        taken = notes[left - 1] ?? 0;
        left -= 2;
        since = left === 0 ? from : (notes[left - 2] ?? from);
      }
      const back = backs[(stepAt[taken] ?? 0) + way] ?? BEGINS;
      const before = back >> BACK_SHIFT;
      if ((back & HAS_TAGS) !== 0) {
        const step = rows.tagged(taken);
        note(step?.behind[way], place);
        if (before !== BEGINS) note(step?.here[way], begin);
      }
      if (before === BEGINS) break;
      way = before;
      place = begin;
    }
    places[0] = place;
    if (places[END_TAG] === -1) places[END_TAG] = end;
    return places;
  }
}
