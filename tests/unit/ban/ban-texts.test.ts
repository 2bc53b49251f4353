import { expect, test } from "vitest";
import { BanTexts, type TextsOfBan } from "../../../src/ban/ban-texts.ts";
import { SlotOrder } from "../../../src/ban/slot-order.ts";

const LINE = "x".repeat(100);

function made(slots: number, options: { maxWaiting?: number; maxLineBytes?: number } = {}): BanTexts {
  const order = new SlotOrder();
  order.resize(slots);
  for (let slot = 0; slot < slots; slot += 1) order.append(slot);
  const texts = new BanTexts(order, options);
  texts.resize(slots);
  return texts;
}

const textsOf = (slot: number): TextsOfBan => ({
  id: `user ${slot}`,
  ip: "192.0.2.1",
  matches: [`${LINE}${slot}`],
  data: new Map([["user", `u${slot}`]]),
});

test("what waits is there as it came, and the same once it is packed", () => {
  const texts = made(3);
  for (const slot of [0, 1, 2]) texts.put(slot, textsOf(slot), slot !== 0);
  expect(texts.waiting).toBe(2);
  const seen = (): unknown[] =>
    [0, 1, 2].map((slot) => ({
      id: `user ${slot}`,
      ip: texts.ipOf(slot),
      matches: texts.matches(slot),
      data: texts.data(slot, `user ${slot}`),
    }));
  expect(seen()).toEqual([0, 1, 2].map(textsOf));
  texts.pack();
  expect(texts.waiting).toBe(0);
  expect(seen()).toEqual([0, 1, 2].map(textsOf));
});

test("no more than so many wait: the first ones are packed, and bounded like all", () => {
  const texts = made(6, { maxWaiting: 2, maxLineBytes: 256 });
  for (let slot = 0; slot < 6; slot += 1) texts.put(slot, textsOf(slot), true);
  expect(texts.waiting).toBe(2);
  expect([0, 1, 2, 3, 4, 5].map((slot) => texts.matches(slot).length)).toEqual([0, 0, 1, 1, 1, 1]);
});

test("a slot that is dropped has no texts, whether they waited or not", () => {
  const texts = made(2);
  for (const slot of [0, 1]) {
    texts.put(slot, textsOf(slot), slot === 1);
    texts.drop(slot);
    expect([texts.ipOf(slot), texts.matches(slot), texts.data(slot, "").size]).toEqual([undefined, [], 0]);
  }
  texts.put(1, { ...textsOf(1), matches: [] }, false);
  expect([texts.waiting, texts.matches(1), texts.ipOf(1)]).toEqual([0, [], "192.0.2.1"]);
  texts.clear();
});
