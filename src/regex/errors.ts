/**
 * The two ways a regex fails: it is no regex, or it takes too long.
 * Knows nothing of jails or filters; who compiles decides what becomes of the mistake.
 * @module
 */

/**
 * The pattern is none of Python's `re`. `message` is worded as Python words it, place included.
 * `position` counts characters (code points) from 0; `undefined` where Python names no place.
 */
export class RegexSyntaxError extends Error {
  override readonly name = "RegexSyntaxError";
  readonly position: number | undefined;

  constructor(message: string, position: number | undefined) {
    super(message);
    this.position = position;
  }
}

/** A search took more steps or more memory than it is allowed: the answer is unknown. */
export class RegexBudgetError extends Error {
  override readonly name = "RegexBudgetError";
}

/** Python's wording of a place: the line and column only where the pattern has several lines. */
export function syntaxErrorAt(
  message: string,
  characters: readonly string[],
  position: number,
): RegexSyntaxError {
  const before = characters.slice(0, position);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.filter((character) => character === "\n").length + 1;
  const place = characters.includes("\n") ? ` (line ${line}, column ${position - lineStart + 1})` : "";
  return new RegexSyntaxError(`${message} at position ${position}${place}`, position);
}
