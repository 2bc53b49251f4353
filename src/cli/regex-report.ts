/**
 * The report of `gaoler regex`, laid out as `fail2ban-regex` lays it out (A§4.4).
 * @module
 */
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { endWithoutBlanks } from "../config/python-text.ts";
import { dayNumber } from "../date/calendar.ts";
import type { TemplateHits } from "../date/detector.ts";
import type { FilterParts } from "../filter/filter-parts.ts";
import type { Pattern } from "../filter/patterns.ts";
import type { InputLine } from "./regex-lines.ts";
import type { RegexOptions } from "./regex-options.ts";
import type { ListedLines, RegexHit, RegexHits, RegexStatistics } from "./regex-statistics.ts";
import { groupsRepr } from "./regex-values.ts";

/** From this many lines on a list is only counted, unless `-L` says another number. */
const TOO_MANY_LINES = 20;
/** Characters of a text shown on a `Use` line. */
const SHOWN_TEXT_CHARS = 53;
/** Lines of a LOG text that are shown. */
const SHOWN_LINES = 5;

export const TITLE = "\nRunning tests\n=============\n\n";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `Use   failregex line : …` */
export function useLine(label: string, value: string): string {
  return `Use ${label.padStart(16)} : ${value}\n`;
}

/** A regex on its `Use` line, cut. */
export function shortened(text: string): string {
  return text.length > SHOWN_TEXT_CHARS ? `${text.slice(0, SHOWN_TEXT_CHARS - 3)}...` : text;
}

/** How a LOG text is announced; a filter over several lines has its one line listed too. */
export function announcedText(lines: readonly InputLine[], isMultiline: boolean): string {
  const only = lines[0]?.text ?? "";
  if (lines.length === 1 && !isMultiline) return useLine("single line", shortened(only));
  const shown = lines.slice(0, SHOWN_LINES).map(({ number, text }) => `|  ${number}: ${shortened(text)}\n`);
  const more = lines.length > SHOWN_LINES ? "| ...\n" : "";
  return `Use      multi line : ${lines.length} line(s)\n${shown.join("")}${more}\`-\n`;
}

/** `Fri Nov 20 10:00:01 2026` in local time. */
export function ctimeText(at: EpochSeconds, zone: LocalZone): string {
  const civil = zone.civilAt(at);
  const days = dayNumber(civil);
  const day = DAYS[(((days + 4) % 7) + 7) % 7];
  const month = MONTHS[civil.month - 1];
  const clock = formatCivil(civil).slice(-8);
  return `${day} ${month} ${String(civil.day).padStart(2)} ${clock} ${civil.year}`;
}

/** A title and, where there is something, its box. */
function box(title: string, head: string, rows: readonly string[]): string {
  const body = rows.length === 0 ? "" : `|-${head}\n${rows.map((row) => `|  ${row}\n`).join("")}\`-\n`;
  return `${title}\n${body}\n`;
}

export interface ReportInput {
  readonly options: RegexOptions;
  readonly statistics: RegexStatistics;
  readonly parts: FilterParts;
  readonly zone: LocalZone;
  readonly now: EpochSeconds;
  readonly elapsed: Seconds;
  readonly readsJournal: boolean;
}

/** With `-v`: which engine searches with a regex, why, and what it costs. Our own. */
const engineRow = ({ engine, reason, cost }: Pattern): string =>
  `    # engine:  ${engine}, ${cost} (${reason})`;

function regexRows(
  patterns: readonly Pattern[],
  hits: readonly RegexHits[],
  { options, zone, now }: ReportInput,
): readonly string[] {
  const hitText = ({ id, at, isFurther }: RegexHit): string =>
    `    ${id}  ${ctimeText(at ?? now, zone)}${isFurther ? " (multiple regex matched)" : ""}`;
  return patterns.flatMap((pattern, index) => {
    const hit = hits[index];
    const count = hit?.count ?? 0;
    if (count === 0 && options.verbosity === 0) return [];
    return [
      `${String(index + 1).padStart(2)}) [${count}] ${pattern.source}`,
      ...(options.verbosity > 0 ? [engineRow(pattern)] : []),
      ...(hit?.shown ?? []).map(hitText),
    ];
  });
}

const total = (hits: readonly RegexHits[]): number => hits.reduce((sum, { count }) => sum + count, 0);

function prefixPart({ parts, statistics, options }: ReportInput): string {
  if (parts.prefix === undefined) return "";
  const shown = statistics.prefixGroups.map((group) => `|      ${groupsRepr(group)}\n`);
  const isCut = shown.length > 0 && shown.length < statistics.prefixCount;
  const groups = shown.join("") + (isCut ? "|      ...\n" : "");
  const engine = options.verbosity > 0 ? `|  ${engineRow(parts.prefix)}\n` : "";
  return `Prefregex: ${statistics.prefixCount} total\n|  ${parts.prefix.expanded}\n${engine}${groups}\`-\n\n`;
}

