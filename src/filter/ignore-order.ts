/**
 * When the ignoreregexes are asked before the failregexes (A§2.14).
 * @module
 */
import type { FilterParts } from "./filter-parts.ts";

/** The early ignore test pays only with this many more failregexes than ignoreregexes. */
const EARLY_MARGIN = 2;

/** Whether the whole text is tested first; only where that can save work. */
export function ignoresEarly({ ignores, failures }: Pick<FilterParts, "ignores" | "failures">): boolean {
  return ignores.length > 0 && ignores.length < failures.length - EARLY_MARGIN;
}
