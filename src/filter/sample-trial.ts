/**
 * Puts the lines of a sample log through a filter and says what it made of each (docs/samples.md). The present moment is always the
 * same, so that a sample means the same for ever.
 * @module
 */
import { epochOfUtc, formatCivil } from "../base/local-time.ts";
import { utcZone } from "../date/utc-zone.ts";
import type { Failure } from "./failure.ts";
import type { LineFilter } from "./line-filter.ts";
import type { LineOutcome } from "./line-report.ts";
import { type Sample, type SampleLog, wordsOf } from "./sample-log.ts";

/** The present of all samples: 22 November 2026, 12:00 UTC. */
export const SAMPLE_NOW = epochOfUtc({ year: 2026, month: 11, day: 22, hour: 12, minute: 0, second: 0 });
export const SAMPLE_YEAR = 2026;
/** Stands in hostile lines wherever an attacker can write; whoever finds it found what an attacker wrote. */
export const BYSTANDER = "203.0.113.66";

export interface SampleResult {
  readonly sample: Sample;
  /** in the words of expectations */
  readonly seen: string;
  readonly isRight: boolean;
}

function dataOf(failure: Failure, key: string): string {
  switch (key) {
    case "host":
      return failure.id ?? failure.host ?? "";
    case "lines":
      return String(failure.matches.length);
    case "time":
      return formatCivil(utcZone.civilAt(failure.at)).replace(" ", "T");
    default:
      return String(failure.data.get(key) ?? "");
  }
}

/** What came of a line, as far as the expectation asks. */
function seenOf({ failures, verdict }: LineOutcome, expected: string): string {
  const [failure] = failures;
  if (failure === undefined) return verdict === "no-fail" || verdict === "ignored" ? "ignore" : "miss";
  if (failures.length > 1) return `${failures.length} failures`;
  const asked = wordsOf(expected);
  const words = (asked.length === 0 ? [["host", ""] as const] : asked).map(([key, written]) => {
    const value = dataOf(failure, key);
    return `${key}=${written.startsWith('"') || /\s/.test(value) ? JSON.stringify(value) : value}`;
  });
  return `match ${words.join(" ")}`;
}

/** Lines of a journal carry no time of their own: the journal gives it. */
const isOfJournal = (item: string): boolean => /\blogtype=["']?journal\b/.test(item);

/** Puts a log through its filter, which must be fresh: sessions begin with the log. */
export function trySamples(log: SampleLog, filter: LineFilter): readonly SampleResult[] {
  const at = isOfJournal(log.item) ? { at: SAMPLE_NOW } : {};
  return log.samples.map((sample) => {
    const outcome = filter.process(sample.text, { now: SAMPLE_NOW, inOperation: false, ...at });
    const seen = seenOf(outcome, sample.expected);
    const isBystander = outcome.failures.some(({ id, host }) => id === BYSTANDER || host === BYSTANDER);
    return {
      sample,
      seen: isBystander ? `${seen} (the bystander ${BYSTANDER}, whom nobody may ban)` : seen,
      isRight: seen === sample.expected && !isBystander,
    };
  });
}
