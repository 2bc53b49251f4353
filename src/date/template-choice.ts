/**
 * Which template dates a line: the one that won the line before if its stamp stands where it stood, else the first one in an order that is
 * learnt from the log (A§2.4). Knows no moments but the present one.
 * Hot: per candidate line.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import { charactersBefore, isPlain, LineView } from "./line-view.ts";
import { agrees, placeIn, placeOf, type StampPlace } from "./stamp-place.ts";
import type { DateTemplate } from "./template.ts";
import { TemplateEntry } from "./template-entry.ts";

/** What was learnt of a log, as plain data. */
export interface ChoiceState {
  /** the templates in their present order, by their numbers in the list of the datepattern */
  readonly order: readonly number[];
  /** those that were used, in that order; `distance` is not finite where there was no stamp */
  readonly used: readonly (readonly [
    template: number,
    hits: number,
    hasMatched: boolean,
    lastUsedAt: EpochSeconds,
    distance: number,
  ])[];
  /** number of the last winner, negative for none */
  readonly last: number;
  readonly place: StampPlace | undefined;
}

/** A match of a template, which may win. */
export interface Candidate {
  readonly entry: TemplateEntry;
  readonly match: RegexMatch;
  /** where it is, in characters */
  readonly start: number;
  readonly end: number;
}

/** @param isEven whether offsets are places already */
function candidateOf(entry: TemplateEntry, match: RegexMatch, line: string, isEven: boolean): Candidate {
  if (isEven) return { entry, match, start: match.start, end: match.end };
  return { entry, match, start: charactersBefore(line, match.start), end: charactersBefore(line, match.end) };
}

/** How long a template keeps its place against one that is used now. */
const STALE_AFTER: Seconds = 300;

/** What "the start of the last match" is before there was one. */
const FIRST_START = 1;

export class TemplateChoice {
  readonly #templates: readonly DateTemplate[];
  #entries: TemplateEntry[];
  #last: TemplateEntry | undefined;
  /** where the last stamp stood */
  place: StampPlace | undefined;

  constructor(templates: readonly DateTemplate[]) {
    this.#templates = templates;
    this.#entries = templates.map((template) => new TemplateEntry(template));
  }

  /** All templates in their present order. */
  get entries(): readonly TemplateEntry[] {
    return this.#entries;
  }

  /** The template that won the last line. */
  get last(): TemplateEntry | undefined {
    return this.#last;
  }

  /** The last winner where its stamp stood before, else the first acceptable template in order, else the leftmost match. */
  choose(line: string): Candidate | undefined {
    let reserve: Candidate | undefined;
    let whole: LineView | undefined;
    let isTried = false;
    const isEven = isPlain(line);
    const last = this.#last;
    if (last !== undefined && this.place !== undefined) {
      const isAnchored = last.template.isAnchored;
      const { start, end } = isEven ? this.place : placeIn(line, this.place);
      const isNarrow = !isAnchored && agrees(this.place, line, start, end);
      if (!isNarrow && !isEven) whole = new LineView(line, isEven);
      isTried = !isNarrow;
      const text = isNarrow ? line.slice(0, end) : line;
      const from = isNarrow ? start : 0;
      const match = isEven ? last.searchText(text, from) : last.search(whole ?? new LineView(text), from);
      if (match !== undefined) {
        const isSamePlace = match.start === start && match.end === end;
        reserve = candidateOf(last, match, line, isEven);
        if (isAnchored || isSamePlace || this.#entries.length === 1) return reserve;
      }
    }
    // the last winner has had its turn where the whole line was searched
    const tried = isTried ? last : undefined;
    return this.#walk(whole ?? new LineView(line, isEven), isEven, reserve, tried);
  }

  #walk(
    line: LineView,
    isEven: boolean,
    fallback: Candidate | undefined,
    tried: TemplateEntry | undefined,
  ): Candidate | undefined {
    let reserve = fallback;
    for (const [index, entry] of this.#entries.entries()) {
      if (entry === tried || line.lacks(entry.template.needs)) continue;
      const match = entry.search(line);
      if (match === undefined) continue;
      const candidate = candidateOf(entry, match, line.text, isEven);
      if (this.#isWinner(candidate, index)) return candidate;
      if (reserve === undefined || candidate.start < reserve.start) reserve = candidate;
    }
    return reserve;
  }

  /** Whether a match at this place of the list ends the walk. */
  #isWinner({ entry, start }: Candidate, index: number): boolean {
    const next = this.#entries[index + 1];
    if (next === undefined || entry.template.isAnchored) return true;
    if (start === 0 && entry.hits > 0 && !next.hasMatched) return true;
    return start <= entry.distance && start <= (this.place?.start ?? FIRST_START);
  }

  /**
   * The candidate has won this line.
   *
   * @returns whether another template had won the line before
   */
  remember({ entry, match, start, end }: Candidate, line: string, now: EpochSeconds): boolean {
    entry.hits += 1;
    entry.distance = start;
    entry.lastUsedAt = now;
    const isAsBefore = entry.template.isAnchored && this.#stands(start, end);
    if (!isAsBefore) this.place = placeOf(line, start, end, match.start, match.end);
    if (entry === this.#last) return false;
    this.#last = entry;
    this.#promote(entry, now);
    return true;
  }

  /**
   * The last winner has won so many lines more, the last of which it matched there.
   *
   * @returns whether the {@link place} is to be set anew: what stands around an anchored template's stamp is never asked for
   */
  winsAgain(count: number, start: number, end: number, now: EpochSeconds): boolean {
    const entry = this.#last;
    if (entry === undefined) return false;
    entry.hits += count;
    entry.distance = start;
    entry.lastUsedAt = now;
    return !entry.template.isAnchored || !this.#stands(start, end);
  }

  /** All that decides about the winners of the lines to come. */
  state(): ChoiceState {
    const order = this.#entries.map(({ template }) => this.#templates.indexOf(template));
    const used = this.#entries.flatMap(({ hits, hasMatched, lastUsedAt, distance }, at) =>
      hits > 0 || hasMatched ? [[order[at] ?? 0, hits, hasMatched, lastUsedAt, distance] as const] : [],
    );
    const last = this.#last === undefined ? -1 : this.#templates.indexOf(this.#last.template);
    return { order, used, last, place: this.place };
  }

  /** Goes on where the {@link state} of a choice of the same templates was taken. */
  restore({ order, used, last, place }: ChoiceState): void {
    const entries = this.#templates.map((template) => new TemplateEntry(template));
    for (const [template, hits, hasMatched, lastUsedAt, distance] of used) {
      const entry = entries[template];
      if (entry !== undefined) Object.assign(entry, { hits, hasMatched, lastUsedAt, distance });
    }
    this.#entries = order.flatMap((template) => entries[template] ?? []);
    this.#last = entries[last];
    this.place = place;
  }

  #stands(start: number, end: number): boolean {
    return this.place?.start === start && this.place.end === end;
  }

  /** Moves a new winner up the list, in front of what is used less. */
  #promote(entry: TemplateEntry, now: EpochSeconds): void {
    const own = this.#entries.indexOf(entry);
    if (own === 0) return;
    const unused = this.#entries.findIndex(({ hits }) => hits === 0);
    const target = unused >= 0 && unused < own ? unused : Math.floor(own / 2);
    const place = [target, own - 1].find((index) => {
      const other = this.#entries[index];
      return other !== undefined && (entry.merit > other.merit || other.lastUsedAt < now - STALE_AFTER);
    });
    if (place === undefined || place >= own) return;
    this.#entries.splice(own, 1);
    this.#entries.splice(place, 0, entry);
  }
}
