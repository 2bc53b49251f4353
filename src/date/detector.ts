/**
 * Finds the time of a line: which template wins, where its stamp stands, which moment it means (A§2.3–2.10).
 * The choice depends on the lines before (A§2.4), so lines must come in order. Knows no clock and no log.
 * Hot: per candidate line.
 * @module
 */
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import { RegexSyntaxError } from "../regex/errors.ts";
import type { StampContext } from "./fields.ts";
import { LatestDate, type StampedBytes, type StampRanges } from "./latest-date.ts";
import { charactersBefore, isPlain, LineView } from "./line-view.ts";
import type { OrdinaryStamp } from "./ordinary-stamp.ts";
import { DatePatternError } from "./pattern-error.ts";
import { stampOfAnchored, stampOfLead, stampOfLoose } from "./stamp-choice.ts";
import {
  agrees,
  hasPlainEdges,
  hasPlainEnd,
  placeAmong,
  placeIn,
  placeOf,
  type StampPlace,
} from "./stamp-place.ts";
import { FRACTION } from "./stamp-steps.ts";
import { type StampMargins, tableOf } from "./stamp-table.ts";
import { type DateTemplate, uncompilable } from "./template.ts";
import { TemplateEntry } from "./template-entry.ts";
import { templatesOf } from "./template-list.ts";
import { compiledOf } from "./template-regex.ts";
import { parseZone } from "./zones.ts";

export interface DateDetectorOptions {
  /** patterns, one a line; the default templates if empty or missing */
  readonly datepattern?: string;
  /** zone of stamps without one (A§2.10); the machine's own if empty or missing */
  readonly logtimezone?: string;
  readonly zone: LocalZone;
  /** the year in which the process started; decides what `%ExY` takes */
  readonly startYear: number;
}

/** A stamp in a line. Offsets are UTF-16 units. */
export interface FoundDate {
  readonly start: number;
  readonly end: number;
  /** what is to be cut out of the line: `line.slice(start, end)` */
  readonly text: string;
  /** `undefined`: not convertible */
  readonly at: EpochSeconds | undefined;
  /** the time in content that is known to be old: what was guessed to lie ahead lies in the past there */
  readonly atIfOld: EpochSeconds | undefined;
  /** nothing was matched that could be a time, as with `{NONE}` */
  readonly empty: boolean;
  /** whether fail2ban would hold the time as a float and print it with a fraction, be it `.0` */
  readonly isFloat: boolean;
  /** displayed name of the template */
  readonly template: string;
}

/** How often a template dated a line. */
export interface TemplateHits {
  readonly name: string;
  readonly hits: number;
  /** how much speaks for an early place in the list, and how much one hit counts in that */
  readonly merit: number;
  readonly weight: number;
  /** the datepattern, where the template came from one by itself */
  readonly pattern: string | undefined;
  readonly regex: string;
}

/** What the detector has learnt of a log, as plain data. */
export interface DetectorState {
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
  readonly before: string;
}

interface Candidate {
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

/** What stands around the stamps of a template that belongs to its matches, where it has a table. */
const marginsOf = (template: DateTemplate): StampMargins => tableOf(template)?.margins ?? NO_MARGINS;

/** Whether the digits of a stamp's fraction count for nothing. */
const hasFreeFraction = (template: DateTemplate): boolean =>
  template.kind === "fields" && tableOf(template)?.hasFreeFraction === true;

const NO_MARGINS: StampMargins = { before: 0, behind: 0 };

/** How long a template keeps its place against one that is used now. */
const STALE_AFTER: Seconds = 300;

/** What "the start of the last match" is before there was one. */
const FIRST_START = 1;

/** Detectors with more templates than this are shown as the default ones. */
const MAX_SHOWN_TEMPLATES = 2;

export class DateDetector {
  readonly #templates: readonly DateTemplate[];
  #entries: TemplateEntry[];
  readonly #zone: LocalZone;
  readonly #defaultOffset: Seconds | undefined;
  #last: TemplateEntry | undefined;
  #place: StampPlace | undefined;
  /** what stood before the last stamp, if its template is anchored */
  #before = "";
  readonly #latest = new LatestDate();
  /** the template that was asked about last, and its margins */
  #marginal: DateTemplate | undefined;
  #margins = NO_MARGINS;

  /** @throws {DatePatternError} for a pattern or a zone that cannot be used */
  constructor(options: DateDetectorOptions) {
    const { datepattern, logtimezone = "", zone, startYear } = options;
    this.#zone = zone;
    this.#defaultOffset = logtimezone === "" ? undefined : parseZone(logtimezone);
    if (logtimezone !== "" && this.#defaultOffset === undefined) {
      throw new DatePatternError(`Unknown or unsupported time zone: '${logtimezone}'`);
    }
    this.#templates = templatesOf(datepattern, startYear);
    this.#entries = this.#templates.map((template) => new TemplateEntry(template));
    this.#compileOwn();
  }

