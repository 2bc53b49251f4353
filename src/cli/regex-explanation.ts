/**
 * Why a line is no failure, for `gaoler regex --explain`: what became of its date, where the prefregex or the failregex that came
 * furthest stopped, or what a regex that matched lacked. Works on what the filter reported; prints nothing.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { UseDns } from "../config/settings.ts";
import type { FilterParts } from "../filter/filter-parts.ts";
import { type Groups, NO_GROUPS, textOf } from "../filter/groups.ts";
import { chooseId } from "../filter/ids.ts";
import type { Pattern } from "../filter/patterns.ts";
import { expandTagsNoted } from "../filter/tags.ts";
import { RegexBudgetError } from "../regex/errors.ts";
import { MismatchTracer } from "../regex/trace.ts";
import { type NearDate, NearDates } from "./regex-near-date.ts";
import type { SeenLine } from "./regex-statistics.ts";

/** Characters of a text in which a stop is looked for. */
const MAX_TRACED_CHARS = 4096;

/** Where a regex stopped. Offsets are UTF-16 units. */
export interface Stop {
  /** what was searched, without the newline at its end */
  readonly text: string;
  /** where the try that came furthest began */
  readonly from: number;
  /** the first character that does not fit; the length of the text: it ends too early */
  readonly at: number;
  /** the regex as configured */
  readonly regex: string;
  /** the piece of it that does not fit there, and its place */
  readonly piece: string;
  readonly pieceAt: number;
}

/** What became of the date. */
export type DateNote =
  | {
      readonly kind: "found";
      readonly text: string;
      readonly template: string;
      readonly at: EpochSeconds;
    }
  | { readonly kind: "not convertible"; readonly text: string; readonly template: string }
  | { readonly kind: "not found"; readonly nearest: NearDate | undefined }
  | { readonly kind: "not sought" }
  | { readonly kind: "of the journal" };

/** What decided about the line. Regexes are numbered from 1. */
export type Cause =
  | { readonly kind: "prefregex"; readonly stop: Stop | undefined }
  | { readonly kind: "failregex"; readonly regex: number; readonly stop: Stop; readonly isNear: boolean }
  | { readonly kind: "no failregex" }
  | { readonly kind: "ignoreregex"; readonly regex: number; readonly source: string }
  /** a failregex matched, but … */
  | { readonly kind: "harmless" | "waits" | "no id" | "too many steps"; readonly regex: number }
  | {
      readonly kind: "no address" | "name refused" | "name unknown";
      readonly regex: number;
      readonly text: string;
    }
  | { readonly kind: "matched"; readonly regex: number; readonly ids: readonly string[] };

export interface Explanation {
  readonly date: DateNote;
  /** what the prefregex left to search; `undefined`: everything */
  readonly content: string | undefined;
  readonly cause: Cause;
}

export interface ExplainerOptions {
  readonly usedns: UseDns;
  readonly multiline: boolean;
  readonly readsJournal: boolean;
}

/** Words and punctuation of a regex that stand for themselves, roughly. */
const NO_LITERAL = /<[^<>\s]*>|\\[A-Za-z]|\[\^?\]?[^\]]*\]|\{[\d,]*\}|[\\^$.|?*+()]/g;

/** How many of a regex's own words a try has found. */
function wordsFound({ regex, pieceAt, text, from, at }: Stop): number {
  let found = 0;
  let place = from;
  for (const word of regex.slice(0, pieceAt).split(NO_LITERAL)) {
    if (word.length < 2) continue;
    const index = text.indexOf(word, place);
    if (index < 0 || index + word.length > at) continue;
    place = index + word.length;
    found += word.length;
  }
  return found;
}

const withoutEnd = (text: string): string => (text.endsWith("\n") ? text.slice(0, -1) : text);

export class Explainer {
  readonly #parts: FilterParts;
  readonly #options: ExplainerOptions;
  readonly #nearDates: NearDates;
  readonly #tracers = new Map<Pattern, MismatchTracer>();

  constructor(parts: FilterParts, options: ExplainerOptions) {
    this.#parts = parts;
    this.#nearDates = new NearDates(parts.detector);
    this.#options = options;
  }

