/**
 * Rows of `fail2ban-regex -o`: one failure each, with its time, ID, data and the lines that matched, in Python's notation.
 * @module
 */

/** Everything that a template of `-o` can tell of a failure; the data come last, for they may hold anything. */
export const ROW_TEMPLATE = "<time>|<fid>|<ip>|<F-*>";

/** A failure as a program printed it. */
export interface Row {
  readonly text: string;
  readonly time: string;
  readonly id: string;
  readonly ip: string;
  /** what the texts of the data and of the matched lines are, without time and ID */
  readonly data: string;
  /** texts of the last matched line: before the stamp, the stamp, behind it */
  readonly line: readonly [before: string, date: string, after: string] | undefined;
}

const TRIPLE =
  /\(('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"), ('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"), ('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)/gsu;

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** The text that a Python string literal stands for. */
export function unquoted(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/gsu,
      (_, x, u, wide, other: string | undefined) =>
        other === undefined
          ? String.fromCodePoint(Number.parseInt(x ?? u ?? wide, 16))
          : (ESCAPES[other] ?? `\\${other}`),
    );
}

/** The order inside a printed set changes from run to run. */
const withSortedSets = (text: string): string =>
  text.replaceAll(
    /'users': \{((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:, (?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)\}/gsu,
    (_, items: string) =>
      `'users': {${(items.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gsu) ?? []).sort().join(", ")}}`,
  );

/** Reads what a run printed; what begins no row belongs to the one before. */
export function readRows(stdout: string): Row[] {
  const texts: string[] = [];
  for (const line of stdout.split("\n")) {
    if (/^(?:-?\d+(?:\.\d+)?|None)\|/.test(line)) texts.push(line);
    else if (line !== "" && texts.length > 0) texts.push(`${texts.pop() ?? ""}\n${line}`);
    else if (line !== "") texts.push(line);
  }
  return texts.map(readRow);
}

function readRow(printed: string): Row {
  const text = withSortedSets(printed);
  const at = text.indexOf("|{'matches': [");
  const [time = "", id = "", ip = ""] = text.slice(0, at).split("|");
  const data = text.slice(at + 1);
  const triples = Array.from(data.slice(0, data.indexOf("], 'failures': ") + 1).matchAll(TRIPLE));
  const [, before = "''", date = "''", after = "''"] = triples.at(-1) ?? [];
  const line =
    triples.length === 0 ? undefined : ([unquoted(before), unquoted(date), unquoted(after)] as const);
  return { text, time, id, ip, data, line };
}

/** Whether a row is about this line, as text. */
export function isAbout({ line }: Row, text: string): boolean {
  if (line === undefined) return false;
  return line.join("") === text || (line[0] === "" && line[2] === text);
}

/** The rows of each line, found by their text in order; rows that belong to none are in the last place, one beyond the lines. */
export function rowsByLine(rows: readonly Row[], texts: readonly string[]): readonly (readonly Row[])[] {
  const byLine: Row[][] = Array.from({ length: texts.length + 1 }, () => []);
  let from = 0;
  let last = texts.length;
  for (const row of rows) {
    // several failures of one line stand one after the other
    let at = from;
    while (at < texts.length && !isAbout(row, texts[at] ?? "")) at++;
    if (
      last < texts.length &&
      at > last &&
      isAbout(row, texts[last] ?? "") &&
      byLine[last]?.every(({ data }) => data !== row.data)
    ) {
      at = last;
    }
    if (at < texts.length) {
      from = at + 1;
      last = at;
      byLine[at]?.push(row);
    } else byLine[texts.length]?.push(row);
  }
  return byLine;
}
