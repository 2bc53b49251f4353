import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteText, bytesOfNumber, bytesOfText, isWideText } from "../../../src/ban/byte-text.ts";

const character = fc.nat(0xffff).map((code) => String.fromCharCode(code));
const thing = fc.oneof(
  fc.nat(0x7fffffff),
  // halves of characters, and texts of characters that take a byte each
  fc.string({ unit: character, maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);

test("numbers and texts come back as they were written, in their order and as long as was said", () => {
  const room = new ByteText();
  fc.assert(
    fc.property(fc.array(thing, { maxLength: 20 }), (things) => {
      room.clear();
      let bytes = 0;
      for (const one of things) {
        if (typeof one === "number") {
          room.putNumber(one);
          bytes += bytesOfNumber(one);
        } else {
          room.putText(one, isWideText(one));
          bytes += bytesOfText(one, isWideText(one));
        }
      }
      expect(room.length).toBe(bytes);
      const read = things.map((one) =>
        typeof one === "number"
          ? room.takeNumber()
          : room.takeText(bytesOfText(one, isWideText(one)), isWideText(one)),
      );
      expect(read).toEqual(things);
      expect(room.at).toBe(bytes);
    }),
  );
});

test("a text is compared as it was written, and read where it is the same", () => {
  const room = new ByteText();
  const text = fc.string({ unit: character, maxLength: 20 });
  const like = fc.oneof(text, fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.nat(300), like, like, fc.boolean(), (number, written, asked, isWide) => {
      const width = isWide || isWideText(written);
      for (const other of [asked, written, `${written.slice(1)}\u0100`, written.slice(1)]) {
        room.clear();
        room.putNumber(number);
        room.putText(written, width);
        room.takeNumber();
        const begin = room.at;
        expect(room.takeIfText(other, width)).toBe(other === written);
        expect(room.at).toBe(other === written ? room.length : begin);
      }
    }),
  );
});

test("what others have written is written on", () => {
  const [one, other] = [new ByteText(), new ByteText()];
  one.putText("before", false);
  one.putNumber(300);
  other.append(one.bytes, 6, one.length);
  expect([other.length, other.takeNumber()]).toEqual([2, 300]);
});

test("the room that a large text took is not kept, that of others is", () => {
  const room = new ByteText();
  room.putText("x".repeat(100_000), false);
  const kept = room.bytes;
  expect(kept.length).toBeGreaterThanOrEqual(100_000);
  room.clear();
  expect(room.bytes).toBe(kept);
  room.putText("x".repeat(300_000), false);
  expect(room.bytes.length).toBeGreaterThanOrEqual(300_000);
  room.clear();
  expect(room.bytes.length).toBeLessThanOrEqual(4096);
});
