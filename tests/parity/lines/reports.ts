/**
 * The standard report of `fail2ban-regex`, cut into its parts and freed of what is worded otherwise on purpose.
 * @module
 */

export interface Report {
  /** the parts with counts and hits, by title */
  readonly parts: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<ListName, readonly string[]>;
}

export type ListName = "Matched" | "Ignored" | "Missed";

/** Options that make a report tell everything. */
export const REPORT_OPTIONS = [
  "-v",
  "--print-all-matched",
  "--print-all-missed",
  "--print-all-ignored",
] as const;

/** The texts of regexes stay where they are: a report of the run shows counts. */
const withoutRegexes = (text: string): string =>
  text
    // which engine a regex got is told by ours alone
    .replaceAll(/^\| {6}# engine: .*\n/gm, "")
    .replaceAll(/^(\| {2,}\d+\) \[\d+\]).*$/gm, "$1")
    .replace(/^(Prefregex: .*\n)\| {2}.*$/m, "$1|  …");

/** Wordings of 1.1 (A§6), and years, which the rows compare (a stamp without one takes the nearest). */
const withoutWordings = (text: string): string =>
  text
    .replaceAll("(?:T|  ?)Ex24hourExMinuteExSecond", "(?:-|T|  ?)Ex24hour:?ExMinute:?ExSecond")
    .replaceAll(
      / {2}[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d -?\d+( \(multiple regex matched\))?$/gm,
      "  AT$1",
    )
    .replaceAll(/^\[processed in .*$/gm, "")
    .replaceAll(
      /\{'[^{}:]*'(?:, '[^{}:]*')+\}/g,
      (set) => `{${set.slice(1, -1).split(", ").sort().join(", ")}}`,
    );

function listOf(text: string): readonly string[] {
  // a line of the log may hold anything but a newline; the box ends with "`-"
  return text
    .split("\n")
    .filter((line) => line.startsWith("|  "))
    .map((line) => line.slice(3));
}

export function readReport(stdout: string): Report {
  const parts = new Map<string, string>();
  const lists = new Map<ListName, readonly string[]>();
  const body = stdout.slice(stdout.indexOf("\nResults\n=======\n"));
  const listsAt = body.search(/^\|- (?:Matched|Ignored|Missed) line\(s\):$/m);
  const counted = withoutWordings(listsAt < 0 ? body : body.slice(0, listsAt));
  for (const part of counted.split(/^(?=(?:Prefregex|Failregex|Ignoreregex|Date template hits|Lines): ?)/m)) {
    const [title = ""] = /^[A-Z][\w ]+(?=:)/.exec(part) ?? [];
    if (title !== "") parts.set(title, withoutRegexes(part.trim()));
  }
  if (listsAt >= 0) {
    for (const part of body.slice(listsAt).split(/^(?=\|- (?:Matched|Ignored|Missed) line\(s\):$)/m)) {
      const [, name] = /^\|- (Matched|Ignored|Missed) line/.exec(part) ?? [];
      if (name === "Matched" || name === "Ignored" || name === "Missed") lists.set(name, listOf(part));
    }
  }
  return { parts, lists };
}

/** What differs between two reports, a text for each part. */
export function reportDifferences(
  theirs: Report,
  ours: Report,
): readonly { readonly part: string; readonly theirs: string; readonly ours: string }[] {
  const differences: { readonly part: string; readonly theirs: string; readonly ours: string }[] = [];
  for (const part of new Set([...theirs.parts.keys(), ...ours.parts.keys()])) {
    const pair = { part, theirs: theirs.parts.get(part) ?? "", ours: ours.parts.get(part) ?? "" };
    if (pair.theirs !== pair.ours) differences.push(pair);
  }
  for (const name of ["Matched", "Ignored", "Missed"] as const) {
    const [one, other] = [theirs, ours].map(({ lists }) => [...(lists.get(name) ?? [])].sort());
    const [left, right] = exclusive(one ?? [], other ?? []);
    if (left.length > 0 || right.length > 0) {
      differences.push({ part: name, theirs: left.join("\n"), ours: right.join("\n") });
    }
  }
  return differences;
}

/** What only one of two sorted lists holds. */
function exclusive(one: readonly string[], other: readonly string[]): readonly [string[], string[]] {
  const [left, right]: [string[], string[]] = [[], []];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const [a, b] = [one[i], other[j]];
    if (a === b) {
      i++;
      j++;
    } else if (b === undefined || (a !== undefined && a < b)) {
      left.push(a ?? "");
      i++;
    } else {
      right.push(b);
      j++;
    }
  }
  return [left, right];
}
