/**
 * The lists of matched, ignored and missed lines of `gaoler regex`: how many lines of each are put by, and as what text.
 * @module
 */
import type { LocalZone } from "../base/local-time.ts";
import type { FilterParts } from "../filter/filter-parts.ts";
import type { Pattern } from "../filter/patterns.ts";
import { Explainer } from "./regex-explanation.ts";
import { explanationRows } from "./regex-explanation-text.ts";
import { ignoredEntry, missedEntry } from "./regex-json-parts.ts";
import type { RegexOptions } from "./regex-options.ts";
import { listedLine, listThreshold } from "./regex-report.ts";
import { ListedLines, type SeenLine, type StatisticsLists } from "./regex-statistics.ts";

export interface ListContext {
  readonly parts: FilterParts;
  readonly maxlines: number;
  readonly readsJournal: boolean;
  readonly zone: LocalZone;
  readonly hasColour: boolean;
}

function explainerOf(options: RegexOptions, context: ListContext): Explainer | undefined {
  if (!options.explains) return undefined;
  const { parts, maxlines, readsJournal } = context;
  return new Explainer(parts, { usedns: options.usedns, multiline: maxlines > 1, readsJournal });
}

/** The lists of the document: all lines; explained are as many as the report would explain. */
function jsonLists(options: RegexOptions, context: ListContext): StatisticsLists {
  const explainer = explainerOf(options, context);
  const explained = options.printsAllMissed ? Number.POSITIVE_INFINITY : listThreshold(options) - 1;
  return {
    matched: new ListedLines(0, () => ""),
    missed: new ListedLines(undefined, (seen, index) =>
      missedEntry(seen, index, index < explained ? explainer?.explain(seen) : undefined),
    ),
    ignored: new ListedLines(undefined, ignoredEntry),
    waiting: context.maxlines,
  };
}

function reportLists(options: RegexOptions, context: ListContext): StatisticsLists {
  const { parts, zone, hasColour } = context;
  const { failures, ignores } = parts;
  const isMultiline = context.maxlines > 1;
  const explainer = explainerOf(options, context);
  const rowsFor = (seen: SeenLine): readonly string[] => {
    if (explainer === undefined) return [];
    const said = { line: seen.line, failregexes: failures.length, zone, screen: { hasColour } };
    return explanationRows(explainer.explain(seen), said);
  };
  const list = (all: boolean, no: boolean, patterns: readonly Pattern[]): ListedLines => {
    const limit = all ? undefined : listThreshold(options) - 1;
    return new ListedLines(no ? 0 : limit, (seen) =>
      listedLine(seen.line, patterns, { options, isMultiline, explanation: rowsFor(seen) }),
    );
  };
  return {
    matched: list(options.printsAllMatched, !options.printsAllMatched, failures),
    missed: list(options.printsAllMissed, options.printsNoMissed, failures),
    ignored: list(options.printsAllIgnored, options.printsNoIgnored, ignores),
    waiting: context.maxlines,
  };
}

/** The lists that the options ask for; empty ones where rows are printed. */
export function lineLists(options: RegexOptions, context: ListContext): StatisticsLists {
  if (options.json) return jsonLists(options, context);
  if (options.out === undefined) return reportLists(options, context);
  const none = (): ListedLines => new ListedLines(0, () => "");
  return { matched: none(), missed: none(), ignored: none(), waiting: context.maxlines };
}
