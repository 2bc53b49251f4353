import fc from "fast-check";
import { expect, test } from "vitest";
import { FailurePacker, unpackFailures } from "../../../../src/detect/worker/packed-failures.ts";
import type { DataValue, Failure, MatchLine } from "../../../../src/filter/failure.ts";

const text = fc.string({ maxLength: 12 });
const maybe = fc.option(text, { nil: undefined });
const line: fc.Arbitrary<MatchLine> = fc.oneof(text, fc.tuple(text, text, text));
const value: fc.Arbitrary<DataValue> = fc.oneof(
  text,
  fc.nat(),
  fc.boolean(),
  fc.array(text, { maxLength: 3 }),
);
const failure: fc.Arbitrary<Failure> = fc.record({
  id: maybe,
  host: maybe,
  ip: maybe,
  at: fc.double({ noNaN: true, noDefaultInfinity: true }),
  matches: fc.array(line, { maxLength: 4 }),
  data: fc
    .array(fc.tuple(fc.constantFrom("ip4", "user", "users", "fid", "a\0b", ""), value), { maxLength: 4 })
    .map((entries) => new Map(entries)),
  regexIndex: fc.nat(100),
});

test("failures come out of the lists as they went in, from another thread as well, and the next ones are others", () => {
  const packer = new FailurePacker();
  fc.assert(
    fc.property(fc.array(failure, { maxLength: 8 }), (failures) => {
      for (const one of failures) packer.add(one);
      expect(packer.count).toBe(failures.length);
      expect([...unpackFailures(structuredClone(packer.take()))]).toEqual(failures);
      expect(packer.count).toBe(0);
    }),
  );
});

test("groups of the same names share them", () => {
  const packer = new FailurePacker();
  const one = { id: "192.0.2.1", host: undefined, ip: undefined, at: 1, matches: ["x"], regexIndex: 0 };
  for (let n = 0; n < 9; n++) packer.add({ ...one, data: new Map([["ip4", `192.0.2.${n}`]]) });
  expect(packer.take().names).toEqual([["ip4"]]);
});
