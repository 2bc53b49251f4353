/**
 * What a scanner says of lines, held against the regexes themselves.
 * @module
 */
import { expect } from "vitest";
import { RegexBudgetError } from "../../../src/regex/errors.ts";
import type { LineScanner } from "../../../src/scan/line-scanner.ts";
import { scanTexts } from "./scan-trial.ts";

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** A compiled regex, or one of a filter. */
export interface Searched {
  search(text: string): object | undefined;
}

export function matches(regex: Searched, text: string): boolean | undefined {
  try {
    return regex.search(`${text}\n`) !== undefined;
  } catch (error) {
    if (!(error instanceof RegexBudgetError)) throw error;
    return undefined;
  }
}

/** Holds what the scanner says of lines against the regexes. */
export function expectSound(
  scanner: LineScanner,
  regexes: readonly Searched[],
  lines: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => string,
): void {
  for (const [number, found] of scanTexts(scanner, lines).entries()) {
    const text = decode(lines[number] ?? new Uint8Array());
    for (const [index, regex] of regexes.entries()) {
      const isFound = found.includes(index);
      if (isFound && !(scanner.isExact(index) && isAscii(text))) continue;
      const isMatch = matches(regex, text);
      if (isMatch === undefined) continue;
      expect(isFound, `pattern ${index} on ${JSON.stringify(text)}`).toBe(isMatch);
    }
  }
  expect(scanner.linesGivenUp).toBe(0);
}
