/**
 * The value of `logpath`: lines of path and `head` or `tail`, and the files that they lead to now (A§1.9).
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import type { ConfigFiles } from "./config-files.ts";
import type { Findings } from "./findings.ts";
import type { LogPath } from "./settings.ts";
import type { TracedText } from "./traced-text.ts";

/** One line of `logpath`. */
export interface LogPathLine {
  readonly pattern: string;
  /** the word behind the last blank, `head` if there is none; the server takes `head` and `tail` only */
  readonly word: string;
  readonly origin: Origin | undefined;
}

/** The lines that are not empty, each split at its last single space. */
export function splitLogPaths(value: TracedText): readonly LogPathLine[] {
  const lines: LogPathLine[] = [];
  for (const line of value.lines()) {
    const bare = line.strip();
    if (bare.text === "") continue;
    const space = bare.text.lastIndexOf(" ");
    lines.push({
      pattern: space === -1 ? bare.text : bare.text.slice(0, space),
      word: space === -1 ? "head" : bare.text.slice(space + 1),
      origin: bare.originAt(),
    });
  }
  return lines;
}

/**
 * The lines as the daemon watches them: where the last word is neither `head` nor `tail`, the whole line is taken as the path, which
 * is what was meant.
 */
export function watchedPaths(
  lines: readonly LogPathLine[],
  jail: string,
  findings: Findings,
): readonly LogPath[] {
  return lines.map(({ pattern, word, origin }) => {
    const place = origin && { origin };
    if (word === "head" || word === "tail") return { pattern, tail: word === "tail", ...place };
    findings.report({
      severity: "warning",
      message: `behind the last blank of a log path stands head or tail, not '${word}'`,
      consequence: `the whole line is taken as the path`,
      remedy: "write ' head' behind a path that has blanks",
      jail,
      ...place,
    });
    return { pattern: `${pattern} ${word}`, tail: false, ...place };
  });
}

/** The files a line leads to now, in directory order; dangling links are said and left out. */
export function findLogFiles(line: LogPathLine, files: ConfigFiles, findings: Findings): readonly string[] {
  const found = files.glob(line.pattern);
  if (found.length === 0) {
    findings.log("NOTICE", "jailreader", `No file(s) found for glob ${line.pattern}`);
    return [];
  }
  return found.filter((path) => {
    const isThere = files.kind(path) !== "dangling";
    if (!isThere) {
      findings.log("WARNING", "jailreader", `File ${path} is a dangling link, thus cannot be monitored`);
    }
    return isThere;
  });
}

/** Tells of a line that leads to no file now. */
export function tellMissing(line: LogPathLine, jail: string, findings: Findings): void {
  findings.report({
    severity: "notice",
    message: `there is no log file ${line.pattern} yet`,
    consequence: "the daemon waits for it",
    jail,
    ...(line.origin && { origin: line.origin }),
  });
}
