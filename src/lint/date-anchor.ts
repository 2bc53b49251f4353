/**
 * Datepatterns that begin with the time itself: they find a time anywhere in a line, also one that a stranger wrote, and a failure with
 * an old time counts for nothing.
 * @module
 */

import { DateDetector } from "../date/detector.ts";
import { DatePatternError } from "../date/pattern-error.ts";
import { patternTemplate } from "../date/template.ts";
import { utcZone } from "../date/utc-zone.ts";
import { CULPRIT, type Proof } from "./finding.ts";
import { viewPattern } from "./pattern-view.ts";
import { samplePaths, textOf } from "./sample-paths.ts";

/** `EPOCH` and `TAI64N` alone know where they stand. */
const STAMP_FIRST = /^\(*(?:\?:)?(?:\{UNB\})?\(*(?:%[A-Za-z]|\{L?EPOCH\}|\{DATE\})/;
/** Years in patterns are near this one; no finding depends on it. */
const ANY_YEAR = 2026;
const NOW = 1_767_225_600;

export interface LooseDate {
  readonly pattern: string;
  readonly proof: Proof | undefined;
}

/** The patterns among the lines of a `datepattern` that take a time from anywhere. */
export function looseDates(datepattern: string): readonly LooseDate[] {
  const patterns = datepattern.split("\n").filter((pattern) => STAMP_FIRST.test(pattern));
  return patterns.map((pattern) => ({ pattern, proof: proofOf(pattern) }));
}

/** A line in whose middle the time is found. */
function proofOf(pattern: string): Proof | undefined {
  // stands for many templates: none of them is the one
  if (pattern.includes("{DATE}")) return undefined;
  try {
    const view = viewPattern({ value: patternTemplate(pattern, ANY_YEAR).regex }, "warn", false);
    if (view === undefined) return undefined;
    const detector = new DateDetector({ datepattern: pattern, zone: utcZone, startYear: ANY_YEAR });
    for (const path of samplePaths(view.root, view.groupNames)) {
      const stamp = textOf(path, CULPRIT);
      const line = `no time, ${CULPRIT} said ${stamp} and more`;
      const found = detector.find(line, NOW);
      if (found?.at !== undefined) return { line, outcome: `takes '${found.text}' for the time of the line` };
    }
  } catch (error) {
    if (!(error instanceof DatePatternError)) throw error;
  }
  return undefined;
}
