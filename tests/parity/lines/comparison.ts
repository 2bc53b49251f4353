/**
 * Compares the two sides on one trial: rows line by line, then whole reports. What is on purpose is taken out and the rest compared
 * again, for a line may change what later ones come to; what remains is reduced to the fewest lines that still differ.
 * @module
 */
import type { Difference } from "../part.ts";
import {
  CLASSES,
  classOfExample,
  hasOddLineEnd,
  hasStampAhead,
  hasUnknownZone,
  hasWeekdayBehindZone,
  isBeyondTheCalendar,
  isClaimedLine,
  isDateRow13Of11,
  isNoAddress,
  judgeRows,
  type KnownClass,
  mayBeOfAnotherYear,
} from "./known-classes.ts";
import { fewest } from "./minimise.ts";
import type { ByteLine } from "./mutations.ts";
import { REPORT_OPTIONS, readReport, reportDifferences } from "./reports.ts";
import { isAbout, ROW_TEMPLATE, type Row, readRows, rowsByLine } from "./rows.ts";
import { type Outcome, type Sides, textOf } from "./sides.ts";
import { inputText, type Trial, withOldTags } from "./trial.ts";

/** Rounds of taking out what is on purpose. */
const MAX_ROUNDS = 8;
/** Lines that end or hang the real program, looked for in one batch. */
const MAX_CULPRITS = 3;
/** So many of the longest lines are looked at first for one that hangs the real program. */
const LONG_LINES = 24;
/** A line shorter than this, bytes, hangs it by what it says rather than by its length. */
const SHORT_LINE = 300;
/** Differences of one batch that are reduced; more are only counted by their class. */
const MAX_REDUCED = 4;

/** Ours has to judge a line on which theirs hangs within this. */
const MAX_OURS_MS = 1000;

/** Exceptions that end the real program for reasons that are known. */
const CRASHES: readonly (readonly [said: RegExp, key: KnownClass])[] = [
  [/^KeyError: '[A-Za-z]+'$/, CLASSES.zoneCrash],
  [/^OSError: \[Errno 75\]|^(?:Overflow|Value)Error: (?:timestamp|year) .*out of range/, CLASSES.farTime],
];

export interface Compared {
  readonly differences: readonly Difference[];
  readonly hangs: readonly string[];
}

interface Pair {
  readonly texts: readonly string[];
  readonly theirs: readonly (readonly Row[])[];
  readonly ours: readonly (readonly Row[])[];
  readonly from: number;
  readonly to: number;
}

/** A call of either program. */
interface Called {
  readonly regex: string;
  readonly options: readonly string[];
}

type Mode = "rows" | "report";

const optionsOf = (trial: Trial, mode: Mode): readonly string[] =>
  mode === "rows" ? [trial.names, "-o", ROW_TEMPLATE] : [trial.names, ...REPORT_OPTIONS];

/** Lines whose difference is known beforehand and would end the run or change every line behind them. */
const isLeftOut = (line: ByteLine, { source }: Trial): boolean => {
  const text = textOf(line);
  return (
    hasUnknownZone(text) ||
    isDateRow13Of11(text) ||
    isBeyondTheCalendar(text) ||
    mayBeOfAnotherYear(text, new Date().getUTCMonth()) ||
    ((source.maxlines ?? 1) > 1 && hasOddLineEnd(text))
  );
};

const ADDRESS_LIKE = /\p{Nd}{1,3}(?:\.\p{Nd}{1,3}){3}|[\da-f]*:[\da-f:]*:[\da-f]*/giu;
const CLOCK = /^\d{1,2}:\d\d:\d\d$/;

/** Whether a report would count an ID here that is shaped like an address and is none. */
const holdsNoAddress = (line: ByteLine): boolean =>
  (textOf(line).match(ADDRESS_LIKE) ?? []).some((text) => isNoAddress(text) && !CLOCK.test(text));

export class Comparison {
  readonly #sides: Sides;
  readonly #scratch: string;
  readonly #trial: Trial;
  readonly #differences: Difference[] = [];
  readonly #hangs: string[] = [];
  readonly #seen = new Set<string>();
  /** compares even what is left out beforehand: for pinned examples */
  readonly #isPinned: boolean;
  #reduced = 0;

  constructor(sides: Sides, scratch: string, trial: Trial, isPinned = false) {
    this.#sides = sides;
    this.#scratch = scratch;
    this.#trial = trial;
    this.#isPinned = isPinned;
  }

