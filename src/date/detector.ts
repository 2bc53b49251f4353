/**
 * Finds the time of a line: where its stamp stands, and which moment it means (A§2.3–2.10). Which template says so depends on the lines
 * before ({@link TemplateChoice}), so lines must come in order. Knows no clock and no log.
 * Hot: per candidate line.
 * @module
 */
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { RegexSyntaxError } from "../regex/errors.ts";
import type { StampContext } from "./fields.ts";
import { LatestDate, type StampedBytes, type StampRanges } from "./latest-date.ts";
import { isPlain } from "./line-view.ts";
import type { OrdinaryStamp } from "./ordinary-stamp.ts";
import { DatePatternError } from "./pattern-error.ts";
import { stampOfAnchored, stampOfLead, stampOfLoose } from "./stamp-choice.ts";
import { hasPlainEdges, hasPlainEnd, placeAmong, placeOf } from "./stamp-place.ts";
import { FRACTION } from "./stamp-steps.ts";
import { type StampMargins, tableOf } from "./stamp-table.ts";
import { type DateTemplate, uncompilable } from "./template.ts";
import { type Candidate, type ChoiceState, TemplateChoice } from "./template-choice.ts";
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
export interface DetectorState extends ChoiceState {
  readonly before: string;
}

/** What stands around the stamps of a template that belongs to its matches, where it has a table. */
const marginsOf = (template: DateTemplate): StampMargins => tableOf(template)?.margins ?? NO_MARGINS;

/** Whether the digits of a stamp's fraction count for nothing. */
const hasFreeFraction = (template: DateTemplate): boolean =>
  template.kind === "fields" && tableOf(template)?.hasFreeFraction === true;

const NO_MARGINS: StampMargins = { before: 0, behind: 0 };

/** Detectors with more templates than this are shown as the default ones. */
const MAX_SHOWN_TEMPLATES = 2;

export class DateDetector {
  readonly #templates: readonly DateTemplate[];
  readonly #choice: TemplateChoice;
  readonly #zone: LocalZone;
  readonly #defaultOffset: Seconds | undefined;
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
    this.#choice = new TemplateChoice(this.#templates);
    this.#compileOwn();
  }

  /** A mistake in an operator's regex is told now, not at the first line. The default ones are compiled when they are needed. */
  #compileOwn(): void {
    for (const template of this.#templates) {
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
    const chosen = this.#choice.choose(line);
    return chosen === undefined ? undefined : this.#dateOf(chosen, line, now);
  }

  #dateOf(chosen: Candidate, line: string, now: EpochSeconds): FoundDate {
    const { entry, match } = chosen;
    if (this.#choice.remember(chosen, line, now)) this.#latest.forget();
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
    const template = this.#choice.last?.template;
    const { place } = this.#choice;
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
    const chosen = this.#choice.choose(line);
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
    const entry = this.#choice.last;
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
    const entry = this.#choice.last;
    const known = entry && this.#latest.among(line, Math.floor(now));
    if (entry === undefined || known === undefined) return undefined;
    const { isAnchored } = entry.template;
    const margins = this.#marginsOf(entry.template);
    const from = isAnchored ? 0 : known.start - margins.before;
    const to = known.end + margins.behind;
    if (this.#choice.winsAgain(count, from, to, now)) this.#choice.place = placeAmong(line, from, to);
    return known;
  }

  /** Of lines with these stamps {@link sameOrdinary} knows the date, and asked of the last of several it leaves what all would leave. */
  latestStamps(now: EpochSeconds): StampRanges | undefined {
    return this.#choice.last?.template.isAnchored === true ? this.#latest.ranges(Math.floor(now)) : undefined;
  }

  /**
   * The state after so many lines with an ordinary stamp, of which the last one is given. The present moment is that of the last one.
   * Nothing but ordinary lines may have come between.
   */
  noteOrdinary(count: number, line: string, start: number, end: number, now: EpochSeconds): void {
    const entry = this.#choice.last;
    if (entry === undefined || count === 0) return;
    const margins = this.#marginsOf(entry.template);
    // an anchored template's match begins with the line
    const from = entry.template.isAnchored ? 0 : start - margins.before;
    const to = end + margins.behind;
    if (this.#choice.winsAgain(count, from, to, now)) this.#choice.place = placeOf(line, from, to, from, to);
  }

  /** Pattern and name for `get datepattern`. */
  describe(): { readonly pattern: string | undefined; readonly name: string } {
    const { entries } = this.#choice;
    const first = entries.length <= MAX_SHOWN_TEMPLATES ? entries[0] : undefined;
    if (first === undefined) return { pattern: undefined, name: "Default Detectors" };
    return { pattern: first.template.pattern, name: first.template.name };
  }

  /** All templates in their present order. */
  hits(): readonly TemplateHits[] {
    return this.#choice.entries.map(({ template: { name, pattern, regex, weight }, hits, merit }) => ({
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
    return { ...this.#choice.state(), before: this.#before };
  }

  /** Goes on where the {@link state} of a detector with the same templates was taken. */
  restore(state: DetectorState): void {
    this.#choice.restore(state);
    this.#before = state.before;
    this.#latest.forget();
  }
}
