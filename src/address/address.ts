/**
 * IP addresses and networks as values: strict reading, canonical text, containment, the name for reverse DNS.
 * Knows no names, no sockets and no interface zones (`fe80::1%eth0` is no address here).
 * @module
 */

export type Family = "inet4" | "inet6";

/** An address (prefix = all bits) or a network (shorter prefix, host bits cleared). */
export interface Address {
  readonly family: Family;
  /** the bits, the first one highest: 32 of them for inet4, 128 for inet6 */
  readonly value: bigint;
  /** leading bits that count: 0–32 or 0–128 */
  readonly prefix: number;
  /** canonical text (A§2.18); a prefix of 0 and a full one are not printed */
  readonly text: string;
}

/** Longest text that can be an address with a mask and brackets, characters; longer ones are refused unread. */
const MAX_ADDRESS_CHARS = 2 * 45 + 3;

const GROUPS = 8;
const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const COLON = 0x3a;
const LOWER_A = 0x61;
const LOWER_F = 0x66;

/** Bits of an address of this family. */
export function bitsOf(family: Family): number {
  return family === "inet4" ? 32 : 128;
}

/** The four bytes of a dotted quad as one number; each part 0–255 without leading zeros. */
function readQuad(text: string, from: number): number | undefined {
  let value = 0;
  let part = -1;
  let parts = 0;
  for (let i = from; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : DOT;
    if (code === DOT) {
      if (part < 0 || parts === 4) return undefined;
      value = value * 256 + part;
      parts++;
      part = -1;
    } else if (code >= ZERO && code <= NINE) {
      if (part === 0) return undefined;
      part = (part < 0 ? 0 : part * 10) + code - ZERO;
      if (part > 255) return undefined;
    } else {
      return undefined;
    }
  }
  return parts === 4 ? value : undefined;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The eight groups of an IPv6 text; one `::` may stand for one group or more, a dotted quad for the last two. */
function readGroups(text: string): number[] | undefined {
  const groups: number[] = [];
  let gap = -1;
  let i = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    i = 2;
  }
  while (i < text.length) {
    if (groups.length === GROUPS) return undefined;
    const start = i;
    let value = 0;
    let digit = hexDigit(text.charCodeAt(i));
    while (digit >= 0 && i - start < 4) {
      value = value * 16 + digit;
      i++;
      digit = i < text.length ? hexDigit(text.charCodeAt(i)) : -1;
    }
    if (i === start) return undefined;
    if (i < text.length && text.charCodeAt(i) === DOT) {
      const quad = readQuad(text, start);
      if (quad === undefined || groups.length > GROUPS - 2) return undefined;
      groups.push(Math.floor(quad / 65_536), quad % 65_536);
      i = text.length;
      break;
    }
    groups.push(value);
    if (i === text.length) break;
    if (text.charCodeAt(i) !== COLON) return undefined;
    i++;
    if (i === text.length) return undefined;
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) return undefined;
      gap = groups.length;
      i++;
    }
  }
  if (gap < 0) return groups.length === GROUPS ? groups : undefined;
  if (groups.length >= GROUPS) return undefined;
  const zeros = new Array<number>(GROUPS - groups.length).fill(0);
  return [...groups.slice(0, gap), ...zeros, ...groups.slice(gap)];
}

function joinGroups(groups: readonly number[]): bigint {
  let value = 0n;
  for (const group of groups) value = (value << 16n) | BigInt(group);
  return value;
}

interface Bits {
  readonly family: Family;
  readonly value: bigint;
}

function readBits(text: string): Bits | undefined {
  if (text.includes(":")) {
    const groups = readGroups(text);
    return groups === undefined ? undefined : { family: "inet6", value: joinGroups(groups) };
  }
  const quad = readQuad(text, 0);
  return quad === undefined ? undefined : { family: "inet4", value: BigInt(quad) };
}

/** Leading ones of a mask, `undefined` when a one follows a zero. */
function maskLength({ family, value }: Bits): number | undefined {
  const bits = bitsOf(family);
  const inverted = ((1n << BigInt(bits)) - 1n) ^ value;
  if ((inverted & (inverted + 1n)) !== 0n) return undefined;
  return bits - (inverted === 0n ? 0 : inverted.toString(2).length);
}

/** The prefix after the slash: a length or a contiguous mask of either family. */
function readPrefix(text: string): number | undefined {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text);
  const mask = readBits(text);
  return mask === undefined ? undefined : maskLength(mask);
}

/** The text of an IPv4 address from its number, 0 to 2³²−1. */
export function quadText(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** Start and length of the longest run of at least two zero groups, the first on a tie. */
function longestZeroRun(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [-1, 1];
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best[1]) best = [start, i - start];
    start = i + 1;
  }
  return best;
}

function groupsOf(value: bigint): readonly number[] {
  const groups: number[] = [];
  for (let i = GROUPS - 1; i >= 0; i--) groups.push(Number((value >> BigInt(16 * i)) & 0xffffn));
  return groups;
}

