/**
 * Stamps of a filter's own logs, and lines with such a stamp in the place where the log has it.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LineFilter } from "../../../src/filter/line-filter.ts";
import { filterNameOf, readSamples } from "../../../src/filter/sample-log.ts";

/** How a log dates its lines. */
export interface SampleStamp {
  /** what stands before the stamp, the stamp itself, and what is behind it */
  readonly before: string;
  readonly text: string;
  readonly behind: string;
}

/** Kinds of stamps that are kept of one filter. */
const MAX_STAMPS = 6;

const SYSLOG: SampleStamp = { before: "", text: "Nov 22 12:00:00", behind: " host x" };

const NOW = 1_795_341_600;

/** The stamps of the samples of a filter, each kind once; that of syslog where it has none. */
export function stampsOf(
  directory: string,
  item: string,
  filterOf: () => LineFilter,
): readonly SampleStamp[] {
  const path = join(directory, "samples", `${filterNameOf(item).replace(/\.conf$/, "")}.log`);
  if (!existsSync(path)) return [SYSLOG];
  const { logs } = readSamples(readFileSync(path, "utf8"));
  const stamps = new Map<string, SampleStamp>();
  for (const { text } of logs.flatMap(({ samples }) => samples)) {
    const date = filterOf().parts.detector.find(text, NOW);
    if (date === undefined || date.text === "") continue;
    const before = text.slice(0, date.start);
    const key = `${before.slice(-3)} ${date.text.replaceAll(/\d+/g, "1").replaceAll(/[A-Za-z]+/g, "a")}`;
    if (stamps.size < MAX_STAMPS && !stamps.has(key)) {
      stamps.set(key, { before, text: date.text, behind: text.slice(date.end) });
    }
  }
  return stamps.size === 0 ? [SYSLOG] : [...stamps.values()];
}

/** The most of what stands before a stamp that is looked for in a line. */
const SEEN_BEFORE = 6;

/**
 * The line, from which a stamp was cut, with one: behind what stands before it in the log, else at the begin.
 *
 * @param isDated whether a line has a stamp of that text
 */
export function stamped(
  { before, text, behind }: SampleStamp,
  line: string,
  isDated: (line: string, text: string) => boolean,
): string {
  const after = behind.charAt(0);
  if (before === "") return text + (line.startsWith(after) ? "" : after) + line;
  for (let seen = Math.min(SEEN_BEFORE, before.length); seen > 0; seen--) {
    const at = line.indexOf(before.slice(-seen) + after);
    const whole = line.slice(0, at + seen) + text + line.slice(at + seen);
    if (at >= 0 && isDated(whole, text)) return whole;
  }
  return before + text + (/^\W{0,3}/.exec(behind)?.[0] ?? "") + line;
}
