/**
 * What differs between the outcomes of one log, by class where the class is known. The list of classes on purpose is `known.json`; here
 * is only told which is which, as narrowly as can be.
 * @module
 */

import { formatCivil, type LocalZone } from "../../../src/base/local-time.ts";
import type { EpochSeconds } from "../../../src/base/units.ts";
import { type Batch, NEWER_ONLY } from "./batch.ts";
import type { Answer, Outcome } from "./sides.ts";

/** A disagreement about one line, or about the log as a whole. */
export interface Parting {
  readonly key: string;
  /** `undefined`: the whole log */
  readonly index: number | undefined;
  readonly theirs: string;
  readonly ours: string;
}

const DAY = 86_400;

/** About so far from now the answer depends on the second in which a program reads the line. */
const ABOUT_NOW = 100;

const shown = (answer: Answer | undefined): string =>
  answer === undefined ? "lost" : `${answer.time}|${answer.rest}`;

const CASELESS = /%[aAbBpc]/;
const OWN_GROUP = /\((?!\?).*\{L?EPOCH\}|\{L?EPOCH\}.*\((?!\?)/i;
const OWN_FLAGS = /\(\?[a-z]+\)/;

const WEEKDAY = /(?:mon|tue|wed|thu|fri|sat|sun) +[a-z]{3} /i;

/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/** A stamp of 29 February; which year it is of is not said, or is one without. */
const LEAP_DAY = /29|0?2/;

function isAboutNow(answer: Answer | undefined, now: EpochSeconds): boolean {
  const at = Number(answer?.time);
  return [0, DAY, -DAY].some((shift) => Math.abs(at + shift - now) < ABOUT_NOW);
}

/** The original prints the present moment, with its fraction, for a line without a time where ours prints none. */
function undatedOf(answer: Answer | undefined, now: EpochSeconds): Answer | undefined {
  if (answer === undefined || Math.abs(Number(answer.time) - now) > ABOUT_NOW) return answer;
  return /\.\d{4,}$/.test(answer.time) ? { ...answer, time: "None" } : answer;
}

/** What is known of a log besides two answers. */
interface Circumstances {
  readonly datepattern: string;
  readonly line: string;
  readonly machine: LocalZone;
  readonly now: EpochSeconds;
  /** a time differed on purpose before: what a line without one takes over differs too */
  readonly isDiverged: boolean;
}

/** The class of a difference between two answers of a line, `undefined` if it has none. */
function classOf(
  theirs: Answer | undefined,
  ours: Answer | undefined,
  seen: Circumstances,
): string | undefined {
  if (ours === undefined || theirs === undefined) return undefined;
  const { line, now, machine } = seen;
  const [their, our] = [Number(theirs.time), Number(ours.time)];
  if (their > LAST_SECOND) return "label beyond the calendar";
  const isWhole = theirs.rest === line;
  const isUndated = (answer: Answer): boolean => answer.rest === line || answer.time === "None";
  if (seen.isDiverged && isUndated(theirs) && isUndated(ours)) return "time taken over";
  if (theirs.time === "None" || isWhole) {
    if (WEEKDAY.test(line)) return "weekday for a zone";
    if (LEAP_DAY.test(line) && isAboutLeapDay(our)) return "nearest year";
  }
  if (theirs.rest !== ours.rest) {
    if (NEWER_ONLY.test(line) && isWhole) return "compact date";
    return OWN_GROUP.test(seen.datepattern) && theirs.time === ours.time
      ? "own group of an epoch"
      : undefined;
  }
  const days = Math.abs(our - their) / DAY;
  if (days > 363.9 && days < 366.1 && Math.abs(our - now) < Math.abs(their - now)) return "nearest year";
  if (days > 0.9 && days < 1.1 && Math.abs(our - now) < 2 * DAY) return "day by the stamp's zone";
  const isSameClock = formatCivil(machine.civilAt(their)) === formatCivil(machine.civilAt(our));
  return isSameClock && our > their ? "hour that comes twice" : undefined;
}

/** About 29 February in whatever zone. */
function isAboutLeapDay(at: EpochSeconds): boolean {
  const { month, day } = dayOf(at);
  return (month === 2 && day >= 28) || (month === 3 && day === 1);
}

function dayOf(at: EpochSeconds): { readonly month: number; readonly day: number } {
  const date = new Date(at * 1000);
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Template 13 takes more in the version that is the target than in the one that is the oracle. */
const asOld = (name: string): string =>
  name
    .replaceAll(/%Ex([kl])|Ex%([kl])/g, "%Ex$1$2")
    .replace("(?:-|T|  ?)Ex24hour:?ExMinute:?ExSecond", "(?:T|  ?)Ex24hourExMinuteExSecond");

/** All that differs; after the first difference without a class the rest of the log is not looked at. */
export function partings(
  batch: Batch,
  theirs: Outcome,
  ours: Outcome,
  { now, machine }: { readonly now: EpochSeconds; readonly machine: LocalZone },
): readonly Parting[] {
  if (theirs.kind === "hung") return [];
  if (ours.kind !== "read" || (theirs.kind === "refused" && !isBroken(theirs.why))) {
    return wholePartings(batch, theirs, ours);
  }
  const broken = theirs.kind === "refused" ? brokenAt(theirs.answers) : batch.lines.length;
  const found: Parting[] = [];
  for (const [index, line] of batch.lines.slice(0, broken).entries()) {
    const our = ours.answers.get(index);
    const their = undatedOf(theirs.answers.get(index), now);
    if (shown(their) === shown(our) || isAboutNow(their, now) || isAboutNow(our, now)) continue;
    const isDiverged = found.length > 0;
    const known = classOf(their, our, {
      line,
      machine,
      now,
      isDiverged,
      datepattern: batch.datepattern ?? "",
    });
    found.push({
      key: known ?? patternKey(batch.datepattern ?? "") ?? "line",
      index,
      theirs: shown(their),
      ours: shown(our),
    });
    if (known === undefined) return found;
  }
  if (theirs.kind === "refused") {
    const key = brokenKey(batch, theirs.why, broken, ours.answers.get(broken));
    return [...found, { key, index: broken, theirs: theirs.why, ours: shown(ours.answers.get(broken)) }];
  }
  // the report may break off where the rows do not: it cannot print a time after the year 9999
  if (theirs.order === undefined || ours.order === undefined) return found;
  if (found.some(({ key }) => key === "compact date")) return found;
  const order = ours.order.map(asOld);
  if (order.join("\n") !== theirs.order.map(asOld).join("\n")) {
    found.push({
      key: patternKey(batch.datepattern ?? "") ?? "order of templates",
      index: undefined,
      theirs: theirs.order.join("\n"),
      ours: order.join("\n"),
    });
  }
  return found;
}

const isBroken = (why: string): boolean => why.startsWith("broke off");

/** The line at which the other side broke off: it tells each that it has read. */
const brokenAt = (answers: ReadonlyMap<number, Answer>): number => Math.max(-1, ...answers.keys()) + 1;

/** The other side broke off at a line that ours read. */
function brokenKey(batch: Batch, why: string, index: number, ours: Answer | undefined): string {
  const { datepattern = "" } = batch;
  const isUndated = ours?.time === "None" || ours?.rest === batch.lines[index];
  if (/KeyError/.test(why) && isUndated) return "unknown zone";
  if (/KeyError: '(?:MON|TUE|WED|THU|FRI|SAT|SUN)'/.test(why)) return "weekday for a zone";
  if (/TypeError/.test(why) && isUndated) return "half a date";
  if (!/re\.error/.test(why)) return "broke off";
  if (CASELESS.test(datepattern) && OWN_FLAGS.test(datepattern)) return "flags of a caseless pattern";
  if (/\\\$$/m.test(datepattern)) return "escaped dollar at the end";
  if (/^(?:\{\^LN-BEG\}|\{UNB\})?%(?:Ex)?[kl]/m.test(datepattern)) return "blank at the begin of a pattern";
  return /\*\*\)*\$/.test(datepattern) ? "asterisks before a dollar" : "broke off";
}

/** A class that goes by the pattern alone. */
function patternKey(datepattern: string): string | undefined {
  if (/%%%[aAbBpc]/.test(datepattern)) return "percent before a name";
  if (/\{DEFAULT\}/i.test(datepattern) && datepattern.includes("\n")) return "defaults beside others";
  return /\{(?:UNB|\^LN-BEG)\}.*\{L?EPOCH\}/i.test(datepattern) ? "prefix before an epoch mark" : undefined;
}

function wholePartings(batch: Batch, theirs: Outcome, ours: Outcome): readonly Parting[] {
  const told = (outcome: Outcome): string =>
    outcome.kind === "refused" ? `refused: ${outcome.why}` : outcome.kind;
  if (theirs.kind === "refused" && ours.kind === "refused") {
    // the name alone: a key that was not found
    if (theirs.why === `'${batch.timezone}'`) return [];
    if (theirs.why === ours.why || isBroken(theirs.why)) return [];
    return [{ key: "refusal", index: undefined, theirs: told(theirs), ours: told(ours) }];
  }
  const pattern = batch.datepattern ?? "";
  let key = "refused by one";
  if (ours.kind === "read" && CASELESS.test(pattern) && OWN_FLAGS.test(pattern))
    key = "flags of a caseless pattern";
  if (theirs.kind === "read" && ours.kind === "refused") key = "refused at once";
  return [{ key, index: undefined, theirs: told(theirs), ours: told(ours) }];
}