  get found(): Compared {
    return { differences: this.#differences, hangs: this.#hangs };
  }

  /**
   * Compares the rows, then the report of what is the same so far.
   *
   * @param inReport lines that go into the report at most
   * @returns comparisons made
   */
  async run(lines: readonly ByteLine[], inReport: number): Promise<number> {
    const wanted = this.#isPinned ? lines : lines.filter((line) => !isLeftOut(line, this.#trial));
    const rest = (await this.rows(wanted)).slice(0, inReport);
    if (rest.length > 0) await this.report(rest);
    return wanted.length + rest.length;
  }

  /** @returns the lines on which the sides agree */
  async rows(lines: readonly ByteLine[]): Promise<readonly ByteLine[]> {
    let rest = lines;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const pair = await this.#pair(rest);
      if (pair === undefined) return [];
      const { kept, explained, unexplained } = await this.#sort(pair, pair.kept);
      if (unexplained.length === 0) return kept;
      if (explained === 0) {
        await this.#report(pair.kept, unexplained, pair);
        return kept.filter((_, index) => !unexplained.includes(index));
      }
      rest = kept;
    }
    return rest;
  }

  /** Both sides' rows; lines that end or hang the real program are told and left out. */
  async #pair(
    lines: readonly ByteLine[],
  ): Promise<(Pair & { readonly kept: readonly ByteLine[] }) | undefined> {
    const options = optionsOf(this.#trial, "rows");
    const from = Date.now() / 1000 - 2;
    const ran = await this.#survivors(lines, options);
    if (ran === undefined) return undefined;
    const { kept, outcome } = ran;
    const ours = await this.#sides.ours({ regex: this.#trial.regex, options }, this.#sides.writeLog(kept));
    const texts = kept.map(textOf);
    return {
      kept,
      texts,
      theirs: rowsByLine(readRows(outcome.out), texts),
      ours: rowsByLine(readRows(ours.out), texts),
      from,
      to: Date.now() / 1000 + 2,
    };
  }

  async #survivors(
    lines: readonly ByteLine[],
    options: readonly string[],
  ): Promise<{ readonly kept: readonly ByteLine[]; readonly outcome: Outcome } | undefined> {
    const trial = { regex: this.#trial.regex, options };
    let kept = lines;
    for (let culprits = 0; culprits < MAX_CULPRITS; culprits++) {
      const outcome = await this.#theirs(trial, kept);
      if (outcome?.code === 0) return { kept, outcome };
      const culprit = await (outcome === undefined ? this.#hanging(trial, kept) : this.#culprit(trial, kept));
      if (kept[culprit] === undefined) return undefined;
      const gone =
        outcome === undefined
          ? await this.#tellHang(kept, culprit, trial)
          : await this.#tellCrash(kept.slice(0, culprit + 1), trial);
      kept = kept.filter((line, index) => index !== culprit && line.length < gone);
    }
    // one after the other would take too long: what stands before the next one has to do
    kept = kept.slice(0, await this.#culprit(trial, kept));
    const outcome = await this.#theirs(trial, kept);
    return outcome?.code === 0 ? { kept, outcome } : undefined;
  }

  #theirs(trial: Called, lines: readonly ByteLine[], isSearch = false) {
    return this.#sides.theirs(trial, this.#sides.writeLog(lines), lines.length, isSearch);
  }

  /** The line that hangs the real program: most likely one of the longest. */
  async #hanging(trial: Called, lines: readonly ByteLine[]): Promise<number> {
    const longest = Array.from(lines.keys())
      .sort((a, b) => (lines[b]?.length ?? 0) - (lines[a]?.length ?? 0))
      .slice(0, LONG_LINES);
    const long = longest.map((index) => lines[index] ?? "");
    if ((await this.#theirs(trial, long, true)) !== undefined) return await this.#culprit(trial, lines);
    return longest[await this.#culprit(trial, long)] ?? lines.length;
  }

  /** The last line of the shortest beginning of the log that ends or hangs the real program. */
  async #culprit(trial: Called, lines: readonly ByteLine[]): Promise<number> {
    let good = 0;
    let bad = lines.length;
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      const outcome = await this.#theirs(trial, lines.slice(0, middle), true);
      if (outcome?.code === 0) good = middle;
      else bad = middle;
    }
    return bad - 1;
  }

  /**
   * Tells of a line that hangs the real program, which ours has to judge all the same.
   *
   * @returns the length from which on lines are left out: others of that kind would hang it, too
   */
  async #tellHang(lines: readonly ByteLine[], culprit: number, trial: Called): Promise<number> {
    const line = lines[culprit] ?? "";
    // it may have been but a busy machine
    if ((await this.#theirs(trial, [line])) !== undefined) return Number.POSITIVE_INFINITY;
    const input = inputText(this.#trial, [line]);
    this.#hangs.push(input);
    const startedAt = performance.now();
    const ours = await this.#sides.ours(trial, this.#sides.writeLog([line]));
    const tookMs = performance.now() - startedAt;
    if (ours.code !== 0 || tookMs > MAX_OURS_MS) {
      this.#add(this.#key("hang"), input, "hangs", `exit ${ours.code} after ${Math.round(tookMs)} ms`);
    }
    return line.length < SHORT_LINE ? Number.POSITIVE_INFINITY : line.length / 2;
  }

  /** Tells of lines of which the last one ends the real program with an error. */
  async #tellCrash(until: readonly ByteLine[], trial: Called): Promise<number> {
    const lines = await fewest(until, async (some) => {
      const outcome = await this.#theirs(trial, some, true);
      return outcome !== undefined && outcome.code !== 0;
    });
    if (lines === undefined) return Number.POSITIVE_INFINITY;
    const input = inputText(this.#trial, lines);
    const log = this.#sides.writeLog(lines);
    const outcome = await this.#sides.theirs(trial, log, lines.length);
    const ours = await this.#sides.ours(trial, log);
    const judged = ours.code === 0 ? "judged" : `exit ${ours.code}`;
    const said = outcome?.said ?? "";
    const known = ours.code === 0 ? CRASHES.find(([pattern]) => pattern.test(said)) : undefined;
    if (known !== undefined) this.#addKnown(known[1], input, said, judged);
    else this.#add(this.#key("theirs-fails"), input, `exit ${outcome?.code}: ${said}`, judged);
    return Number.POSITIVE_INFINITY;
  }

  /** Sorts the lines into equal ones, ones on purpose, and others. */
  async #sort(
    pair: Pair,
    lines: readonly ByteLine[],
  ): Promise<{
    readonly kept: readonly ByteLine[];
    readonly explained: number;
    readonly unexplained: readonly number[];
  }> {
    const dropped = new Set<number>();
    let unexplained: number[] = [];
    const tell = (key: KnownClass, index: number): void => {
      const line = lines[index];
      const input = inputText(this.#trial, line === undefined ? [] : [line]);
      this.#addKnown(key, input, shownRows(pair.theirs[index]), shownRows(pair.ours[index]));
    };
    for (const [index, theirs] of pair.theirs.entries()) {
      const verdict = judgeRows(theirs, pair.ours[index] ?? [], pair);
      if (verdict.kind === "different") unexplained.push(index);
      if (verdict.kind !== "known") continue;
      tell(verdict.key, index);
      if (!verdict.isHarmless) dropped.add(index);
    }
    if (unexplained.length > 0) {
      const old = withOldTags(this.#trial, this.#scratch);
      const options = optionsOf(this.#trial, "rows");
      const outcome = await this.#sides.ours({ regex: old.regex, options }, this.#sides.writeLog(lines));
      const rows = rowsByLine(readRows(outcome.out), pair.texts);
      unexplained = unexplained.filter((index) => {
        // with the tag of 1.0.2 it is the same, or one of the other differences on purpose
        const verdict = judgeRows(pair.theirs[index] ?? [], rows[index] ?? [], pair);
        const isOurs = judgeRows(rows[index] ?? [], pair.ours[index] ?? [], pair);
        if (verdict.kind === "different" || isOurs.kind === "same") return true;
        tell(CLASSES.ip6Tag, index);
        dropped.add(index);
        return false;
      });
    }
    return { kept: lines.filter((_, index) => !dropped.has(index)), explained: dropped.size, unexplained };
  }

  /** Reduces the first differences of each kind and tells of them. */
  async #report(lines: readonly ByteLine[], unexplained: readonly number[], pair: Pair): Promise<void> {
    for (const index of unexplained) {
      const example = this.#isPinned ? classOfExample(lines.map(textOf)) : undefined;
      const key = example ?? this.#key(kindOf(pair.theirs[index] ?? [], pair.ours[index] ?? []));
      if (this.#seen.has(key) || this.#reduced >= MAX_REDUCED) continue;
      this.#reduced++;
      const until = lines.slice(0, index + 1);
      const reduced = await fewest(until, async (some) => {
        const again = await this.#pair(some);
        return again !== undefined && (await this.#sort(again, again.kept)).unexplained.length > 0;
      });
      // it came and went with the moment
      if (reduced === undefined) continue;
      const last = await this.#pair(reduced);
      if (last === undefined) continue;
      const { unexplained: still } = await this.#sort(last, last.kept);
      const at = still[0] ?? reduced.length;
      if (hasWeekdayBehindZone(reduced.map(textOf))) {
        const [theirs, ours] = [shownRows(last.theirs[at]), shownRows(last.ours[at])];
        this.#addKnown(CLASSES.weekdayZone, inputText(this.#trial, reduced), theirs, ours);
        continue;
      }
      this.#add(key, inputText(this.#trial, reduced), shownRows(last.theirs[at]), shownRows(last.ours[at]));
    }
  }

  /** Compares the standard reports, in which every regex is tried on every line. */
  async report(lines: readonly ByteLine[]): Promise<void> {
    const clean = this.#isPinned ? lines : lines.filter((line) => !holdsNoAddress(line));
    let rest = clean;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const ran = await this.#reports(rest);
      if (ran === undefined || ran.differences.length === 0) return;
      const reduced = await fewest(
        ran.kept,
        async (some) => ((await this.#reports(some))?.differences.length ?? 0) > 0,
      );
      if (reduced === undefined) return;
      const last = await this.#reports(reduced);
      const [first] = last?.differences ?? [];
      if (first === undefined) return;
      const input = inputText(this.#trial, reduced);
      if (await this.#isOldTag(reduced, last?.theirs ?? ""))
        this.#addKnown(CLASSES.ip6Tag, input, first.theirs, first.ours);
      else if (hasStampAhead(reduced.map(textOf), new Date()))
        this.#addKnown(CLASSES.nearestYear, input, first.theirs, first.ours);
      else if (isClaimedLine(first.part, first.theirs, first.ours))
        this.#addKnown(CLASSES.claimedLine, input, first.theirs, first.ours);
      else if (namesNoAddress(first.theirs, first.ours))
        this.#addKnown(CLASSES.noAddress, input, first.theirs, first.ours);
      else {
        this.#add(this.#key(`report:${first.part}`), input, first.theirs, first.ours);
        return;
      }
      const gone = new Set(reduced);
      rest = ran.kept.filter((line) => !gone.has(line));
    }
  }

  async #reports(lines: readonly ByteLine[]) {
    const options = optionsOf(this.#trial, "report");
    const ran = await this.#survivors(lines, options);
    if (ran === undefined) return undefined;
    const trial = { regex: this.#trial.regex, options };
    const ours = await this.#sides.ours(trial, this.#sides.writeLog(ran.kept));
    const differences = reportDifferences(readReport(ran.outcome.out), readReport(ours.out));
    return { kept: ran.kept, differences, theirs: ran.outcome.out };
  }

  /** Whether the report is the same with the IPv6 tag of 1.0.2. */
  async #isOldTag(lines: readonly ByteLine[], theirs: string): Promise<boolean> {
    const old = withOldTags(this.#trial, this.#scratch);
    const options = optionsOf(this.#trial, "report");
    const ours = await this.#sides.ours({ regex: old.regex, options }, this.#sides.writeLog(lines));
    const differences = reportDifferences(readReport(theirs), readReport(ours.out));
    return differences.every(
      ({ part }) => ["Prefregex", "Failregex", "Ignoreregex"].includes(part) && sameCounts(theirs, ours.out),
    );
  }

  #key(kind: string): string {
    return `lines:${this.#trial.name}:${kind}`;
  }

  #addKnown(key: KnownClass, input: string, theirs: string, ours: string): void {
    if (!this.#seen.has(key)) this.#add(key, input, theirs, ours);
  }

  #add(key: string, input: string, theirs: string, ours: string): void {
    this.#seen.add(key);
    this.#differences.push({ key, input, theirs, ours });
  }
}

const shownRows = (rows: readonly Row[] | undefined): string =>
  (rows ?? []).map(({ text }) => text).join("\n");

/** The hits of regexes in a report without their texts. */
const hitsOf = (report: string): string => (report.match(/^\| +\d+\) \[\d+\]|^\| {6}.*$/gm) ?? []).join("\n");
const sameCounts = (one: string, other: string): boolean => hitsOf(one) === hitsOf(other);

/** Hits on their side alone whose IDs are shaped like addresses and are none. */
function namesNoAddress(theirs: string, ours: string): boolean {
  const ids = (text: string): readonly string[] =>
    Array.from(text.matchAll(/^\| {6}(\S+) {2}/gm), ([, id = ""]) => id).sort();
  const left = [...ids(theirs)];
  for (const id of ids(ours)) {
    const at = left.indexOf(id);
    if (at >= 0) left.splice(at, 1);
  }
  return left.length > 0 && left.every(isNoAddress);
}

/** What kind of difference the rows of a line show. */
function kindOf(theirs: readonly Row[], ours: readonly Row[]): string {
  if (ours.length < theirs.length) return "missed";
  if (ours.length > theirs.length) return "extra";
  const [one, other] = [theirs[0], ours[0]];
  if (one === undefined || other === undefined) return "order";
  if (one.id !== other.id) return "id";
  if (one.time !== other.time) return "time";
  return one.line !== undefined && isAbout(other, one.line.join("")) ? "data" : "lines";
}
