/**
 * Whom a failure is about (A§2.15, appendix A.2).
 * @module
 */
import { expect, test } from "vitest";
import type { UseDns } from "../../../src/config/settings.ts";
import type { GroupValue } from "../../../src/filter/groups.ts";
import { chooseId } from "../../../src/filter/ids.ts";

const id = (text: string, ip?: string) => ({ kind: "id", id: text, ip });

const cases: readonly {
  name: string;
  groups: Record<string, GroupValue>;
  usedns?: UseDns;
  chosen: object;
}[] = [
  { name: "an IPv4 address", groups: { ip4: "1.2.3.4", ip6: undefined }, chosen: id("1.2.3.4") },
  { name: "an IPv6 address in canonical form", groups: { ip6: "2001:DB8::0:1" }, chosen: id("2001:db8::1") },
  { name: "the bare double colon", groups: { ip6: "::" }, chosen: id("::") },
  { name: "a network by cidr", groups: { ip4: "1.2.3.4", cidr: "24" }, chosen: id("1.2.3.0/24") },
  {
    name: "an IPv6 network by cidr",
    groups: { ip6: "2001:db8::5", cidr: "32" },
    chosen: id("2001:db8::/32"),
  },
  { name: "cidr 0 is not printed", groups: { ip4: "1.2.3.4", cidr: "0" }, chosen: id("0.0.0.0") },
  {
    name: "cidr beyond the bits is the address",
    groups: { ip4: "1.2.3.4", cidr: "64" },
    chosen: id("1.2.3.4"),
  },
  {
    name: "cidr with too many digits is the address",
    groups: { ip4: "1.2.3.4", cidr: "12345" },
    chosen: id("1.2.3.4"),
  },
  {
    name: "an impossible quad is no ID",
    groups: { ip4: "999.1.1.1" },
    chosen: { kind: "no-address", text: "999.1.1.1" },
  },
  {
    name: "a quad with leading zeros is no ID",
    groups: { ip4: "01.2.3.4" },
    chosen: { kind: "no-address", text: "01.2.3.4" },
  },
  {
    name: "two double colons are no ID",
    groups: { ip6: "1::2::3" },
    chosen: { kind: "no-address", text: "1::2::3" },
  },
  {
    name: "a time taken for an address is no ID",
    groups: { ip6: "12:34:56" },
    chosen: { kind: "no-address", text: "12:34:56" },
  },
  {
    name: "an impossible quad as fid is no ID",
    groups: { fid: "999.1.1.1" },
    chosen: { kind: "no-address", text: "999.1.1.1" },
  },
  {
    name: "an impossible quad as raw fid is no ID",
    groups: { fid: "999.1.1.1" },
    usedns: "raw",
    chosen: { kind: "no-address", text: "999.1.1.1" },
  },
  {
    name: "an impossible quad as name is no ID",
    groups: { dns: "999.1.1.1" },
    chosen: { kind: "no-address", text: "999.1.1.1" },
  },
  {
    name: "a MAC address is a free ID",
    groups: { fid: "aa:bb:cc:dd:ee:ff" },
    chosen: id("aa:bb:cc:dd:ee:ff"),
  },
  { name: "a time is a free ID", groups: { fid: "12:34" }, chosen: id("12:34") },
  {
    name: "a fid beside its own address is the address",
    groups: { fid: "::FFFF:1.2.3.4", ip4: "1.2.3.4" },
    chosen: id("1.2.3.4"),
  },
  {
    name: "a fid beside another address is the ID, the address goes along",
    groups: { fid: "u@1.2.3.4", ip4: "1.2.3.4" },
    chosen: id("u@1.2.3.4", "1.2.3.4"),
  },
  { name: "a fid like a mapped address", groups: { fid: "::FFFF:1.2.3.4" }, chosen: id("1.2.3.4") },
  { name: "a fid in brackets", groups: { fid: "[::1]" }, chosen: id("::1") },
  { name: "a fid like a network", groups: { fid: "1.2.3.4/24" }, chosen: id("1.2.3.0/24") },
  {
    name: "a fid like a network with mask",
    groups: { fid: "1.2.3.4/255.255.0.0" },
    chosen: id("1.2.0.0/16"),
  },
  {
    name: "a raw fid is verbatim",
    groups: { fid: "::FFFF:1.2.3.4" },
    usedns: "raw",
    chosen: id("::FFFF:1.2.3.4"),
  },
  { name: "a raw address is canonical", groups: { ip4: "1.2.3.4" }, usedns: "raw", chosen: id("1.2.3.4") },
  { name: "a tuple is printed as Python prints it", groups: { fid: ["a", "b"] }, chosen: id("('a', 'b')") },
  { name: "a tuple with a gap", groups: { fid: [undefined, "b"] }, chosen: id("(None, 'b')") },
  {
    name: "a name is to be resolved",
    groups: { ip4: undefined, dns: "host.name" },
    chosen: { kind: "host", host: "host.name" },
  },
  {
    name: "a name beside a fid is resolved",
    groups: { fid: "u@localhost", dns: "localhost" },
    chosen: { kind: "host", host: "localhost" },
  },
  {
    name: "a name with usedns = no is refused",
    groups: { dns: "host.name" },
    usedns: "no",
    chosen: { kind: "name-refused" },
  },
  {
    name: "a name that is an address, with usedns = no",
    groups: { dns: "1.2.3.4" },
    usedns: "no",
    chosen: id("1.2.3.4"),
  },
  { name: "a raw name is the ID", groups: { dns: "host.name" }, usedns: "raw", chosen: id("host.name") },
  {
    name: "a raw name beside a fid goes along",
    groups: { fid: "u@host.name", dns: "host.name" },
    usedns: "raw",
    chosen: id("u@host.name", "host.name"),
  },
  { name: "nothing captured", groups: { ip4: undefined, user: "x" }, chosen: { kind: "none" } },
  { name: "an empty group counts as nothing", groups: { fid: "" }, chosen: { kind: "none" } },
];

for (const { name, groups, usedns, chosen } of cases) {
  test(name, () => {
    expect(chooseId(new Map(Object.entries(groups)), usedns ?? "warn")).toEqual(chosen);
  });
}
