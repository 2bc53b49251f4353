import { expect, test } from "vitest";
import { plainLines, RehearsedFlood, strangerOf } from "../../../src/jail/rehearsed-lines.ts";

test("of a log's end, lines count that are whole, short and ASCII", () => {
  const long = "x".repeat(600);
  const tail = Buffer.from(`end of one\n${long}\nGrüße\nplain\nnot whole`);
  expect(plainLines(tail).toString()).toBe("end of one\nplain\n");
  expect(plainLines(new Uint8Array())).toHaveLength(0);
});

test("strangers are addresses, all different, with octets of all lengths", () => {
  const many = Array.from({ length: 5000 }, (_, index) => strangerOf(index));
  expect(new Set(many).size).toBe(5000);
  const lengths = new Set(many.flatMap((address) => address.split(".").map(({ length }) => length)));
  expect([...lengths].sort()).toEqual([1, 2, 3]);
  for (const address of many) expect(address.split(".").every((octet) => Number(octet) <= 255)).toBe(true);
});

test("a flood is like the failures that were seen, two of each culprit", () => {
  const flood = new RehearsedFlood();
  flood.see("fail from 192.0.2.1 (192.0.2.1)\n", "192.0.2.1");
  const lines = flood.next().toString().split("\n").slice(0, -1);
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.slice(0, 3)).toEqual([
    "fail from 0.0.0.0 (0.0.0.0)",
    "fail from 0.0.0.0 (0.0.0.0)",
    `fail from ${strangerOf(1)} (${strangerOf(1)})`,
  ]);
  expect(flood.next().toString().split("\n")[0]).not.toBe(lines[0]);
});

test("the last eight failures are its models", () => {
  const flood = new RehearsedFlood();
  for (let index = 0; index < 20; index++) flood.see(`kind ${index} from 192.0.2.1\n`, "192.0.2.1");
  const kinds = new Set(
    flood
      .next()
      .toString()
      .match(/kind \d+/g),
  );
  expect([...kinds].sort()).toEqual([12, 13, 14, 15, 16, 17, 18, 19].map((kind) => `kind ${kind}`));
});

test("there is no flood where nobody has failed, nobody with an address, or none that stands in the line", () => {
  const flood = new RehearsedFlood();
  expect(flood.next()).toHaveLength(0);
  flood.see("fail\n", undefined);
  flood.see("fail of eve\n", "eve");
  flood.see("fail from host\n", "192.0.2.1");
  expect(flood.next()).toHaveLength(0);
});
