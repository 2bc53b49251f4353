/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { IgnoreList } from "../../../src/ban/ignore-list.ts";

function listOf(...entries: readonly string[]): IgnoreList {
  const list = new IgnoreList();
  for (const entry of entries) list.add(entry);
  return list;
}

test.each([
  [["192.0.2.1"], "192.0.2.1", "ip"],
  [["192.0.2.1"], "192.0.2.2", undefined],
  [["192.0.2.0/24"], "192.0.2.77", "ip"],
  [["192.0.2.9/24"], "192.0.2.77", "ip"],
  [["192.0.2.0/255.255.255.0"], "192.0.2.77", "ip"],
  [["10.0.0.0/8"], "10.0.0.0/7", "ip"],
  [["10.0.0.0/8"], "10.1.0.0/16", "ip"],
  [["::1"], "::1", "ip"],
  [["2001:DB8::/32"], "2001:db8::5", "ip"],
  [["::ffff:192.0.2.1"], "192.0.2.1", "ip"],
  [["0.0.0.0/0"], "2001:db8::1", undefined],
  [["user1"], "user1", "ip"],
  [["user1"], "user", undefined],
  [["host.example"], "192.0.2.1", undefined],
  [["999.1.1.1"], "192.0.2.1", undefined],
] as const)("with ignoreip %j, %s is ignored by: %s", (entries, id, source) => {
  expect(listOf(...entries).check(id)).toBe(source);
});

test("entries keep their order, addresses in canonical text, each once", () => {
  const list = listOf("b.example", "192.0.2.9/24", "", "  ", "2001:DB8::1", "b.example", "192.0.2.0/24");
  expect(list.entries()).toEqual(["b.example", "192.0.2.0/24", "2001:db8::1"]);
});

test("a duplicate is noted", () => {
  expect(listOf("192.0.2.1").add("192.0.2.1").diagnostic?.severity).toBe("notice");
});

test("a mask with holes is refused and left out", () => {
  const list = new IgnoreList();
  expect(list.add("192.0.2.0/255.255.255.1").diagnostic).toMatchObject({
    severity: "error",
    message: "invalid mask '255.255.255.1', no plen representation",
  });
  expect(list.entries()).toEqual([]);
});

test.each([
  ["192.0.2.0/many", "neither a number nor a mask"],
  ["300.1.1.1/24", "no address before the slash"],
  ["192.0.2.0/24/7", "no address before the slash"],
])("%s is written like a network, is none, and is left out", (entry, message) => {
  const list = new IgnoreList();
  expect(list.add(entry).diagnostic).toMatchObject({
    severity: "error",
    message: expect.stringContaining(message),
  });
  expect(list.entries()).toEqual([]);
});

test("a prefix that is too long is taken for the address, as fail2ban does, and doubted", () => {
  const list = new IgnoreList();
  expect(list.add("192.0.2.1/33").diagnostic).toMatchObject({
    severity: "warning",
    message: "'192.0.2.1/33' has a prefix longer than 32",
    consequence: "only 192.0.2.1 is ignored",
  });
  expect([list.check("192.0.2.1"), list.check("192.0.2.2")]).toEqual(["ip", undefined]);
});

test("an entry can be removed in any spelling, once", () => {
  const list = listOf("2001:db8::1", "user1");
  expect([list.remove("2001:DB8:0::1"), list.remove("2001:db8::1"), list.remove("user1")]).toEqual([
    true,
    false,
    true,
  ]);
  expect([list.check("2001:db8::1"), list.check("user1")]).toEqual([undefined, undefined]);
});

test("what is no address is a name to look up", () => {
  const list = listOf("192.0.2.1", "host.example", "300.1.1.1", "b/c", "file:/etc/ignored");
  expect(list.dnsNames()).toEqual(["host.example", "300.1.1.1", "b/c"]);
});

test("a name ignores its addresses while it is in the list", () => {
  const list = listOf("host.example");
  const addresses = ["192.0.2.1", "2001:DB8::1"];
  expect(list.checkResolved("2001:db8::1", "host.example", addresses)).toBe(true);
  expect(list.checkResolved("192.0.2.2", "host.example", addresses)).toBe(false);
  expect(list.checkResolved("192.0.2.1", "other.example", addresses)).toBe(false);
});

test.each([
  ["file:/etc/a", "/etc/a"],
  ["file:///etc/a", "/etc/a"],
  ["file:a/b", "a/b"],
])("%s names the file %s", (entry, path) => {
  expect(listOf(entry).files()).toEqual([{ entry, path }]);
});

test("a file ignores addresses, networks and raw IDs, and other entries may follow it", () => {
  const list = listOf("file:/a", "192.0.2.1");
  expect(list.checkFiles("198.51.100.1")).toBeUndefined();
  list.setFile(
    "file:/a",
    "# all of them\n198.51.100.0/24, user1 ; a comment\n2001:db8::1#no comment\n;203.0.113.1\n",
  );
  expect(["198.51.100.1", "user1", "203.0.113.1", "192.0.2.1"].map((id) => list.checkFiles(id))).toEqual([
    "file:/a",
    "file:/a",
    undefined,
    undefined,
  ]);
  expect(list.check("192.0.2.1")).toBe("ip");
  list.remove("file:/a");
  list.setFile("file:/a", "user1");
  expect(list.checkFiles("user1")).toBeUndefined();
});

test("any text can be added, found again and removed", () => {
  const text = fc.oneof(
    fc.string(),
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((ip) => `${ip}/20`),
  );
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const list = listOf(...texts);
      for (const entry of list.entries()) {
        if (list.files().some((file) => file.entry === entry)) continue;
        expect(list.check(entry)).toBe("ip");
      }
      for (const entry of list.entries()) expect(list.remove(entry)).toBe(true);
      expect(list.entries()).toEqual([]);
    }),
  );
});

test("single addresses are listed behind networks and names, as the original lists them", () => {
  const list = new IgnoreList();
  for (const entry of ["192.0.2.1", "198.51.100.0/24", "2001:db8::1", "a.example", "file:/f"])
    list.add(entry);
  expect(list.entries()).toEqual(["198.51.100.0/24", "a.example", "file:/f", "192.0.2.1", "2001:db8::1"]);
});

test("a long file is taken in steps, and holds as it was until the last", () => {
  const list = new IgnoreList();
  list.add("file:/f");
  list.setFile("file:/f", "192.0.2.1");
  const lines = Array.from({ length: 5000 }, (_, n) => `10.0.${n >> 8}.${n & 255} # number ${n}`);
  const steps = list.takeFile("file:/f", ["alice,bob", ...lines, "2001:db8::/32 ; the last"].join("\r\n"));
  let pauses = 0;
  for (const _ of steps) {
    pauses += 1;
    expect(list.checkFiles("192.0.2.1")).toBe("file:/f");
    expect(list.checkFiles("10.0.0.0")).toBeUndefined();
  }
  expect(pauses).toBe(2);
  expect(list.checkFiles("192.0.2.1")).toBeUndefined();
  for (const id of ["alice", "bob", "10.0.0.0", "10.0.19.135", "2001:db8::7"]) {
    expect(list.checkFiles(id)).toBe("file:/f");
  }
  for (const id of ["number", "last", "10.0.19.136"]) expect(list.checkFiles(id)).toBeUndefined();
});
