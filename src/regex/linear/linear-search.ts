/**
 * Searches in time that grows with the text alone: once forwards over rows of open ways, and once back along the way that matched, to
 * see where its groups are. Gives the texts that it cannot take to another engine.
 * Hot: per character of long texts.
 * @module
 */
import type { RegexMatch, RegexSearch } from "../compiled-regex.ts";
import { isAnchored } from "../exact/first-characters.ts";
import { PlacedMatch } from "../placed-match.ts";
import type { Node } from "../tree.ts";
import { orderedProgramOf } from "./ordered-program.ts";
import { OrderedRows } from "./ordered-rows.ts";
import { END, LAST_NEWLINE, Places } from "./places.ts";
import { BEGINS } from "./way-follower.ts";

/** Work that one search may spend on new rows, in ways looked at; some milliseconds. */
const MAX_BUILDING = 60_000;
/** How often all may begin anew before the pattern is left to the other engine for good. */
const MAX_BEGINNINGS = 16;
/** Places whose steps are written where the search before has written its own. */
const MAX_KEPT_STEPS = 128 * 1024;

const NEWLINE = 0x0a;
const LOW_UNITS = 0x100;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** Steps by place of the text that is searched; of all searches, for none goes on when another begins. */
let keptLog = new Int32Array(0);

function logOf(places: number): Int32Array {
  if (places <= keptLog.length) return keptLog;
  const log = new Int32Array(places);
  if (places <= MAX_KEPT_STEPS) keptLog = log;
  return log;
}

export interface LinearOptions {
  readonly groupCount: number;
  readonly groupIndex: ReadonlyMap<string, number>;
  /** for texts with surrogate pairs, and such that need too many rows */
  readonly other: RegexSearch;
}

/**
 * @param root characters resolved, conditions written out
 * @returns the other engine where the pattern is none for this one; what this one needs is made with the first search
 */
export function linearSearch(root: Node, options: LinearOptions): RegexSearch {
  let engine: RegexSearch | undefined;
  const made = (): RegexSearch => {
    const program = orderedProgramOf(root);
    if (program === undefined) return options.other;
    const places = new Places(program);
    return new LinearSearch(places, new OrderedRows(program, places, isAnchored(root)), options);
  };
  return {
    search: (text, from, maxSteps) => {
      engine ??= made();
      return engine.search(text, from, maxSteps);
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
    const places = this.#places;
    const { lowClasses } = places;
    const { stride } = rows;
    const last = text.length - 1;
    const log = logOf(text.length - from + 1);
    const first = this.#first(text, from);
    if (first === undefined) return "too hard";
    let { row } = first;
    let { table, moves } = rows;
    let matchedAt = -1;
    for (let place = from; row >= 0 && place <= text.length; place++) {
      const unit = place > last ? -1 : text.charCodeAt(place);
      let classNumber: number = END;
      if (place < last) classNumber = unit < LOW_UNITS ? (lowClasses[unit] ?? 0) : places.classOf(unit);
      else if (place === last) classNumber = unit === NEWLINE ? LAST_NEWLINE : places.classOf(unit);
      if (unit >= FIRST_SURROGATE && unit <= LAST_SURROGATE) return "too hard";
      let step = classNumber < stride ? (table[row * stride + classNumber] ?? -1) : -1;
      if (step < 0) {
        if (rows.work > limit || rows.isFull) return "too hard";
        step = rows.build(row, classNumber);
        ({ table, moves } = rows);
      }
      log[place - from] = step;
      const move = moves[step] ?? -1;
      if ((move & 1) !== 0) matchedAt = place;
      row = move >> 1;
    }
    if (matchedAt < 0) return undefined;
    return new PlacedMatch(text, this.#placesOf(log, from, matchedAt, first.tags), this.#options.groupIndex);
  }

  #first(text: string, from: number): ReturnType<OrderedRows["first"]> | undefined {
    if (from === 0) {
      this.#firstRow ??= this.#rows.first(undefined);
      return this.#firstRow;
    }
    const unit = text.charCodeAt(from - 1);
    if (unit >= FIRST_SURROGATE && unit <= LAST_SURROGATE) return undefined;
    return this.#rows.first(this.#places.classOf(unit));
  }

  /** Goes back from the end of the match. */
  #placesOf(
    log: Int32Array,
    from: number,
    end: number,
    firstTags: readonly (readonly number[])[],
  ): Int32Array {
    const { steps } = this.#rows;
    const places = new Int32Array(2 * (this.#options.groupCount + 1)).fill(-1);
    const note = (tags: readonly number[] | undefined, place: number): void => {
      if (tags !== undefined) for (const tag of tags) if (places[tag] === -1) places[tag] = place;
    };
    const last = steps[log[end - from] ?? -1];
    let way = last?.match ?? BEGINS;
    note(last?.matchTags, end);
    let place = end;
    while (place > from) {
      const step = steps[log[place - 1 - from] ?? -1];
      if (step === undefined) break;
      note(step.behind[way], place);
      const before = step.from[way] ?? BEGINS;
      if (before === BEGINS) break;
      note(step.here[way], place - 1);
      way = before;
      place--;
    }
    if (place === from) note(firstTags[way], from);
    places[0] = place;
    places[1] = end;
    return places;
  }
}
