/**
 * What came of lines and regexes as the parts of `gaoler regex --json`.
 * @module
 */
import { canonicalId, parseAddress } from "../address/address.ts";
import type { FilterParts } from "../filter/filter-parts.ts";
import type { GroupValue, ReadonlyGroups } from "../filter/groups.ts";
import type { Pattern } from "../filter/patterns.ts";
import type { Explanation } from "./regex-explanation.ts";
import { explanationJson } from "./regex-explanation-json.ts";
import { type Json, type JsonFailure, type JsonSummary, jsonEntry } from "./regex-json.ts";
import type { RegexHits, RegexStatistics, SeenLine } from "./regex-statistics.ts";
import { lineText } from "./regex-values.ts";

function groupJson(value: GroupValue): Json | undefined {
  if (value === undefined || typeof value === "string") return value;
  return Array.from(value, (item) => item ?? null);
}

function dataJson(groups: ReadonlyGroups): Readonly<Record<string, Json>> {
  const data: [string, Json][] = [];
  for (const [name, value] of groups) {
    const held = groupJson(value);
    if (held !== undefined) data.push([name, held]);
  }
  return Object.fromEntries(data);
}

function addressOf(id: string, groups: ReadonlyGroups): string | null {
  const ip = groups.get("ip");
  if (typeof ip === "string") return ip;
  return parseAddress(id) === undefined ? null : canonicalId(id);
}

/** The failures of a line. */
export function* failuresOf({ number, resolved }: SeenLine): Generator<JsonFailure> {
  for (const { match, ids, counts } of resolved) {
    if (!counts) continue;
    const { at = null, groups, regexIndex, matches } = match;
    for (const id of ids) {
      yield {
        line: number,
        id,
        ip: addressOf(id, groups),
        at,
        regex: regexIndex + 1,
        matches: matches.map(lineText),
        data: dataJson(groups),
      };
    }
  }
}

/** A missed line, as an entry of its list. */
export function missedEntry(
  { number, line }: SeenLine,
  index: number,
  explanation: Explanation | undefined,
): string {
  const explain = explanation === undefined ? {} : { explain: explanationJson(explanation) };
  return jsonEntry({ line: number, text: line, ...explain }, index);
}

/** An ignored line and what ignored it: an ignoreregex, or a failregex that is harmless or waits for an address. */
export function ignoredEntry({ number, line, report }: SeenLine, index: number): string {
  const [ignoreIndex] = report.ignoredBy;
  const [match] = report.matched;
  const by: Json =
    match === undefined || ignoreIndex !== undefined
      ? { ignoreregex: (ignoreIndex ?? 0) + 1 }
      : { failregex: match.regexIndex + 1, why: match.kind === "pending" ? "waits" : "nofail" };
  return jsonEntry({ line: number, text: line, by }, index);
}

export interface SummaryInput {
  readonly statistics: RegexStatistics;
  readonly parts: FilterParts;
  readonly readsJournal: boolean;
  /** what ended the reading early */
  readonly failure: string | undefined;
}

/** Everything behind the lists. */
export function jsonSummary({ statistics, parts, readsJournal, failure }: SummaryInput): JsonSummary {
  const { lines: total, matched, ignored, missed, failures, ignores, prefixCount } = statistics;
  const regexJson = ({ source, engine, reason, cost }: Pattern, hits: number): Json => ({
    regex: source,
    hits,
    engine,
    reason,
    cost,
  });
  const each = (patterns: readonly Pattern[], hits: readonly RegexHits[]): readonly Json[] =>
    patterns.map((pattern, index) => regexJson(pattern, hits[index]?.count ?? 0));
  return {
    lines: { total, matched: matched.count, ignored: ignored.count, missed: missed.count },
    prefregex: parts.prefix === undefined ? null : regexJson(parts.prefix, prefixCount),
    failregex: each(parts.failures, failures),
    ignoreregex: each(parts.ignores, ignores),
    dateTemplates: readsJournal
      ? []
      : parts.detector.hits().flatMap(({ name, hits }) => (hits === 0 ? [] : [{ name, hits }])),
    ...(failure === undefined ? {} : { error: failure }),
  };
}
