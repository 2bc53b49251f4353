/**
 * What a filter saw in a line, and what it comes to. Knows nothing of how it is found.
 * Hot: per line.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { FoundDate } from "../date/detector.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import type { CapturedGroups } from "./captured-groups.ts";
import type { CapturedLine } from "./captured-line.ts";
import type { Failure, MatchLine } from "./failure.ts";
import { failuresOf, isHarmless, PresentFailure, type RegexMatched } from "./failure-data.ts";
import { type Groups, NO_GROUPS } from "./groups.ts";
import { type ChosenId, LONE_ADDRESS, loneAddressOf } from "./ids.ts";
import type { SearchedLine } from "./search-excess.ts";
import { Session } from "./session.ts";
import type { FilterWarning } from "./warnings.ts";

export type Verdict = "matched" | "ignored" | "missed" | "too-old" | "no-fail";

/** Everything that the filter saw in a line; `gaoler regex` shows it. */
export interface LineReport {
  readonly verdict: Verdict;
  readonly matched: readonly RegexMatched[];
  /** indexes of the ignoreregexes that matched, one for each test */
  readonly ignoredBy: readonly number[];
  /** whether the prefregex matched */
  readonly isPrefixed: boolean;
  /** its match, where it was asked itself */
  readonly prefix: RegexMatch | undefined;
  readonly date: FoundDate | undefined;
  /** the line as matches hold it */
  readonly line: MatchLine;
  /** what the prefregex, or without one the failregexes, searched; empty where it did not come to that */
  readonly searched: string;
  /** time of the line after the age rule */
  readonly at: EpochSeconds | undefined;
  /** whether fail2ban would hold that time as a float: a stamp of local time, or none */
  readonly isFloat: boolean;
  readonly warnings: readonly FilterWarning[];
}

/** The first of the regexes that matched a line and came to something; means nothing if there is none. */
export interface FirstMatch extends Pick<RegexMatched, "regexIndex" | "kind"> {
  readonly idKind: ChosenId["kind"];
  /** whether it is no failure by itself */
  readonly isHarmless: boolean;
  /** how many there are */
  readonly matches: number;
  /** what they come to, good until the next line */
  readonly failures: readonly Failure[];
}

/** What a line comes to. */
export interface LineOutcome {
  readonly failures: readonly Failure[];
  readonly verdict: Verdict;
  /** the first failregex and the first ignoreregex that matched */
  readonly regexIndex: number | undefined;
  readonly ignoreIndex: number | undefined;
  readonly date: FoundDate | undefined;
  readonly warnings: readonly FilterWarning[];
}

/** Where an ordinary stamp stands in its line, UTF-16 units. */
export interface StampPlace {
  readonly stampStart: number;
  readonly stampEnd: number;
}

/** What a walk over the bytes of a log has told of a line with an ordinary stamp. */
export interface LineHint extends StampPlace {
  /** indexes of the failregexes that may match, ascending; the others certainly do not */
  readonly mayMatch: readonly number[];
  /** lines with an ordinary stamp since the line before, which came to nothing and were left out */
  readonly skipped: number;
}

const NONE: readonly never[] = [];

