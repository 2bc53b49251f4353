/**
 * The zone that the machine (or `TZ`) is set to. Knows no format of dates; the runtime's zone tables do the work.
 * @module
 */
import type { CivilTime, LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";

/** How far ahead the next change back to standard time is looked for; longer than any such change, milliseconds. */
const CHANGE_WINDOW_MS = 3 * 3_600_000;

/**
 * As `mktime` with an unknown daylight-saving flag: a skipped hour counts on from the time before the change; fields that
 * overflow (second 60) carry. Of an hour that occurs twice the later one is meant: a fresh line is then never an hour old,
 * at worst it is from the future and counts as from now.
 */
function epochOf(civil: CivilTime): EpochSeconds {
  const { year, month, day, hour, minute, second } = civil;
  const date = new Date(year, month - 1, day, hour, minute, second);
  // the constructor reads 0–99 as 1900–1999
  if (year >= 0 && year < 100) date.setFullYear(year, month - 1, day);
  const at = date.getTime();
  const back = new Date(at + CHANGE_WINDOW_MS).getTimezoneOffset() - date.getTimezoneOffset();
  if (back > 0) {
    const later = new Date(at + back * 60_000);
    if (later.getHours() === date.getHours() && later.getMinutes() === date.getMinutes())
      return later.getTime() / 1000;
  }
  return at / 1000;
}

function civilAt(at: EpochSeconds): CivilTime {
  const date = new Date(Math.floor(at) * 1000);
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  };
}

/** The local zone with its daylight-saving changes. */
export const systemLocalZone: LocalZone = { epochOf, civilAt };

/** Names for which UTC is right. */
const UTC_NAMES = /^:?(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal|Greenwich)(?:[+-]?0)?$/i;

/**
 * What is wrong with the zone that the environment names: the runtime knows zones of the zone database only and silently takes UTC for
 * others, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
 *
 * @param tz the variable `TZ`
 * @returns a sentence; `undefined` where the zone is understood
 */
export function zoneProblem(tz: string | undefined): string | undefined {
  if (tz === undefined || tz === "" || UTC_NAMES.test(tz)) return undefined;
  if (new Intl.DateTimeFormat().resolvedOptions().timeZone !== "UTC") return undefined;
  return `TZ=${tz} is not understood and times are read as UTC; use a name such as Europe/Paris`;
}
