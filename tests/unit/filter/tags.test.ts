/**
 * What each tag of a regex stands for (A§2.11).
 * @module
 */
import { expect, test } from "vitest";
import { expandTags, expandTagsNoted } from "../../../src/filter/tags.ts";

const ADDR = expandTags("<ADDR>", "warn");
const DNS = String.raw`(?P<dns>[\w\-.^_]*\w)`;
const raw = String.raw;

const cases = [
  {
    name: "<IP4> captures ip4 and swallows a mapped prefix",
    regex: "<IP4>",
    expanded: raw`(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})`,
  },
  { name: "<F-IP4/> is <IP4>", regex: "<F-IP4/>", expanded: expandTags("<IP4>", "no") },
  {
    name: "<IP6> can match a bare double colon",
    regex: "<IP6>",
    expanded: "(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|:){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))",
  },
  { name: "<F-ADDR/> is <ADDR>", regex: "<F-ADDR/>", expanded: ADDR },
  { name: "<HOST> takes names too", regex: "^<HOST>$", expanded: `^(?:${ADDR}|${DNS})$` },
  {
    name: "<CIDR> and <F-CIDR/> capture digits",
    regex: "<CIDR>|<F-CIDR/>",
    expanded: raw`(?P<cidr>\d+)|(?P<cidr>\d+)`,
  },
  { name: "<F-ID/> captures what is no blank", regex: "<F-ID/>", expanded: raw`(?P<fid>\S+)` },
  { name: "<F-PORT/> captures a word", regex: "<F-PORT/>", expanded: raw`(?P<fport>\w+)` },
  { name: "<F-ID>…</F-ID> is group fid", regex: "<F-ID>a</F-ID>", expanded: "(?P<fid>a)" },
  { name: "<F-PORT>…</F-PORT> is group fport", regex: "<F-PORT>a</F-PORT>", expanded: "(?P<fport>a)" },
  {
    name: "other names are lower-cased",
    regex: "<F-ALT_USER1>a</F-ALT_USER1>",
    expanded: "(?P<alt_user1>a)",
  },
  { name: "a dash in a name stays", regex: "<F-A-B>a</F-A-B>", expanded: "(?P<a-b>a)" },
  {
    name: "<SKIPLINES> is numbered from 0",
    regex: "<SKIPLINES><SKIPLINES>",
    expanded: raw`\n(?P<skiplines0>(?:(?:.*\n)*?))\n(?P<skiplines1>(?:(?:.*\n)*?))`,
  },
  {
    name: "a closing tag without its opening one stays",
    regex: "</F-X><F-X></F-X></F-X>",
    expanded: "</F-X>(?P<x>))",
  },
  {
    name: "what is no tag stays",
    regex: "<HOST/> <F-USER/> <F-foo> <host> <F-USER />",
    expanded: "<HOST/> <F-USER/> <F-foo> <host> <F-USER />",
  },
  { name: "a backslash does not protect a tag", regex: raw`\<CIDR>`, expanded: raw`\(?P<cidr>\d+)` },
  {
    name: "leading flags of a group become scoped",
    regex: "((?i)abc)(?:(?i)abc)",
    expanded: "(?i:abc)(?i:abc)",
  },
  { name: "flags behind an escaped parenthesis stay", regex: raw`\((?i)abc`, expanded: raw`\((?i)abc` },
  { name: "flags of the whole regex stay", regex: "(?i)abc", expanded: "(?i)abc" },
] as const;

for (const { name, regex, expanded } of cases) {
  test(name, () => {
    expect(expandTags(regex, "warn")).toBe(expanded);
  });
}

test("<HOST> with usedns = no takes addresses only", () => {
  expect(expandTags("<HOST>", "no")).toBe(ADDR);
});

test("<HOST> with usedns = raw takes names", () => {
  expect(expandTags("<HOST>", "raw")).toBe(`(?:${ADDR}|${DNS})`);
});

test("<SUBNET> takes an address and its prefix", () => {
  expect(expandTags("<SUBNET>", "no")).toBe(ADDR.replace(/\\\]\?$/, raw`(?:/(?P<cidr>\d+))?\]?`));
});

const places = [
  { regex: "^a <HOST> b$", piece: " b", source: " b" },
  { regex: "^a <HOST> b$", piece: "{3}", source: "<HOST>" },
  { regex: "^<F-USER>x+</F-USER> <ADDR>$", piece: "x+", source: "x+" },
  { regex: "^<F-USER>x+</F-USER> <ADDR>$", piece: ") \\[?", source: "</F-USER> <ADDR>" },
  { regex: "^<F-USER>x+</F-USER>: <ADDR>y", piece: "y", source: "y" },
  { regex: "^(?:(?i)abc) <ADDR>", piece: "abc", source: "abc" },
  { regex: "<IP4>((?i)abc)(?:(?i)d) e", piece: " e", source: " e" },
  { regex: "a<b>c", piece: "<b>c", source: "<b>c" },
];

for (const { regex, piece, source } of places) {
  test(`'${piece}' of the expanded '${regex}' comes from '${source}'`, () => {
    const { text, sourceRange } = expandTagsNoted(regex, "warn");
    expect(text).toBe(expandTags(regex, "warn"));
    const at = text.lastIndexOf(piece);
    expect(regex.slice(...sourceRange(at, at + piece.length))).toBe(source);
  });
}
