/**
 * What a script may ask about a ban: the dynamic tags and their values (B§4.5).
 * Values that cost a look-up (database, reverse DNS) are brought by the caller; this module says which, and never waits.
 * @module
 */
import { type Address, parseAddress, reverseName } from "../address/address.ts";
import type { Ban } from "../ban/ticket.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { reprText } from "../config/python-text.ts";
import { dataText, linesText, lineText, ticketText, timeText, valueText } from "./ticket-text.ts";

/** Tags whose values the caller looks up before planning, where a script needs them. */
export const NEEDED_VALUES = [
  "ip-host",
  "ipmatches",
  "ipfailures",
  "ipjailmatches",
  "ipjailfailures",
] as const;
export type NeededValue = (typeof NEEDED_VALUES)[number];

/** Looked-up values; what is missing falls back to the ticket's own (`ip-host`: `None`). */
export type PreparedValues = ReadonlyMap<NeededValue, string>;

/** Figures of the jail at this moment. */
export interface JailCounts {
  readonly banned: number;
  readonly bannedTotal: number;
  readonly found: number;
  readonly foundTotal: number;
}

/** What surrounds a ban when its values are asked for. */
export interface TicketContext {
  readonly jail: string;
  /** the jail's ban time, for bans without their own; negative: for ever */
  readonly bantime: Seconds;
  readonly counts: JailCounts;
  readonly prepared?: PreparedValues;
}

/** A ban with its surroundings. */
export interface TicketInfo extends TicketContext {
  readonly ban: Ban;
  /** `<ip>` as an address; `undefined` for other IDs */
  readonly address: Address | undefined;
}

/** Binds a ban to its surroundings. */
export function ticketInfo(ban: Ban, context: TicketContext): TicketInfo {
  return { ...context, ban, address: parseAddress(ban.ip) };
}

/** The ticket of operations that concern no ban (start, stop, flush, reload): empty, of this moment. */
export function emptyTicketInfo(now: EpochSeconds, context: TicketContext): TicketInfo {
  const ban: Ban = {
    id: "",
    ip: "",
    at: now,
    attempts: 0,
    matches: [],
    data: new Map(),
    bantime: undefined,
    bancount: 0,
    restored: false,
  };
  return { ...context, ban, address: undefined };
}

const matchesText = ({ ban }: TicketInfo): string => ban.matches.map(lineText).join("\n");
const bantimeOf = ({ ban, bantime }: TicketInfo): number => Math.trunc(ban.bantime ?? bantime);

/** Numbers and words of our own making; they are inserted as they are, negative ones included. */
const OWN_VALUES: ReadonlyMap<string, (info: TicketInfo) => string> = new Map([
  ["failures", ({ ban }) => String(ban.attempts)],
  ["time", ({ ban }) => timeText(ban.at)],
  ["bantime", (info) => String(bantimeOf(info))],
  ["bancount", ({ ban }) => String(ban.bancount)],
  ["restored", ({ ban }) => (ban.restored ? "1" : "0")],
  ["ip-rev", ({ address }) => (address === undefined ? "" : reverseName(address))],
  ["jail.banned", ({ counts }) => String(counts.banned)],
  ["jail.banned_total", ({ counts }) => String(counts.bannedTotal)],
  ["jail.found", ({ counts }) => String(counts.found)],
  ["jail.found_total", ({ counts }) => String(counts.foundTotal)],
]);

/** Text that somebody else may have chosen. */
const FOREIGN_VALUES: ReadonlyMap<string, (info: TicketInfo) => string> = new Map([
  ["ip", ({ ban, address }) => address?.text ?? ban.ip],
  ["fid", ({ ban }) => ban.id],
  ["ip-host", ({ prepared }) => prepared?.get("ip-host") ?? "None"],
  ["matches", matchesText],
  ["ipmatches", (info) => info.prepared?.get("ipmatches") ?? matchesText(info)],
  ["ipfailures", ({ ban, prepared }) => prepared?.get("ipfailures") ?? String(ban.attempts)],
  ["ipjailmatches", (info) => info.prepared?.get("ipjailmatches") ?? matchesText(info)],
  ["ipjailfailures", ({ ban, prepared }) => prepared?.get("ipjailfailures") ?? String(ban.attempts)],
  ["jail.name", ({ jail }) => jail],
  ["raw-ticket", ({ ban }) => ticketText(ban)],
  ["F-*", ({ ban }) => dataText(ban)],
]);

const CAPTURE_TAG = /^F-[A-Z0-9_-]+$/;
/** Groups whose tags are shorter than their names (A§2.11). */
const CAPTURE_KEYS: ReadonlyMap<string, string> = new Map([
  ["id", "fid"],
  ["port", "fport"],
]);

/** A value for a tag, and whose words it is. */
export interface DynamicValue {
  readonly text: string;
  /** our own numbers and words, harmless in a script */
  readonly isOwn: boolean;
  /** what the variable is named after, where it is not the tag */
  readonly name?: string;
}

/**
 * The value of a dynamic tag; `undefined` if there is no such tag. `<family>` is not among them: the operation knows it.
 * Captured groups (`<F-USER>`) that the ticket does not have are empty.
 */
export function dynamicValue(info: TicketInfo, tag: string): DynamicValue | undefined {
  const own = OWN_VALUES.get(tag);
  if (own !== undefined) return { text: own(info), isOwn: true };
  const foreign = FOREIGN_VALUES.get(tag);
  if (foreign !== undefined) return { text: foreign(info), isOwn: false };
  if (!CAPTURE_TAG.test(tag)) return undefined;
  const group = tag.slice(2).toLowerCase();
  if (group === "failures") return { text: String(info.ban.attempts), isOwn: true };
  if (group === "matches") return { text: linesText(info.ban.matches), isOwn: false, name: "F-matches" };
  const key = CAPTURE_KEYS.get(group) ?? group;
  const value = info.ban.data.get(key);
  return { text: value === undefined ? "" : valueText(value), isOwn: false, name: `F-${key}` };
}

/** The ticket as it stands in messages about a failed operation (B§1.14). */
export function describeInfo(info: TicketInfo): string {
  const { ban, address, counts } = info;
  const entries = [
    `'ip': ${reprText(address?.text ?? ban.ip)}`,
    `'family': ${address === undefined ? "None" : `'${address.family}'`}`,
    `'fid': ${reprText(ban.id)}`,
    `'failures': ${ban.attempts}`,
    `'time': ${timeText(ban.at)}`,
    `'bantime': ${bantimeOf(info)}`,
    `'bancount': ${ban.bancount}`,
    `'restored': ${ban.restored ? 1 : 0}`,
    `'F-*': ${dataText(ban)}`,
    `'jail.banned': ${counts.banned}`,
    `'jail.found': ${counts.found}`,
  ];
  return `ActionInfo({${entries.join(", ")}})`;
}
