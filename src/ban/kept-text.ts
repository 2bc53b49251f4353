/**
 * Lines and captured groups as they are kept: copied, for a text cut from a chunk of a log would keep the whole chunk in memory, and
 * packed, as there may be hundreds of thousands.
 * Hot: per failure.
 * @module
 */
import type { DataValue, MatchLine } from "../filter/failure.ts";

/** Nothing captured. */
export const NO_DATA: ReadonlyMap<string, DataValue> = new Map();

/** Goes before a line that is one text. */
const WHOLE = ";";

/** A copy that shares nothing with the text that it was cut from. */
export function ownText(text: string): string {
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === "string" ? copy : text;
}

/** Its length is that of the line and a few characters. */
export function packLine(line: MatchLine): string {
  if (typeof line === "string") return packed(WHOLE, line);
  const [before, date, after] = line;
  return packed(`${before.length},${date.length};`, before + date + after);
}

export function unpackLine(kept: string): MatchLine {
  const begin = kept.indexOf(";") + 1;
  if (begin === 1) return kept.slice(1);
  const [before = 0, date = 0] = kept
    .slice(0, begin - 1)
    .split(",")
    .map(Number);
  const middle = begin + before;
  return [kept.slice(begin, middle), kept.slice(middle, middle + date), kept.slice(middle + date)];
}

/** `undefined` for no data. */
export function packData(data: ReadonlyMap<string, DataValue>): string | undefined {
  return data.size === 0 ? undefined : JSON.stringify([...data]);
}

export function unpackData(kept: string | undefined): ReadonlyMap<string, DataValue> {
  if (kept === undefined) return NO_DATA;
  const pairs: unknown = JSON.parse(kept);
  // written by packData and by nobody else
  return new Map(pairs as [string, DataValue][]);
}

/**
 * Joined texts are but references to their parts until somebody needs a character; then they are copied together. No head begins with
 * this one, but only who looks can know.
 */
function packed(head: string, text: string): string {
  const joined = head + text;
  return joined.charCodeAt(0) === 0 ? "" : joined;
}
