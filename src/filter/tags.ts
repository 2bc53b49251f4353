/**
 * Tags of fail2ban's regexes: `<HOST>`, `<ADDR>`, `<F-USER>…</F-USER>`, `<SKIPLINES>` become plain Python `re` text (A§2.11).
 * Knows nothing of what the groups mean later.
 * @module
 */
import type { UseDns } from "../config/settings.ts";
import { TAGGED_GROUPS } from "./groups.ts";

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

/**
 * Expands the tags of one regex.
 *
 * Text that only looks like a tag stays; a closing tag without its opening one stays too.
 *
 * @see compat A§2.11
 */
export function expandTags(regex: string, usedns: UseDns): string {
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
  return regex.replace(TAG, expand).replace(LEADING_FLAGS, "(?$1:");
}