/** A line on its way through the filter: a report that is being written. */
export class Passage implements LineReport, FirstMatch, SearchedLine {
  readonly warn: (warning: FilterWarning) => void;
  now: EpochSeconds = 0;
  triesAll = false;
  isHard = false;
  verdict: Verdict = "missed";
  ignoredBy: readonly number[] = NONE;
  isPrefixed = false;
  prefix: RegexMatch | undefined = undefined;
  date: FoundDate | undefined = undefined;
  at: EpochSeconds | undefined = undefined;
  isFloat = true;
  warnings: readonly FilterWarning[] = NONE;
  /** regexes that matched and came to something */
  matches = 0;
  /** whether one of them came to a failure */
  hasFailure = false;
  // What the first one came to; mostly there is no other.
  regexIndex = 0;
  kind: RegexMatched["kind"] = "pending";
  #chosen: ChosenId = { kind: "none" };
  #groups: Groups = NO_GROUPS;
  /** `undefined`: the line alone, when somebody asks */
  #lines: readonly MatchLine[] | undefined = NONE;
  /** what its groups are made of when somebody asks */
  #captured: CapturedGroups | undefined = undefined;
  #isPlainHarmless = false;
  /** all of them, once somebody asks or there are several */
  #matched: RegexMatched[] | undefined = undefined;
  #source: CapturedLine | string = "";
  #line: MatchLine | undefined = undefined;
  #searched: string | undefined = undefined;
  readonly #present = new PresentFailure(
    () => this.#firstGroups(),
    () => this.#firstLines(),
  );
  readonly #alone: readonly Failure[] = [this.#present];

  constructor(warn: (warning: FilterWarning) => void) {
    this.warn = warn;
  }

  /** Begins with a line. One that lies in its chunk is read from there as long as it is the present one. */
  begin(source: CapturedLine | string, now: EpochSeconds, triesAll: boolean): this {
    this.now = now;
    this.triesAll = triesAll;
    this.isHard = false;
    this.matches = 0;
    this.hasFailure = false;
    this.#matched = undefined;
    this.ignoredBy = NONE;
    this.isPrefixed = false;
    this.prefix = undefined;
    this.date = undefined;
    this.at = undefined;
    this.isFloat = true;
    this.warnings = NONE;
    if (source !== this.#source) this.#source = source;
    this.#line = undefined;
    this.#searched = undefined;
    return this;
  }

  get matched(): readonly RegexMatched[] {
    if (this.matches === 0) return NONE;
    this.#matched ??= [this.#first()];
    return this.#matched;
  }

  get failures(): readonly Failure[] {
    const { at } = this;
    const isPlain = this.matches === 1 && this.#captured !== undefined && this.#matched === undefined;
    if (!isPlain) return failuresOf(this.matched);
    if (this.kind !== "failure" || at === undefined) return NONE;
    this.#present.id = this.#plainId();
    this.#present.at = at;
    this.#present.regexIndex = this.regexIndex;
    return this.#alone;
  }

  /** What a regex has come to that matched. */
  add(
    regexIndex: number,
    kind: RegexMatched["kind"],
    chosen: ChosenId,
    groups: Groups,
    lines: readonly MatchLine[],
  ): void {
    this.hasFailure ||= kind === "failure";
    if (this.matches === 0) {
      this.regexIndex = regexIndex;
      this.kind = kind;
      this.#chosen = chosen;
      this.#groups = groups;
      this.#captured = undefined;
      this.#lines = lines;
    } else {
      this.#matched ??= [this.#first()];
      const { at } = this;
      this.#matched.push({ regexIndex, kind, chosen, at, groups, matches: lines });
    }
    this.matches++;
  }

  /**
   * As {@link add} with the first one, which has a lone address where the groups are placed: they stay there until the next line.
   *
   * @param lines `undefined`: the line alone
   */
  addPlain(
    regexIndex: number,
    kind: "failure" | "no-fail",
    isHarmless: boolean,
    captured: CapturedGroups,
    lines: readonly MatchLine[] | undefined,
  ): void {
    this.hasFailure = kind === "failure";
    this.regexIndex = regexIndex;
    this.kind = kind;
    this.#chosen = LONE_ADDRESS;
    this.#captured = captured;
    this.#isPlainHarmless = isHarmless;
    this.#lines = lines;
    this.matches = 1;
  }

  #first(): RegexMatched {
    const groups = this.#firstGroups();
    const { regexIndex, kind, at } = this;
    const chosen = this.#chosen === LONE_ADDRESS ? loneAddressOf(groups) : this.#chosen;
    return { regexIndex, kind, chosen, at, groups, matches: this.#firstLines() };
  }

  #firstLines(): readonly MatchLine[] {
    this.#lines ??= [this.line];
    return this.#lines;
  }

  /** The lone address where the groups are placed. */
  #plainId(): string {
    const source = this.#source;
    const captured = this.#captured;
    if (captured === undefined || typeof source === "string") return "";
    const { ip4, ip6 } = captured.names;
    const index = captured.hasTextAt(ip4) ? ip4 : ip6;
    if (!captured.hasTextAt(index)) return "";
    return source.cutPart(captured.places[2 * index] ?? 0, captured.places[2 * index + 1] ?? 0);
  }

  #firstGroups(): Groups {
    const source = this.#source;
    if (this.#captured === undefined || typeof source === "string") return this.#groups;
    const groups = this.#captured.groupsAt(source.cut, this.#captured.places);
    const hasSession = groups.hasTextAt(groups.names.mlfid);
    return hasSession ? Session.begin(groups, this.#firstLines(), this.now).groups : groups;
  }

  get isHarmless(): boolean {
    if (this.#captured !== undefined) return this.#isPlainHarmless;
    return isHarmless({ kind: this.kind, groups: this.#groups });
  }

  get idKind(): ChosenId["kind"] {
    return this.#chosen.kind;
  }

  get text(): string {
    return typeof this.#source === "string" ? this.#source : this.#source.text;
  }

  get line(): MatchLine {
    this.#line ??= typeof this.#source === "string" ? this.#source : this.#cutLine(this.#source);
    return this.#line;
  }

  set line(line: MatchLine) {
    this.#line = line;
  }

  get searched(): string {
    const source = this.#source;
    if (this.#searched !== undefined || typeof source === "string") return this.#searched ?? "";
    return this.verdict === "too-old" ? "" : `${source.cut}\n`;
  }

  set searched(searched: string) {
    this.#searched = searched;
  }

  #cutLine(source: CapturedLine): MatchLine {
    return this.date === undefined ? source.text : [source.before, this.date.text, source.after];
  }
}
