/**
 * The prefix set against a walk over all its members.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Address, isInside, parseAddress, quadOf } from "../../../src/address/address.ts";
import { PrefixSet } from "../../../src/address/prefix-set.ts";

const read = (text: string): Address => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
};
const few = fc.constantFrom(0, 1, 2, 128, 255);
const address = fc.oneof(
  fc
    .tuple(few, few, fc.constantFrom(0, 7, 8, 9, 24, 31, 32))
    .map(([a, b, prefix]) => `10.${a}.0.${b}/${prefix}`),
  fc
    .tuple(few, few, fc.constantFrom(0, 16, 64, 127, 128))
    .map(([a, b, prefix]) => `2001:${a}::${b}/${prefix}`),
);

test("the prefix set says the same as a walk over its members, also after deletions", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), address), { maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.array(address, { minLength: 1, maxLength: 10 }), (changes, asked) => {
      const set = new PrefixSet();
      const naive = new Map<string, Address>();
      for (const [isAdded, text] of changes) {
        const member = read(text);
        const key = `${member.value}/${member.prefix}/${member.family}`;
        if (isAdded) {
          set.add(member);
          naive.set(key, member);
        } else {
          expect(set.delete(member)).toBe(naive.delete(key));
        }
      }
      expect(set.size).toBe(naive.size);
      for (const text of asked) {
        const wanted = read(text);
        expect(set.has(wanted)).toBe([...naive.values()].some((member) => isInside(wanted, member)));
        const quad = quadOf(wanted.text);
        if (quad !== undefined) expect(set.hasQuad(quad)).toBe(set.has(wanted));
      }
    }),
  );
});

test("a host is found among thousands of networks", () => {
  const set = new PrefixSet();
  for (let i = 0; i < 5000; i++) set.add(read(`10.${i >> 8}.${i & 255}.0/24`));
  expect(set.size).toBe(5000);
  expect(set.has(read("10.19.135.77"))).toBe(true);
  expect(set.has(read("10.19.136.77"))).toBe(false);
});

test("the network of everything holds every address of its family only", () => {
  const set = new PrefixSet();
  set.add(read("0.0.0.0/0"));
  expect(set.has(read("198.51.100.1"))).toBe(true);
  expect(set.has(read("::1"))).toBe(false);
});
