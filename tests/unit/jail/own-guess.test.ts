/**
 * The guess forgets no own address.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { OwnGuess } from "../../../src/jail/own-guess.ts";

const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 4 }));

test("it says what the set says, of members and of others, whichever set it is asked about", () => {
  const guess = new OwnGuess();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(address), fc.array(address))), (all) => {
      for (const [own, others] of all) {
        const set = new Set(own);
        for (const id of [...own, ...others]) expect(guess.has(set, id)).toBe(set.has(id));
      }
    }),
  );
});

test("addresses that look alike are told apart", () => {
  const guess = new OwnGuess();
  const own = new Set(["192.0.2.1", "::1", ""]);
  const asked = ["192.0.2.1", "193.0.2.1", "192.0.3.1", "::1", "::2", "", "1"];
  expect(asked.map((id) => guess.has(own, id))).toEqual([true, false, false, true, false, true, false]);
});