  /** A mistake in an operator's regex is told now, not at the first line. The default ones are compiled when they are needed. */
  #compileOwn(): void {
    for (const { template } of this.#entries) {
      if (template.needs !== undefined) continue;
      try {
        compiledOf(template);
      } catch (error) {
        if (error instanceof RegexSyntaxError) {
          throw uncompilable(template.pattern ?? template.name, error.message);
        }
        throw error;
      }
    }
  }

  /**
   * The stamp of the next line, `undefined` if no template matches.
   *
   * @param now the present moment: decides what a stamp leaves out, and how stale a template is
   * @throws {RegexBudgetError} if an operator's pattern is too hard for this line
   */
  find(line: string, now: EpochSeconds): FoundDate | undefined {
    const chosen = this.#choose(line);
    return chosen === undefined ? undefined : this.#dateOf(chosen, line, now);
  }

  #dateOf(chosen: Candidate, line: string, now: EpochSeconds): FoundDate {
    const { entry, match } = chosen;
    this.#remember(chosen, line, now);
    const [start, end] = match.span(1) ?? [match.start, match.start];
    this.#before = start > 0 && entry.template.isAnchored ? line.slice(0, start) : "";
    const template = entry.template.name;
    const text = line.slice(start, end);
    if (text === "") {
      return { start, end, text, template, at: undefined, atIfOld: undefined, empty: true, isFloat: true };
    }
    const { at, atIfOld, isFloat } = entry.timeOf(match, this.#contextAt(now));
    return { start, end, text, template, at, atIfOld, empty: false, isFloat };
  }

