/**
 * Reading, printing and comparing addresses (A§2.15, A§2.18, B§2.6, B§4.5).
 * @module
 */
import { isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  canonicalAddress,
  canonicalId,
  isInside,
  isQuadAmong,
  parseAddress,
  quadOf,
  reverseName,
} from "../../../src/address/address.ts";

const canonical: readonly (readonly [text: string, canonical: string])[] = [
  ["1.2.3.4", "1.2.3.4"],
  ["[1.2.3.4]", "1.2.3.4"],
  ["[::1]", "::1"],
  ["::FFFF:1.2.3.4", "1.2.3.4"],
  ["0:0:0:0:0:ffff:102:304", "1.2.3.4"],
  ["::ffff:1.2.3.4/120", "::ffff:1.2.3.0/120"],
  ["::ffff:1.2.3.4/128", "::ffff:1.2.3.4"],
  ["::ffff:1.2.3.4/24", "::/24"],
  ["::1.2.3.4", "::1.2.3.4"],
  ["::abcd:1", "::171.205.0.1"],
  ["::5", "::5"],
  ["1.2.3.4/24", "1.2.3.0/24"],
  ["1.2.3.4/024", "1.2.3.0/24"],
  ["10.1.2.3/8", "10.0.0.0/8"],
  ["1.2.3.4/255.255.0.0", "1.2.0.0/16"],
  ["1.2.3.4/255.255.255.255", "1.2.3.4"],
  ["1.2.3.4/ffff::", "1.2.0.0/16"],
  ["1.2.3.4/::", "0.0.0.0"],
  ["1.2.3.4/0.0.0.0", "0.0.0.0"],
  ["1.2.3.4/0", "0.0.0.0"],
  ["1.2.3.4/32", "1.2.3.4"],
  ["1.2.3.4/33", "1.2.3.4"],
  ["1.2.3.4/64", "1.2.3.4"],
  ["[1.2.3.4/24]", "1.2.3.0/24"],
  ["[2001:db8::5/32]", "2001:db8::/32"],
  ["2001:db8::5/ffff:ffff::", "2001:db8::/32"],
  ["2001:db8::5/255.255.255.0", "2001:d00::/24"],
  ["2001:db8::5/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::5"],
  ["2001:db8::5/0", "::"],
  ["2001:db8::5/129", "2001:db8::5"],
  ["2001:DB8::0:1", "2001:db8::1"],
  ["0:0:0:1:0:0:0:1", "::1:0:0:0:1"],
  ["1:0:0:2:3:0:0:4", "1::2:3:0:0:4"],
  ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
  ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
  ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
  ["0001::0a", "1::a"],
  ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
];
test.each(canonical)("%s is counted and banned as %s", (text, expected) => {
  expect(canonicalId(text)).toBe(expected);
  expect(parseAddress(text)?.text).toBe(expected);
});

