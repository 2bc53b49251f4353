import fc from "fast-check";
import { expect, test } from "vitest";
import { Users } from "../../../src/filter/users.ts";

test("each user is there once, in the order in which they came, and what was there before stays as it was", () => {
  const name = fc.constantFrom("root", "admin", "bob", "");
  fc.assert(
    fc.property(name, fc.boolean(), fc.array(name), (first, isCaptured, names) => {
      let asked = 0;
      const captor = {
        user: () => {
          asked += 1;
          return first;
        },
      };
      let users = new Users(isCaptured ? captor : first);
      for (const next of names) {
        const before = [...users];
        const after = users.with(next);
        expect([...users]).toEqual(before);
        if (before.includes(next)) expect(after).toBe(users);
        users = after;
      }
      const expected = [...new Set([first, ...names])];
      expect([...users]).toEqual(expected);
      expect(users.names()).toEqual(expected);
      expect(users.size).toBe(expected.length);
      expect([...Users.of(expected)]).toEqual(expected);
      expect(asked).toBeLessThanOrEqual(1);
    }),
  );
});