  /** What makes the stamp of the next line ordinary; `undefined`: nothing does. The same object as long as nothing has changed. */
  ordinary(): OrdinaryStamp | undefined {
    const template = this.#last?.template;
    const place = this.#place;
    if (template === undefined || place === undefined) return undefined;
    if (template.isAnchored) return stampOfAnchored(template, this.#before);
    const margins = this.#marginsOf(template);
    if (margins.before > 0) {
      if (margins.behind > 0) return stampOfLead(template, this.#templates, undefined);
      return hasPlainEnd(place) ? stampOfLead(template, this.#templates, place.after) : undefined;
    }
    return hasPlainEdges(place)
      ? stampOfLoose(template, this.#templates, place.before, place.after)
      : undefined;
  }

  /**
   * As {@link find}, for a line whose stamp is ordinary: without a search, where it is that of the line before.
   *
   * @param start where the stamp begins
   * @param end where it ends
   */
  findOrdinary(line: string, start: number, end: number, now: EpochSeconds): FoundDate | undefined {
    const second = Math.floor(now);
    const known = this.#latest.at(line, start, end, second);
    if (known !== undefined) {
      this.noteOrdinary(1, line, start, end, now);
      return known;
    }
    const read = this.#readAnchored(line, start, end, now);
    if (read !== undefined) return read;
    const chosen = this.#choose(line);
    if (chosen === undefined) return undefined;
    const date = this.#dateOf(chosen, line, now);
    const { template } = chosen.entry;
    this.#latest.set(date, second, hasFreeFraction(template) ? chosen.match.span(FRACTION) : undefined);
    return date;
  }

  /**
   * As {@link findOrdinary}, for a template whose match begins with the line: where its stamp stands is known, so the texts of its fields
   * are enough.
   *
   * @returns `undefined`: they are not, and nothing has changed
   */
  #readAnchored(line: string, start: number, end: number, now: EpochSeconds): FoundDate | undefined {
    const entry = this.#last;
    if (entry === undefined || !entry.template.isAnchored || !isPlain(line)) return undefined;
    const match = entry.searchTexts(line);
    const text = line.slice(start, end);
    if (match === undefined || match.start !== 0 || text === "" || match.group(1) !== text) return undefined;
    const { template } = entry;
    const fraction = hasFreeFraction(template) ? match.group(FRACTION) : undefined;
    const fractionAt = fraction === undefined ? 0 : text.indexOf(fraction);
    // digits that stand there twice do not tell where they stand
    if (fraction !== undefined && text.includes(fraction, fractionAt + 1)) return undefined;
    this.noteOrdinary(1, line, start, end, now);
    this.#before = line.slice(0, start);
    const { at, atIfOld, isFloat } = entry.timeOf(match, this.#contextAt(now));
    const date = { start, end, text, template: template.name, at, atIfOld, empty: false, isFloat };
    const from = start + fractionAt;
    const span = fraction === undefined ? undefined : ([from, from + fraction.length] as const);
    this.#latest.set(date, Math.floor(now), span);
    return date;
  }

  #contextAt(now: EpochSeconds): StampContext {
    return { now: Math.floor(now), zone: this.#zone, defaultOffset: this.#defaultOffset };
  }

  /**
   * As {@link noteOrdinary} and {@link findOrdinary}, for a line that lies among bytes: where its stamp is that of the line before.
   *
   * @param count lines with an ordinary stamp, of which this is the last one
   * @returns `undefined`: it is another one, and nothing has changed
   */
  sameOrdinary(line: StampedBytes, count: number, now: EpochSeconds): FoundDate | undefined {
    const entry = this.#last;
    const known = entry && this.#latest.among(line, Math.floor(now));
    if (entry === undefined || known === undefined) return undefined;
    const { isAnchored } = entry.template;
    const margins = this.#marginsOf(entry.template);
    const from = isAnchored ? 0 : known.start - margins.before;
    const to = known.end + margins.behind;
    entry.hits += count;
    entry.distance = from;
    entry.lastUsedAt = now;
    if (!isAnchored || this.#place?.start !== from || this.#place.end !== to)
      this.#place = placeAmong(line, from, to);
    return known;
  }

  /** Of lines with these stamps {@link sameOrdinary} knows the date, and asked of the last of several it leaves what all would leave. */
  latestStamps(now: EpochSeconds): StampRanges | undefined {
    return this.#last?.template.isAnchored === true ? this.#latest.ranges(Math.floor(now)) : undefined;
  }

  /**
   * The state after so many lines with an ordinary stamp, of which the last one is given. The present moment is that of the last one.
   * Nothing but ordinary lines may have come between.
   */
  noteOrdinary(count: number, line: string, start: number, end: number, now: EpochSeconds): void {
    const entry = this.#last;
    if (entry === undefined || count === 0) return;
    const margins = this.#marginsOf(entry.template);
    // an anchored template's match begins with the line
    const from = entry.template.isAnchored ? 0 : start - margins.before;
    const to = end + margins.behind;
    entry.hits += count;
    entry.distance = from;
    entry.lastUsedAt = now;
    // what stands around an anchored template's stamp is never asked for
    if (entry.template.isAnchored && this.#place?.start === from && this.#place.end === to) return;
    this.#place = placeOf(line, from, to, from, to);
  }

  /** Pattern and name for `get datepattern`. */
  describe(): { readonly pattern: string | undefined; readonly name: string } {
    const first = this.#entries.length <= MAX_SHOWN_TEMPLATES ? this.#entries[0] : undefined;
    if (first === undefined) return { pattern: undefined, name: "Default Detectors" };
    return { pattern: first.template.pattern, name: first.template.name };
  }

  /** All templates in their present order. */
  hits(): readonly TemplateHits[] {
    return this.#entries.map(({ template: { name, pattern, regex, weight }, hits, merit }) => ({
      name,
      hits,
      merit,
      weight,
      pattern,
      regex,
    }));
  }

  #marginsOf(template: DateTemplate): StampMargins {
    if (template !== this.#marginal) {
      this.#marginal = template;
      this.#margins = marginsOf(template);
    }
    return this.#margins;
  }

  /** All that decides about the stamps of the lines to come. */
  state(): DetectorState {
    const order = this.#entries.map(({ template }) => this.#templates.indexOf(template));
    const used = this.#entries.flatMap(({ hits, hasMatched, lastUsedAt, distance }, at) =>
      hits > 0 || hasMatched ? [[order[at] ?? 0, hits, hasMatched, lastUsedAt, distance] as const] : [],
    );
    const last = this.#last === undefined ? -1 : this.#templates.indexOf(this.#last.template);
    return { order, used, last, place: this.#place, before: this.#before };
  }

  /** Goes on where the {@link state} of a detector with the same templates was taken. */
  restore({ order, used, last, place, before }: DetectorState): void {
    const entries = this.#templates.map((template) => new TemplateEntry(template));
    for (const [template, hits, hasMatched, lastUsedAt, distance] of used) {
      const entry = entries[template];
      if (entry !== undefined) Object.assign(entry, { hits, hasMatched, lastUsedAt, distance });
    }
    this.#entries = order.flatMap((template) => entries[template] ?? []);
    this.#last = entries[last];
    this.#place = place;
    this.#before = before;
    this.#latest.forget();
  }

  /** The last winner where its stamp stood before, else the first acceptable template in order, else the leftmost match. */
  #choose(line: string): Candidate | undefined {
    let reserve: Candidate | undefined;
    let whole: LineView | undefined;
    let isTried = false;
    const isEven = isPlain(line);
    const last = this.#last;
    if (last !== undefined && this.#place !== undefined) {
      const isAnchored = last.template.isAnchored;
      const { start, end } = isEven ? this.#place : placeIn(line, this.#place);
      const isNarrow = !isAnchored && agrees(this.#place, line, start, end);
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
    return start <= entry.distance && start <= (this.#place?.start ?? FIRST_START);
  }

  #remember({ entry, match, start, end }: Candidate, line: string, now: EpochSeconds): void {
    entry.hits += 1;
    entry.distance = start;
    entry.lastUsedAt = now;
    const isAsBefore = entry.template.isAnchored && this.#place?.start === start && this.#place.end === end;
    if (!isAsBefore) this.#place = placeOf(line, start, end, match.start, match.end);
    if (entry === this.#last) return;
    this.#last = entry;
    this.#latest.forget();
    this.#promote(entry, now);
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
