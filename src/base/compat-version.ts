/**
 * The version of fail2ban whose behaviour the compatible faces show.
 * @module
 */

/** Answer of `version` and `-V` unless `compatversion` is configured; scripts compare it. */
export const COMPAT_VERSION = "1.1.0";

/** Longest version that may be configured, characters. */
const MAX_VERSION_CHARS = 32;

/** Whether this may be reported as a version: numbers with dots between them. */
export function isCompatVersion(word: unknown): word is string {
  return typeof word === "string" && word.length <= MAX_VERSION_CHARS && /^\d+(?:\.\d+)*$/.test(word);
}
