/**
 * `ignorecache` as the option has it: `key="<ip>", max-count=100, max-time=5m` (A§1.12, B§2.3).
 * @module
 */
import { parseBracketedWord } from "../base/bracket-options.ts";
import { DurationError, parseDuration } from "../base/duration.ts";
import type { Seconds } from "../base/units.ts";

const DEFAULT_MAX_COUNT = 100;
const DEFAULT_MAX_TIME = "5m";

export interface IgnoreCacheTerms {
  /** as configured; verdicts are kept by it, its tags replaced */
  readonly key: string;
  /** verdicts kept */
  readonly maxCount: number;
  /** how long each holds */
  readonly maxTime: Seconds;
}

/** The terms, or what is wrong with the text, or neither where there is to be no cache. */
export interface IgnoreCacheReading {
  readonly terms?: IgnoreCacheTerms;
  readonly problem?: string;
}

/** Reads the option's text. Never throws. */
export function readIgnoreCache(text: string | undefined): IgnoreCacheReading {
  if (text === undefined || text.trim() === "") return {};
  const { options } = parseBracketedWord(`[${text}]`);
  const key = options.get("key") ?? "";
  if (key === "") return { problem: `ignorecache has no key: ${text}` };
  const maxCount = Number(options.get("max-count") ?? DEFAULT_MAX_COUNT);
  if (!Number.isInteger(maxCount) || maxCount < 1) {
    return { problem: `max-count of ignorecache is no whole number above 0: ${text}` };
  }
  try {
    return { terms: { key, maxCount, maxTime: parseDuration(options.get("max-time") ?? DEFAULT_MAX_TIME) } };
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    return { problem: `max-time of ignorecache is no time: ${text} (${error.message})` };
  }
}
