/**
 * What is tried on both sides: a regex or a filter, options, and the lines of a log; and the text by which a difference names it.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FilterSource } from "../../../src/cli/regex-filter-source.ts";
import { expandTags } from "../../../src/filter/tags.ts";
import { filterCase } from "./filter-cases.ts";
import { withOldIp6Tag } from "./known-classes.ts";
import { type ByteLine, bytesOfText } from "./mutations.ts";
import { textOf } from "./sides.ts";

/** How host names are taken; neither way asks DNS. */
export type Names = "-r" | "--usedns=no";

/** A regex or a filter with options. */
export interface Trial {
  /** `sshd[mode="ddos"]`, or the regex itself */
  readonly name: string;
  readonly kind: "filter" | "regex";
  /** the REGEX argument */
  readonly regex: string;
  readonly source: FilterSource;
  readonly names: Names;
}

const REGEX_ALONE: FilterSource = {
  prefregex: undefined,
  failregex: [],
  ignoreregex: [],
  maxlines: undefined,
  datepattern: undefined,
  journalmatch: [],
};

export const regexTrial = (regex: string, names: Names): Trial => ({
  name: regex,
  kind: "regex",
  regex,
  source: { ...REGEX_ALONE, failregex: [regex] },
  names,
});

/** A line as JSON: text, or its bytes where they are no text. */
const shown = (line: ByteLine): unknown =>
  bytesOfText(textOf(line)) === line ? textOf(line) : { bytes: line };

export function inputText({ name, kind, names }: Trial, lines: readonly ByteLine[]): string {
  return JSON.stringify({ [kind]: name, names, lines: lines.map(shown) });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function lineOf(value: unknown): ByteLine {
  if (typeof value === "string") return bytesOfText(value);
  if (isRecord(value) && typeof value["bytes"] === "string") return value["bytes"];
  throw new Error(`no line: ${JSON.stringify(value)}`);
}

/** Reads what {@link inputText} wrote. @throws {Error} */
export function readInput(
  input: string,
  configuration: string,
): { readonly trial: Trial; readonly lines: readonly ByteLine[] } {
  const read: unknown = JSON.parse(input);
  if (!isRecord(read) || !Array.isArray(read["lines"])) throw new Error(`no lines in ${input}`);
  const lines = read["lines"].map(lineOf);
  const names: Names = read["names"] === "-r" ? "-r" : "--usedns=no";
  if (typeof read["regex"] === "string") return { trial: regexTrial(read["regex"], names), lines };
  const found = filterCase(configuration, String(read["filter"]));
  if (found === undefined) throw new Error(`no filter in ${input}`);
  return {
    trial: { name: found.name, kind: "filter", regex: found.argument, source: found.source, names },
    lines,
  };
}

/** The same trial with the IPv6 tag of 1.0.2: the regexes, expanded, in a file of their own. */
export function withOldTags(trial: Trial, scratch: string): Trial {
  const usedns = trial.names === "-r" ? "raw" : "no";
  const old = (regex: string): string => withOldIp6Tag(expandTags(regex, usedns));
  const { prefregex, failregex, ignoreregex, maxlines, datepattern } = trial.source;
  const option = (name: string, values: readonly string[]): string =>
    values.length === 0
      ? ""
      : `${name} = ${values.map((value) => value.replaceAll("%", "%%")).join("\n    ")}\n`;
  const path = join(scratch, "old-tags.conf");
  const text = [
    "[Definition]\n",
    option("prefregex", prefregex === undefined ? [] : [old(prefregex)]),
    option("failregex", failregex.map(old)),
    option("ignoreregex", ignoreregex.map(old)),
    option("maxlines", maxlines === undefined ? [] : [String(maxlines)]),
    option("datepattern", datepattern === undefined ? [] : datepattern.split("\n")),
  ];
  writeFileSync(path, text.join(""));
  return { ...trial, regex: path };
}
