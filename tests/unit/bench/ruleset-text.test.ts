import { expect, test } from "vitest";
import { addressesIn, firstSetOf, setHolding } from "../../../bench/world/ruleset-text.ts";

const RULESET = `table inet f2b-table {
	set addr6-set-sshd {
		type ipv6_addr
		elements = { 2001:db8::7 }
	}

	set addr-set-sshd {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.1, 10.0.0.3-10.0.0.5,
			     10.1.0.0/30, 10.2.0.1 timeout 10m expires 9m57s960ms }
	}
}
table ip other {
	set more {
		type ipv4_addr
		elements = { 10.9.9.9 }
	}
}
`;

test.each([
  ["10.0.0.1", "inet f2b-table addr-set-sshd"],
  ["10.2.0.1", "inet f2b-table addr-set-sshd"],
  ["2001:db8::7", "inet f2b-table addr6-set-sshd"],
  ["10.9.9.9", "ip other more"],
  ["10.0.0.2", undefined],
])("%s is in the set %s", (address, set) => {
  expect(setHolding(RULESET, address)).toBe(set);
});

test("the first set of IPv4 addresses is found, and none where there is none", () => {
  expect(firstSetOf(RULESET)).toBe("inet f2b-table addr-set-sshd");
  expect(firstSetOf("table inet x {\n}\n")).toBeUndefined();
});

test.each([
  ["elements = { 10.0.0.1, 10.0.0.3-10.0.0.5,\n 10.1.0.0/30, 10.2.0.1 timeout 10m expires 9m }", 9],
  ["elements = { 10.0.0.1 }", 1],
  ["set s {\n type ipv4_addr\n}", 0],
])("addresses are counted, neighbours each: %j has %d", (listed, count) => {
  expect(addressesIn(listed)).toBe(count);
});
