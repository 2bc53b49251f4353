import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalId } from "../../../src/address/address.ts";
import { ignoreObjection, ownObjection, sessionObjection } from "../../../src/ban/ban-objection.ts";

const OWN = new Set(["198.51.100.7", "2001:db8::7"]);

test.each([
  ["198.51.100.7", "it is an address of this machine"],
  ["198.51.100.0/24", "this machine's address 198.51.100.7 is in it"],
  ["2001:db8::/32", "this machine's address 2001:db8::7 is in it"],
  ["127.0.0.1", "it leads to this machine itself"],
  ["127.8.9.10", "it leads to this machine itself"],
  ["::1", "it leads to this machine itself"],
])("a ban of %s hits the machine", (id, text) => {
  expect(ownObjection(id, OWN)).toEqual({ id, rule: "own address", text });
});

test.each(["198.51.100.8", "198.51.101.0/24", "2001:db9::/32", "root", "128.0.0.1", ""])(
  "a ban of '%s' does not",
  (id) => {
    expect(ownObjection(id, OWN)).toBeUndefined();
  },
);

test("a ban that would end the own session is objected to, by a network too", () => {
  const objection = { rule: "own session", text: "your own session comes from 203.0.113.9" };
  expect(sessionObjection("203.0.113.9", ["203.0.113.9"])).toEqual({ id: "203.0.113.9", ...objection });
  expect(sessionObjection("203.0.113.0/24", ["203.0.113.9"])).toEqual({ id: "203.0.113.0/24", ...objection });
  expect(sessionObjection("203.0.113.8", ["203.0.113.9"])).toBeUndefined();
  expect(sessionObjection("203.0.113.8", [])).toBeUndefined();
});

test.each([
  ["ip", "10.0.0.0/8", "ignoreip", "ignoreip has 10.0.0.0/8"],
  ["ip", undefined, "ignoreip", "ignoreip has it"],
  ["dns", undefined, "ignoreip", "a name in ignoreip leads to it"],
  ["command", undefined, "ignorecommand", "ignorecommand says that it is to be ignored"],
  ["ignoreself rule", undefined, "ignoreself", "it is an address of this machine (ignoreself)"],
  ["file:/etc/friends", undefined, "ignoreip", "ignoreip has file:/etc/friends, where it is written"],
])("the source %s with entry %s names its option", (source, entry, rule, text) => {
  expect(ignoreObjection("10.1.2.3", source, entry)).toEqual({ id: "10.1.2.3", rule, text });
});

test("whatever network holds an own address, its ban is objected to", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, octet, octet, octet, fc.integer({ min: 1, max: 32 }), (a, b, c, d, prefix) => {
      const own = `${a}.${b}.${c}.${d}`;
      expect(ownObjection(canonicalId(`${own}/${prefix}`), [own])?.rule).toBe("own address");
    }),
  );
});
