import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { JsonBytes } from "../../../src/store/json-bytes.ts";

const texts = fc.oneof(
  // halves of characters as well
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 30 }),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('"', "\\", "\x1f", " ", "~", "\x7f", "\x80", "a", "😀"), maxLength: 12 }),
  // more than there is room for at first, and more than is kept
  fc.constantFrom("x".repeat(5000), "é".repeat(100_000)),
);
const document = fc.array(fc.record({ kind: fc.constantFrom("text", "string", "string"), text: texts }), {
  maxLength: 8,
});

test("what is put together is what JSON and UTF-8 say, one document after the other", () => {
  const json = new JsonBytes();
  const taken: (readonly [bytes: Uint8Array, expected: string])[] = [];
  fc.assert(
    fc.property(document, fc.boolean(), (parts, isDropped) => {
      let expected = "";
      for (const { kind, text } of parts) {
        if (kind === "text") json.put(text);
        else json.putString(text);
        expected += kind === "text" ? text.toWellFormed() : JSON.stringify(text.toWellFormed());
      }
      if (isDropped) json.clear();
      const bytes = json.take();
      expect(Buffer.from(bytes).toString()).toBe(isDropped ? "" : expected);
      if (bytes.length < 1000) taken.push([bytes, isDropped ? "" : expected]);
    }),
  );
  // whoever has taken one has it for himself
  for (const [bytes, expected] of taken) expect(Buffer.from(bytes).toString()).toBe(expected);
});

test("the room that a large document took is not kept, that of others is", () => {
  const made = vi.spyOn(Buffer, "allocUnsafeSlow");
  const json = new JsonBytes();
  const roomAfter = (text: string): number | undefined => {
    made.mockClear();
    json.put(text);
    expect(json.take()).toHaveLength(text.length);
    return made.mock.lastCall?.[0];
  };
  expect(roomAfter("x".repeat(60_000))).toBeGreaterThanOrEqual(60_000);
  expect(roomAfter("x".repeat(60_000))).toBeUndefined();
  expect(roomAfter("x".repeat(300_000))).toBeLessThanOrEqual(4096);
  expect(roomAfter("x".repeat(60_000))).toBeGreaterThanOrEqual(60_000);
  made.mockRestore();
});