/** Lower case, the longest run of zero groups compressed, as `inet_ntop` prints (RFC 5952). */
function groupsText(groups: readonly number[]): string {
  const [start, length] = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (start < 0) return hex(groups);
  const quad = (): string => quadText((groups[6] ?? 0) * 65_536 + (groups[7] ?? 0));
  if (start === 0 && length === 6) return `::${quad()}`;
  if (start === 0 && length === 5 && groups[5] === 0xffff) return `::ffff:${quad()}`;
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function makeAddress(family: Family, value: bigint, wantedPrefix: number): Address {
  const bits = bitsOf(family);
  const prefix = Math.min(wantedPrefix, bits);
  const hostBits = BigInt(bits - prefix);
  const network = (value >> hostBits) << hostBits;
  const plain = family === "inet4" ? quadText(Number(network)) : groupsText(groupsOf(network));
  return { family, value: network, prefix, text: prefix > 0 && prefix < bits ? `${plain}/${prefix}` : plain };
}

/**
 * Reads an address or a network: IPv4 dotted quad without leading zeros or IPv6 in any form, in brackets or not,
 * followed by `/length` or `/mask` (contiguous, of either family) or nothing. Host bits are cleared; a length beyond the
 * family's bits means all of them; `::ffff:a.b.c.d` without a prefix is the IPv4 address (A§2.15, A§2.18).
 *
 * @returns `undefined` for anything else
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length < 2 || text.length > MAX_ADDRESS_CHARS) return undefined;
  const bracketed = text.startsWith("[");
  if (bracketed && !text.endsWith("]")) return undefined;
  const inner = bracketed ? text.slice(1, -1) : text;
  const slash = inner.indexOf("/");
  const bits = readBits(slash < 0 ? inner : inner.slice(0, slash));
  if (bits === undefined) return undefined;
  if (slash < 0) {
    return bits.family === "inet6" && bits.value >> 32n === 0xffffn
      ? makeAddress("inet4", bits.value & 0xffff_ffffn, 32)
      : makeAddress(bits.family, bits.value, bitsOf(bits.family));
  }
  const prefix = readPrefix(inner.slice(slash + 1));
  return prefix === undefined ? undefined : makeAddress(bits.family, bits.value, prefix);
}

/**
 * The number of an IPv4 address without prefix and brackets, 0 to 2³²−1; such a text is canonical. `undefined` for anything else.
 * Hot: per failure.
 */
export function quadOf(text: string): number | undefined {
  return readQuad(text, 0);
}

/** Whether bytes are an IPv4 address without prefix and brackets. Hot: per failure. */
export function isQuadAmong(bytes: Uint8Array, from: number, to: number): boolean {
  let part = -1;
  let parts = 1;
  for (let at = from; at < to; at++) {
    const code = bytes[at] ?? 0;
    if (code === DOT) {
      if (part < 0 || parts === 4) return false;
      parts++;
      part = -1;
    } else {
      if (code < ZERO || code > NINE || part === 0) return false;
      part = (part < 0 ? 0 : part * 10) + code - ZERO;
      if (part > 255) return false;
    }
  }
  return parts === 4 && part >= 0;
}

/**
 * Whether a text is surely an IPv6 address as it is printed: as most logs have them. Says no where zeros make it hard to tell.
 * Hot: per failure.
 */
export function isPrintedIp6(text: string): boolean {
  let groups = 0;
  let digits = 0;
  let gap = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) {
      if (digits === 0) {
        // the second of two, behind a group
        if (gap >= 0 || groups === 0) return false;
        gap = groups;
      }
      digits = 0;
      continue;
    }
    const isDigit = (code >= ZERO && code <= NINE) || (code >= LOWER_A && code <= LOWER_F);
    if (!isDigit || (digits === 0 && code === ZERO) || digits === 4) return false;
    if (digits === 0) groups++;
    digits++;
  }
  return digits > 0 && (gap < 0 ? groups === GROUPS : groups <= GROUPS - 2);
}

/** The text that {@link parseAddress} gives, without the value: several times cheaper. Hot: per failure. */
export function canonicalAddress(text: string): string | undefined {
  // a quad that is read is canonical already
  if (readQuad(text, 0) !== undefined || isPrintedIp6(text)) return text;
  const isPlain = text.length >= 2 && text.length <= MAX_ADDRESS_CHARS && /^[\da-f:]+$/i.test(text);
  if (!isPlain) return parseAddress(text)?.text;
  const groups = text.includes(":") ? readGroups(text) : undefined;
  if (groups === undefined) return undefined;
  const isMapped = groups[5] === 0xffff && groups.findIndex((group) => group !== 0) === 5;
  return isMapped ? quadText((groups[6] ?? 0) * 65_536 + (groups[7] ?? 0)) : groupsText(groups);
}

/** The ID under which a text is counted and banned: canonical for an address, the text itself otherwise (A§2.15). */
export function canonicalId(text: string): string {
  return parseAddress(text)?.text ?? text;
}

/**
 * The address reversed for DNS, with the final dot and without a suffix (`<ip-rev>`, B§4.5). A network of IPv4 keeps its
 * prefix at its last number, as fail2ban prints it; one of IPv6 is reversed by its base address.
 */
export function reverseName(address: Address): string {
  if (address.family === "inet4") return `${address.text.split(".").reverse().join(".")}.`;
  const nibbles = address.value.toString(16).padStart(32, "0");
  return `${[...nibbles].reverse().join(".")}.`;
}

/**
 * Whether the base address of `inner` lies in `outer`. So `10.0.0.0/7` counts as inside `10.0.0.0/8`, as fail2ban has it
 * (A§3.3); addresses of different families are never inside one another.
 */
export function isInside(inner: Address, outer: Address): boolean {
  if (inner.family !== outer.family) return false;
  const shift = BigInt(bitsOf(outer.family) - outer.prefix);
  return inner.value >> shift === outer.value >> shift;
}
