import { expect, onTestFinished, test, vi } from "vitest";
import { GivenUpError, LookupTurns } from "../../../src/dns/lookup-turns.ts";

const DEADLINE_MS = 1000;

/** Lookups that end when they are told to; time passes when it is told to. */
function scene() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const turns = new LookupTurns(DEADLINE_MS);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (asker: string, what: string): Promise<string> =>
    turns.take(asker, () => {
      begun.push(what);
      return new Promise((resolve) => ends.set(what, () => resolve(what)));
    });
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  const settle = () => pass(1);
  return { take, begun, pass, settle, end: (what: string) => ends.get(what)?.() };
}

test("one who asks has one lookup under way, all together two; the others come in their order", async () => {
  const { take, begun, settle, end } = scene();
  const answers = ["a1", "a2", "b1", "c1", "b2"].map((what) => take(what.charAt(0), what));
  await settle();
  expect(begun).toEqual(["a1", "b1"]);
  end("b1");
  await settle();
  expect(begun).toEqual(["a1", "b1", "c1"]);
  end("a1");
  await settle();
  expect(begun.slice(3)).toEqual(["a2"]);
  for (const what of ["c1", "a2"]) end(what);
  await settle();
  end("b2");
  expect(await Promise.all(answers)).toEqual(["a1", "a2", "b1", "c1", "b2"]);
});

test("after the deadline a lookup is given up, whether it had its turn or not, and keeps its turn until it ends", async () => {
  const { take, begun, pass, settle, end } = scene();
  const both = Promise.allSettled([take("a", "a1"), take("a", "a2")]);
  await pass(DEADLINE_MS);
  const givenUp = { status: "rejected", reason: expect.any(GivenUpError) };
  expect(await both).toEqual([givenUp, givenUp]);
  const third = take("a", "a3");
  await settle();
  expect(begun).toEqual(["a1"]);
  end("a1");
  await settle();
  expect(begun).toEqual(["a1", "a3"]);
  end("a3");
  expect(await third).toBe("a3");
});

test("what a lookup throws, at once or later, comes through and ends its turn", async () => {
  const turns = new LookupTurns(DEADLINE_MS);
  const fail = (): Promise<never> => {
    throw new Error("broken");
  };
  for (let n = 0; n < 5; n += 1) await expect(turns.take("a", fail)).rejects.toThrow("broken");
});

test("more than five hundred that wait are given up at once", async () => {
  const { take, pass } = scene();
  const all = Array.from({ length: 503 }, (_, n) =>
    take("a", `a${n}`).catch(({ message }: Error) => message),
  );
  await pass(DEADLINE_MS);
  expect((await Promise.all(all)).filter((text) => text === "too many lookups at once")).toHaveLength(2);
});