/** With `--VD`: how much speaks for a template, its pattern and its regex. */
function templateRows({ merit, weight, pattern, regex }: TemplateHits): readonly string[] {
  return [
    `    # weight: ${merit.toFixed(3)} (${weight.toFixed(3)}), pattern: ${pattern ?? ""}`,
    `    # regex:   ${regex}`,
  ];
}

function datePart({ parts, options, readsJournal }: ReportInput): string {
  if (readsJournal) return "";
  const rows = parts.detector.hits().flatMap((template) => {
    if (template.hits === 0 && options.verbosity === 0) return [];
    return [
      `[${template.hits}] ${template.name}`,
      ...(options.showsDateRegexes ? templateRows(template) : []),
    ];
  });
  return box("Date template hits:", " [# of hits] date format", rows);
}

/** A line with a debuggex.com address for each regex. */
export function withAddresses(
  line: string,
  patterns: readonly Pattern[],
  isMultiline: boolean,
): readonly string[] {
  const flags = isMultiline ? "&flags=m" : "";
  const quoted = (text: string): string =>
    encodeURIComponent(text.toWellFormed())
      .replaceAll("%20", "+")
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return patterns.map(({ source, expanded }) => {
    const address = `https://www.debuggex.com/?re=${quoted(expanded)}&str=${quoted(line)}&flavor=python${flags}`;
    return `${line} | ${source} |  ${address}`;
  });
}

/** Number of lines from which on a list is not printed. */
export function listThreshold(options: RegexOptions): number {
  return options.maxlines > 0 ? options.maxlines : TOO_MANY_LINES;
}

/** A line of a list at the end of the report. */
export function listedLine(
  line: string,
  patterns: readonly Pattern[],
  input: {
    readonly options: RegexOptions;
    readonly isMultiline: boolean;
    /** what is said about the line */
    readonly explanation: readonly string[];
  },
): string {
  const bare = line.slice(0, endWithoutBlanks(line));
  const rows = input.options.showsDebuggex ? withAddresses(bare, patterns, input.isMultiline) : [bare];
  return [...rows, ...input.explanation].map((row) => `|  ${row}\n`).join("");
}

/** A list of lines. One that is too long is only counted; explained, its beginning is shown. */
function* listPart(
  kind: "Matched" | "Ignored" | "Missed",
  lines: ListedLines,
  printsAll: boolean,
  patterns: readonly Pattern[],
  options: RegexOptions,
): Generator<string> {
  if (lines.count === 0) return;
  const isShown = printsAll || lines.count < listThreshold(options);
  if (!isShown) {
    const option = `--print-all-${kind.toLowerCase()}`;
    if (options.explains && lines.kept > 0) {
      yield `|- ${kind} line(s), the first ${lines.kept} of ${lines.count}:\n`;
      yield* lines.take();
      yield "`-\n";
    }
    yield `${kind} line(s): too many to print.  Use ${option} to print all ${lines.count} lines\n`;
    return;
  }
  if (options.showsDebuggex && patterns.length === 0) return;
  yield `|- ${kind} line(s):\n`;
  yield* lines.take();
  yield "`-\n";
}

/** Everything behind the `Use` lines, in pieces. */
export function* reportText(input: ReportInput): Generator<string> {
  const { options, statistics, parts, elapsed } = input;
  const { matched, missed, ignored, failures, ignores, lines } = statistics;
  const head = "  #) [# of hits] regular expression";
  const counts = `${lines} lines, ${ignored.count} ignored, ${matched.count} matched, ${missed.count} missed`;
  yield "\n\nResults\n=======\n\n";
  yield prefixPart(input);
  yield box(`Failregex: ${total(failures)} total`, head, regexRows(parts.failures, failures, input));
  yield box(`Ignoreregex: ${total(ignores)} total`, head, regexRows(parts.ignores, ignores, input));
  yield datePart(input);
  yield `Lines: ${counts}\n[processed in ${elapsed.toFixed(2)} sec]\n\n`;
  if (options.printsAllMatched) yield* listPart("Matched", matched, true, parts.failures, options);
  if (!options.printsNoIgnored)
    yield* listPart("Ignored", ignored, options.printsAllIgnored, parts.ignores, options);
  if (!options.printsNoMissed)
    yield* listPart("Missed", missed, options.printsAllMissed, parts.failures, options);
}
