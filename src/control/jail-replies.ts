/**
 * How what the daemon says of a jail looks on the wire: which level is a list, which a tuple, which text a ban ID (B§2.7, B§3.3).
 * @module
 */
import { parseDurationExact } from "../base/duration.ts";
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { JailSettings } from "../config/settings.ts";
import type { JailPort, JailReading, JailView, ListedBan } from "./daemon-port.ts";
import { BanId, PyFloat, SharedText, type Tuple, tuple, type WireValue } from "./wire-value.ts";

/** What `status J short` and its like leave out or add. */
export type StatusFlavor = "basic" | "short" | "stats" | "cymru";

/** End of a permanent ban as fail2ban prints it. */
const FOR_EVER = "9999-12-31 23:59:59";

const named = (name: string, value: WireValue): Tuple => tuple(new SharedText(name), value);

/** The list form of ban IDs and ignore lists. */
export const idList = (ids: Iterable<string>): BanId[] => Array.from(ids, (id) => new BanId(id));

/** Journal alternatives as one text: fields joined with a blank, alternatives with ` + `. */
export function journalText(matches: readonly (readonly string[])[]): string {
  return matches.map((words) => words.join(" ")).join(" + ");
}

function readingEntry(reading: JailReading): Tuple {
  if (reading.kind === "files") return named("File list", reading.paths);
  const text = journalText(reading.matches);
  return named("Journal matches", text === "" ? [] : [text]);
}

/** The value of `status J FLAVOR`. */
export function statusReply(jail: JailPort, flavor: StatusFlavor): WireValue {
  const { currentlyFailed, totalFailed, currentlyBanned, totalBanned } = jail.status();
  if (flavor === "stats") {
    return [
      new SharedText(jail.backend),
      tuple(currentlyFailed, totalFailed),
      tuple(currentlyBanned, totalBanned),
    ];
  }
  const actions = [named("Currently banned", currentlyBanned), named("Total banned", totalBanned)];
  if (flavor !== "short") actions.push(named("Banned IP list", idList(jail.bannedIds())));
  if (flavor === "cymru") {
    // The lists need a lookup over the network for each ban; fail2ban says the same without its DNS library.
    for (const list of ["ASN", "Country", "RIR"]) actions.push(named(`Banned ${list} list`, ["error"]));
  }
  return [
    named("Filter", [
      named("Currently failed", currentlyFailed),
      named("Total failed", totalFailed),
      readingEntry(jail.reading()),
    ]),
    named("Actions", actions),
  ];
}

const integerSeconds = (seconds: number): number => Math.trunc(seconds);

/** One line of `get J banip --with-time`; the blank and the tab after the ID are read by dashboards. */
export function banLine({ id, at, bantime }: ListedBan, zone: LocalZone): string {
  const start = formatCivil(zone.civilAt(at));
  const end = bantime < 0 ? FOR_EVER : formatCivil(zone.civilAt(at + bantime));
  return `${id} \t${start} + ${bantime < 0 ? -1 : integerSeconds(bantime)} = ${end}`;
}

const optionalText = (text: string | undefined): WireValue => text ?? null;

/** A time that was written with a fraction, or in months, stays a float even where it comes out even: `2.5h` is `9000.0`. */
function exactSeconds(option: string, seconds: number | undefined, { spelled }: JailSettings): WireValue {
  if (seconds === undefined) return null;
  const text = spelled?.[option];
  return text !== undefined && parseDurationExact(text).isFloat ? new PyFloat(seconds) : seconds;
}

/** The readers of `get J OPTION` for what the settings tell alone. */
const SETTINGS: Readonly<Record<string, (view: JailView) => WireValue>> = {
  logencoding: ({ logencoding }) => logencoding,
  ignoreself: ({ settings }) => settings.ignoreself,
  ignoreip: ({ ignoreip }) => idList(ignoreip),
  // never set is not the same as set to nothing
  ignorecommand: ({ settings }) => settings.spelled?.["ignorecommand"] ?? (settings.ignorecommand || false),
  ignorecache: ({ ignorecache }) =>
    ignorecache === undefined ? null : [ignorecache.key, ignorecache.maxCount, ignorecache.maxTime],
  prefregex: ({ prefregex }) => prefregex,
  failregex: ({ failregex }) => failregex,
  ignoreregex: ({ ignoreregex }) => ignoreregex,
  maxlines: ({ settings }) => settings.maxlines,
  datepattern: ({ datepattern }) =>
    datepattern === undefined ? null : tuple(datepattern.pattern ?? null, datepattern.name),
  logtimezone: ({ settings }) => optionalText(settings.logtimezone),
  usedns: ({ settings }) => settings.usedns,
  findtime: ({ settings }) => exactSeconds("findtime", settings.findtime, settings),
  bantime: ({ settings }) => integerSeconds(settings.bantime),
  maxretry: ({ settings }) => settings.maxretry,
  maxmatches: ({ settings }) => settings.maxmatches,
  "bantime.increment": ({ settings }) =>
    settings.increment.enabled || (settings.spelled?.["bantime.increment"] === undefined ? null : false),
  "bantime.factor": ({ settings }) => optionalText(settings.increment.factor),
  "bantime.formula": ({ settings }) => optionalText(settings.increment.formula),
  "bantime.multipliers": ({ settings }) => optionalText(settings.increment.multipliers),
  "bantime.maxtime": ({ settings }) => exactSeconds("bantime.maxtime", settings.increment.maxtime, settings),
  "bantime.rndtime": ({ settings }) => exactSeconds("bantime.rndtime", settings.increment.rndtime, settings),
  "bantime.overalljails": ({ settings }) => settings.spelled?.["bantime.overalljails"] || null,
};

/** The value of `get J OPTION`; `undefined`: there is no such option. */
export function optionReply(jail: JailPort, option: string): WireValue | undefined {
  if (option === "logpath") {
    const reading = jail.reading();
    return reading.kind === "files" ? reading.paths : [];
  }
  if (option === "journalmatch") {
    const reading = jail.reading();
    return reading.kind === "journal" ? reading.matches : [];
  }
  const read = Object.hasOwn(SETTINGS, option) ? SETTINGS[option] : undefined;
  return read?.(jail.view());
}

/** `stats`: jail → backend, failures, bans. */
export function statsReply(jails: Iterable<JailPort>): WireValue {
  return new Map(Array.from(jails, (jail) => [jail.name, statusReply(jail, "stats")]));
}
