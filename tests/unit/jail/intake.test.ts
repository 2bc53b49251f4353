/**
 * What becomes of failures between the log and the count.
 */
import { expect, test } from "vitest";
import type { CountedFailure } from "../../../src/ban/failing-id.ts";
import type { Failure } from "../../../src/filter/failure.ts";
import type { IgnoreCheck, Verdict } from "../../../src/jail/ignore-check.ts";
import { Intake } from "../../../src/jail/intake.ts";
import type { JailParts } from "../../../src/jail/jail-parts.ts";

test("a failure that waits for an answer counts as it was found, whatever its object stands for by then", async () => {
  const answer = Promise.withResolvers<Verdict>();
  const ignoreCheck = { known: () => undefined, check: () => answer.promise } as unknown as IgnoreCheck;
  const counted: CountedFailure[] = [];
  const intake = new Intake({
    jail: "sshd",
    ports: { observe: () => undefined, addressesOf: async () => [] },
    parts: () => ({ ignoreCheck }) as unknown as JailParts,
    count: (failure) => counted.push(failure),
  });
  const line = { id: "192.0.2.1", at: 1000, matches: ["one"], data: new Map([["user", "root"]]) };
  const present: Failure = {
    host: undefined,
    ip: undefined,
    regexIndex: 0,
    get id() {
      return line.id;
    },
    get at() {
      return line.at;
    },
    get matches() {
      return line.matches;
    },
    get data() {
      return line.data;
    },
  };
  intake.take(present);
  Object.assign(line, { id: "192.0.2.2", at: 2000, matches: [], data: new Map() });
  answer.resolve({ source: undefined, isRepeated: false });
  await intake.idle(10);
  expect(counted).toEqual([
    {
      id: "192.0.2.1",
      ip: undefined,
      at: 1000,
      matches: ["one"],
      data: new Map([["user", "root"]]),
    },
  ]);
});
