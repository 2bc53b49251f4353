/**
 * What is wrong, where, what happens now and what to do: one value for every mistake of an operator.
 * Diagnostics are collected, never thrown; this module only shapes and prints them.
 * @module
 */

/** A place in a file. Lines and columns start at 1; the column counts characters (UTF-16 units). */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** the source line as it stands, for the caret */
  readonly text?: string;
}

export type Severity = "error" | "warning" | "notice";

export interface Diagnostic {
  readonly severity: Severity;
  /** what is wrong, one sentence without a full stop */
  readonly message: string;
  readonly origin?: Origin;
  /** the jail it concerns, if one */
  readonly jail?: string;
  /** what gaoler does now: "the jail is left out", "the quote is dropped" */
  readonly consequence?: string;
  /** what the operator can do */
  readonly remedy?: string;
}

/** A value with the place it came from. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin?: Origin;
}

/** Longest source line shown above a caret, characters. */
const SHOWN_LINE_CHARS = 160;

/** `jail.local:12:9` with the path as given. */
export function formatOrigin(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}

/** The source line and a caret below its column, two lines, or none where the text is unknown. */
function excerpt(origin: Origin): string[] {
  if (origin.text === undefined) return [];
  const from = Math.max(0, origin.column - 1 - (SHOWN_LINE_CHARS - 20));
  const shown = origin.text.slice(from, from + SHOWN_LINE_CHARS).replace(/[\0-\x08\x0b-\x1f\x7f]/g, "?");
  const before = shown.slice(0, origin.column - 1 - from).replace(/[^\t]/g, " ");
  return [`    ${shown}`, `    ${before}^`];
}

/**
 * A diagnostic as text for people, several lines, no final newline:
 * `FILE:LINE:COL: SEVERITY: [jail J] MESSAGE`, the line, the caret, then consequence and remedy.
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { origin, severity, jail, message, consequence, remedy } = diagnostic;
  const place = origin === undefined ? "" : `${formatOrigin(origin)}: `;
  const who = jail === undefined ? "" : `[${jail}] `;
  const lines = [`${place}${severity}: ${who}${message}`];
  if (origin !== undefined) lines.push(...excerpt(origin));
  if (consequence !== undefined) lines.push(`    now: ${consequence}`);
  if (remedy !== undefined) lines.push(`    try: ${remedy}`);
  return lines.join("\n");
}