const refused = [
  ...[
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "999.1.1.1",
    "01.2.3.4",
    "1.2.3.04",
    "1..2.3",
    "1.2.3.4.",
    ".1.2.3.4",
  ],
  ...["1.2.3.4/", "1.2.3.4/24/24", "1.2.3.4/-1", "1.2.3.4/+24", "1.2.3.4/255.255.255.1", "1.2.3.4/x", "/24"],
  ...[
    "1::2::3",
    "12345::1",
    "00001::1",
    ":1",
    "1:",
    ":::",
    "::1:",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7",
    "1::2:3:4:5:6:7:8",
  ],
  ...["::ffff:01.2.3.4", "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "fe80::1%eth0"],
  ...[
    "[::1",
    "::1]",
    "[[::1]]",
    "[1.2.3.4]/24",
    "[]",
    " 1.2.3.4",
    "1.2.3.4\n",
    "١.2.3.4",
    "localhost",
    "9".repeat(100),
  ],
];
test.each(refused)("%j is no address and keeps its text", (text) => {
  expect(parseAddress(text)).toBeUndefined();
  expect(canonicalId(text)).toBe(text);
});

const reversed: readonly (readonly [text: string, name: string])[] = [
  ["198.51.100.1", "1.100.51.198."],
  ["1.2.3.4/24", "0/24.3.2.1."],
  ["2001:db8::1", `1.0.0.0.${"0.0.0.0.".repeat(5)}8.b.d.0.1.0.0.2.`],
  ["2001:db8::1/32", `${"0.0.0.0.".repeat(6)}8.b.d.0.1.0.0.2.`],
];
test.each(reversed)("%s is asked of the DNS as %s", (text, name) => {
  const address = parseAddress(text);
  expect(address && reverseName(address)).toBe(name);
});

const containment: readonly (readonly [inner: string, outer: string, inside: boolean])[] = [
  ["10.1.2.3", "10.0.0.0/8", true],
  ["11.0.0.0", "10.0.0.0/8", false],
  ["10.0.0.0/7", "10.0.0.0/8", true],
  ["10.0.0.0/9", "10.0.0.0/8", true],
  ["1.2.3.4", "1.2.3.4", true],
  ["1.2.3.4", "0.0.0.0/0", true],
  ["::1.2.3.4", "1.2.3.4/0", false],
  ["2001:db8::1", "2001:db8::/32", true],
  ["2001:db9::1", "2001:db8::/32", false],
];
test.each(containment)("%s inside %s: %s", (inner, outer, inside) => {
  const [a, b] = [parseAddress(inner), parseAddress(outer)];
  expect(a && b && isInside(a, b)).toBe(inside);
});

const groupText = fc.oneof(
  { weight: 3, arbitrary: fc.constant("0") },
  fc.integer({ min: 0, max: 0xffff }).map((group) => group.toString(16)),
  fc.constant("ffff"),
);
const fullIpv6 = fc.array(groupText, { minLength: 8, maxLength: 8 });
/** Any of the spellings of an address that the URL parser normalises on its own. */
const viaUrl = (text: string): string => new URL(`http://[${text}]/`).hostname.slice(1, -1);

test("the canonical text of IPv6 agrees with another implementation and reads back as itself", () => {
  fc.assert(
    fc.property(fullIpv6, (groups) => {
      const address = parseAddress(groups.join(":"));
      if (address?.family === "inet4") return address.text === parseAddress(address.text)?.text;
      expect(address?.family).toBe("inet6");
      const text = address?.text ?? "";
      expect(isIP(text)).toBe(6);
      if (!text.includes(".")) expect(text).toBe(viaUrl(groups.join(":")));
      expect(viaUrl(text)).toBe(viaUrl(groups.join(":")));
      expect(parseAddress(text)).toEqual(address);
      return true;
    }),
  );
});

test("texts made of address characters are addresses exactly when node:net says so", () => {
  const soup = fc.oneof(
    fc
      .array(fc.constantFrom(":", "::", "1", "0", "ab", "ffff", "1.2.3.4", "255", ".", "01"), {
        maxLength: 17,
      })
      .map((s) => s.join("")),
    fc.ipV6(),
    fc.ipV4(),
    fc.tuple(fullIpv6, fc.nat(8), fc.nat(8)).map(([groups, from, count]) => {
      const left = groups.slice(0, from).join(":");
      return `${left}::${groups.slice(from + count).join(":")}`;
    }),
  );
  fc.assert(
    fc.property(soup, (text) => {
      expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0);
    }),
    { numRuns: 2000 },
  );
});

test("clearing host bits by prefix equals doing it bit by bit", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 31 }), (text, prefix) => {
      const bits = text
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("");
      const kept = bits.slice(0, prefix).padEnd(32, "0");
      const bytes = (kept.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
      expect(canonicalId(`${text}/${prefix}`)).toBe(`${bytes.join(".")}/${prefix}`);
    }),
  );
});

test("an IPv4 address among bytes is one where its text is one", () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.stringMatching(/^[0-9.]{0,16}$/),
    fc.stringMatching(/^(?:\d{1,3}\.){2,4}\d{0,4}[a.]?$/),
  );
  fc.assert(
    fc.property(text, fc.nat(4), (written, before) => {
      const bytes = Buffer.from(`${"1".repeat(before)}${written}2`);
      const isQuad = isQuadAmong(bytes, before, bytes.length - 1);
      expect(isQuad).toBe(quadOf(written) !== undefined);
    }),
    { numRuns: 1000 },
  );
});

test("the canonical text alone is that of the address", () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((quad) => `::ffff:${quad}`),
    fc.stringMatching(/^(?:[0-9a-f]{1,4}::?){1,8}[0-9a-f]{0,5}$/),
    fc.stringMatching(/^\[?[0-9a-fA-F:.]{1,24}(?:\/\d{1,3})?\]?$/),
    fc.constantFrom(
      "::",
      "::ffff:0:1",
      "::FFFF:1.2.3.4",
      "[::1]",
      "1.2.3.4/24",
      "1::2::3",
      "01.2.3.4",
      "",
      "a",
      "-:".repeat(60),
    ),
  );
  fc.assert(
    fc.property(text, (written) => {
      expect(canonicalAddress(written)).toBe(parseAddress(written)?.text);
    }),
    { numRuns: 1000 },
  );
});