  explain(seen: SeenLine): Explanation {
    return {
      date: this.#date(seen),
      content: textOf(this.#prefixOf(seen), "content"),
      cause: this.#cause(seen),
    };
  }

  #date({ line, report }: SeenLine): DateNote {
    if (this.#options.readsJournal) return { kind: "of the journal" };
    const { date } = report;
    if (date === undefined) return { kind: "not found", nearest: this.#nearDates.nearest(line) };
    if (date.empty) return { kind: "not sought" };
    const { text, template, at } = date;
    return at === undefined
      ? { kind: "not convertible", text, template }
      : { kind: "found", text, template, at };
  }

  /** What the prefregex captured. */
  #prefixOf({ report }: SeenLine): Groups {
    const { prefix } = this.#parts;
    return prefix === undefined || report.prefix === undefined ? NO_GROUPS : prefix.groupsOf(report.prefix);
  }

  #cause(seen: SeenLine): Cause {
    const { report, resolved } = seen;
    const counted = resolved.find(({ counts, match }) => counts && match.kind === "failure");
    if (counted !== undefined)
      return { kind: "matched", regex: counted.match.regexIndex + 1, ids: counted.ids };
    const [ignoreIndex] = report.ignoredBy;
    if (ignoreIndex !== undefined) {
      const source = this.#parts.ignores[ignoreIndex]?.source ?? "";
      return { kind: "ignoreregex", regex: ignoreIndex + 1, source };
    }
    const [match] = report.matched;
    if (match !== undefined) {
      const regex = match.regexIndex + 1;
      if (match.kind === "failure" && match.chosen.kind === "host")
        return { kind: "name unknown", regex, text: match.chosen.host };
      return { kind: match.kind === "pending" ? "waits" : "harmless", regex };
    }
    const { prefix } = this.#parts;
    if (prefix !== undefined && report.prefix === undefined)
      return { kind: "prefregex", stop: this.#stop(prefix, report.searched) };
    const captured = this.#prefixOf(seen);
    const content = textOf(captured, "content");
    const text = content === undefined ? report.searched : `${content}\n`;
    return this.#refused(text, captured) ?? this.#furthest(text);
  }

  /** What the first failregex that matches after all lacks. */
  #refused(text: string, prefix: Groups): Cause | undefined {
    for (const [index, pattern] of this.#parts.failures.entries()) {
      const regex = index + 1;
      const captured = groupsIn(pattern, text);
      if (captured === "too many steps") return { kind: captured, regex };
      if (captured === undefined) continue;
      const chosen = chooseId(prefix.withAll(captured), this.#options.usedns);
      switch (chosen.kind) {
        case "no-address":
          return { kind: "no address", regex, text: chosen.text };
        case "name-refused":
          return { kind: "name refused", regex, text: captured.get("dns")?.toString() ?? "" };
        case "none":
          return { kind: "no id", regex };
        default:
          return { kind: "harmless", regex };
      }
    }
    return undefined;
  }

  /** The failregex that found most of its words, then the one that took in most of the text. */
  #furthest(text: string): Cause {
    let best: { cause: Cause; words: number; length: number } | undefined;
    for (const [index, pattern] of this.#parts.failures.entries()) {
      const stop = this.#stop(pattern, text);
      if (stop === undefined) continue;
      const words = wordsFound(stop);
      const length = stop.at - stop.from;
      if (best !== undefined && (words < best.words || (words === best.words && length <= best.length)))
        continue;
      best = { cause: { kind: "failregex", regex: index + 1, stop, isNear: words > 0 }, words, length };
    }
    return best?.cause ?? { kind: "no failregex" };
  }

  #stop(pattern: Pattern, whole: string): Stop | undefined {
    const text = whole.length > MAX_TRACED_CHARS ? whole.slice(0, MAX_TRACED_CHARS) : whole;
    const stop = this.#tracerOf(pattern).trace(text);
    if (stop === undefined) return undefined;
    const { sourceRange } = expandTagsNoted(pattern.source, this.#options.usedns);
    const [start, end] = sourceRange(stop.patternAt, stop.patternAt + stop.piece.length);
    const shown = withoutEnd(whole);
    return {
      text: shown,
      from: Math.min(stop.from, shown.length),
      at: Math.min(stop.furthest, shown.length),
      regex: pattern.source,
      piece: pattern.source.slice(start, end),
      pieceAt: start,
    };
  }

  #tracerOf(pattern: Pattern): MismatchTracer {
    const present = this.#tracers.get(pattern);
    if (present !== undefined) return present;
    // of several lines only the failregexes are told (A§2.12)
    const multiline = this.#options.multiline && pattern !== this.#parts.prefix;
    const tracer = new MismatchTracer(pattern.expanded, { multiline });
    this.#tracers.set(pattern, tracer);
    return tracer;
  }
}

function groupsIn(pattern: Pattern, text: string): Groups | "too many steps" | undefined {
  try {
    const match = pattern.search(text);
    return match === undefined ? undefined : pattern.groupsOf(match);
  } catch (error) {
    if (error instanceof RegexBudgetError) return "too many steps";
    throw error;
  }
}
