/**
 * Tags of fail2ban's regexes: `<HOST>`, `<ADDR>`, `<F-USER>…</F-USER>`, `<SKIPLINES>` become plain Python `re` text (A§2.11).
 * Knows nothing of what the groups mean later.
 * @module
 */
import type { UseDns } from "../config/settings.ts";
import { TAGGED_GROUPS } from "./group-reader.ts";

const IP4 = String.raw`(?:\d{1,3}\.){3}\d{1,3}`;
const IP6 = `(?:[0-9a-fA-F]{1,4}::?|:){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):)`;

const IP4_TAG = `(?:::f{4,6}:)?(?P<ip4>${IP4})`;
const IP6_TAG = `(?P<ip6>${IP6})`;
const ADDR_TAG = String.raw`\[?(?:${IP4_TAG}|${IP6_TAG})\]?`;
const DNS_TAG = String.raw`(?P<dns>[\w\-.^_]*\w)`;
const CIDR_TAG = String.raw`(?P<cidr>\d+)`;
const SUBNET_TAG = String.raw`\[?(?:${IP4_TAG}|${IP6_TAG})(?:/${CIDR_TAG})?\]?`;

/** Tags that stand for themselves; `<HOST>` depends on usedns and is not here. */
const WHOLE_TAGS: ReadonlyMap<string, string> = new Map([
  ["<IP4>", IP4_TAG],
  ["<F-IP4/>", IP4_TAG],
  ["<IP6>", IP6_TAG],
  ["<F-IP6/>", IP6_TAG],
  ["<ADDR>", ADDR_TAG],
  ["<F-ADDR/>", ADDR_TAG],
  ["<DNS>", DNS_TAG],
  ["<F-DNS/>", DNS_TAG],
  ["<CIDR>", CIDR_TAG],
  ["<F-CIDR/>", CIDR_TAG],
  ["<SUBNET>", SUBNET_TAG],
  ["<F-SUBNET/>", SUBNET_TAG],
  ["<F-ID/>", String.raw`(?P<fid>\S+)`],
  ["<F-PORT/>", String.raw`(?P<fport>\w+)`],
]);

const TAG = /<\/?[\w-]+\/?>/g;
const OPENING = /^<F-([A-Z0-9_-]+)>$/;
const CLOSING = /^<\/F-([A-Z0-9_-]+)>$/;

/** `((?i)` and `(?:(?i)` at the beginning of a group; an escaped parenthesis is no group. */
const LEADING_FLAGS = /(?<!\\)\((?:\?:)?\(\?([a-z]+)\)/g;

/** A piece of a text and what it became. */
interface Edit {
  readonly start: number;
  readonly length: number;
  readonly newLength: number;
}

/** Where a range of an expanded regex comes from in the regex as configured. */
export type SourceRange = (start: number, end: number) => readonly [start: number, end: number];

/** An expanded regex, and how its places are found again in the source. */
export interface ExpandedRegex {
  readonly text: string;
  /** A range within a tag's expansion comes from the whole tag. */
  readonly sourceRange: SourceRange;
}

function replaceNoted(
  text: string,
  what: RegExp,
  replace: (found: string, captured: string) => string,
): { readonly text: string; readonly edits: readonly Edit[] } {
  const edits: Edit[] = [];
  let replaced = "";
  let end = 0;
  for (const match of text.matchAll(what)) {
    const [found, captured = ""] = match;
    const put = replace(found, captured);
    replaced += text.slice(end, match.index) + put;
    end = match.index + found.length;
    if (put !== found) edits.push({ start: match.index, length: found.length, newLength: put.length });
  }
  return { text: replaced + text.slice(end), edits };
}

/** Undoes edits for a range; what was replaced is one place that cannot be divided. */
function rangeBefore(edits: readonly Edit[], from: number, to: number): readonly [number, number] {
  let [start, end] = [from, to];
  let shift = 0;
  for (const edit of edits) {
    const newStart = edit.start + shift;
    const newEnd = newStart + edit.newLength;
    shift += edit.newLength - edit.length;
    const editEnd = edit.start + edit.length;
    if (newEnd <= from) start = from - shift;
    else if (newStart <= from) start = edit.start;
    if (newEnd <= to) end = to - shift;
    else if (newStart < to) end = editEnd;
  }
  return [start, Math.max(start, end)];
}

/**
 * Expands the tags of one regex.
 *
 * Text that only looks like a tag stays; a closing tag without its opening one stays too.
 *
 * @see compat A§2.11
 */
export function expandTags(regex: string, usedns: UseDns): string {
  return expandTagsNoted(regex, usedns).text;
}

/** As {@link expandTags}, with the way back, for those who show what part of a regex does not fit. */
export function expandTagsNoted(regex: string, usedns: UseDns): ExpandedRegex {
  const opened = new Set<string>();
  let skipped = 0;
  const expand = (tag: string): string => {
    const whole = WHOLE_TAGS.get(tag);
    if (whole !== undefined) return whole;
    if (tag === "<HOST>") return usedns === "no" ? ADDR_TAG : `(?:${ADDR_TAG}|${DNS_TAG})`;
    if (tag === "<SKIPLINES>") return String.raw`\n(?P<skiplines${skipped++}>(?:(?:.*\n)*?))`;
    const opening = OPENING.exec(tag)?.[1];
    if (opening !== undefined) {
      opened.add(opening);
      const name = opening.toLowerCase();
      return `(?P<${TAGGED_GROUPS.get(name) ?? name}>`;
    }
    const closing = CLOSING.exec(tag)?.[1];
    return closing !== undefined && opened.has(closing) ? ")" : tag;
  };
  const tags = replaceNoted(regex, TAG, expand);
  const flags = replaceNoted(tags.text, LEADING_FLAGS, (_, letters) => `(?${letters}:`);
  return {
    text: flags.text,
    sourceRange: (start, end) => rangeBefore(tags.edits, ...rangeBefore(flags.edits, start, end)),
  };
}
