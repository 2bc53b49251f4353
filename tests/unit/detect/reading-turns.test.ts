import { expect, test } from "vitest";
import { ReadingTurns, type TurnTiming } from "../../../src/detect/reading-turns.ts";

/** A process of which every step is known: what is due soon, what later, and how long work takes. */
class FakeLoop implements TurnTiming {
  time = 0;
  /** rounds of the event loop */
  rounds = 0;
  #soon: (() => void)[] = [];
  #later: { readonly at: number; readonly work: () => void }[] = [];

  now(): number {
    return this.time;
  }

  soon(work: () => void): void {
    this.#soon.push(work);
  }

  later(work: () => void, milliseconds: number): void {
    this.#later.push({ at: this.time + milliseconds, work });
  }

  /** Lets the event loop go round; where nothing is due, and no file has an answer, time passes to what is due next. */
  async round(hasAnswer = false): Promise<void> {
    this.rounds += 1;
    const soon = this.#soon.splice(0);
    if (!hasAnswer && soon.length === 0 && this.#later.length > 0) {
      this.time = Math.max(this.time, Math.min(...this.#later.map(({ at }) => at)));
    }
    const due = this.#later.filter(({ at }) => at <= this.time);
    this.#later = this.#later.filter(({ at }) => at > this.time);
    for (const { work } of due) work();
    for (const work of soon) work();
    for (let settled = 0; settled < 10; settled += 1) await Promise.resolve();
  }

  get isQuiet(): boolean {
    return this.#soon.length === 0 && this.#later.length === 0;
  }
}

/** A jail that has so many slices to do, each of so many milliseconds. */
function busy(
  loop: FakeLoop,
  turns: ReadingTurns,
  log: string[],
  name: string,
  slices: number,
  tookMs: number,
) {
  const place = turns.join();
  const done = (async () => {
    for (let slice = 0; slice < slices; slice += 1) {
      await place.next();
      place.work(() => {
        loop.time += tookMs;
        log.push(`${name}@${loop.time}`);
      });
    }
  })();
  return { place, done };
}

test("jails that have much to do take turns, one slice in each round of the event loop", async () => {
  const loop = new FakeLoop();
  const turns = new ReadingTurns(loop);
  const log: string[] = [];
  for (const name of ["a", "b", "c"]) busy(loop, turns, log, name, 3, 10);
  while (!loop.isQuiet) await loop.round();
  expect(log.map((entry) => entry.charAt(0)).join("")).toBe("abcabcabc");
  expect(loop.rounds).toBeGreaterThanOrEqual(9);
});

test("who asks first while nobody works need not wait", async () => {
  const loop = new FakeLoop();
  const place = new ReadingTurns(loop).join();
  let isMine = false;
  void place.next().then(() => {
    isMine = true;
  });
  await Promise.resolve();
  expect(isMine).toBe(true);
});

test("a jail whose single lines are slow delays another by one line at most", async () => {
  const loop = new FakeLoop();
  const turns = new ReadingTurns(loop);
  const log: string[] = [];
  busy(loop, turns, log, "slow", 50, 600);
  await loop.round();
  const quick = turns.join();
  const waits: number[] = [];
  for (let attack = 0; attack < 10; attack += 1) {
    // a line comes in the middle of the slow one's slice; eight rounds are needed to get it out of the file
    await loop.round();
    const written = loop.time;
    for (let look = 0; look < 8; look += 1) {
      loop.time += 1;
      await loop.round(true);
    }
    let isMine = false;
    void quick.next().then(() => {
      isMine = true;
    });
    while (!isMine) await loop.round();
    quick.work(() => {
      loop.time += 1;
    });
    waits.push(loop.time - written);
  }
  expect(Math.max(...waits)).toBeLessThan(620);
  expect(log.length).toBeGreaterThan(5);
});

test("slow jails rest as long as they worked, a tenth of a second at most, and are not starved", async () => {
  for (const [tookMs, restMs] of [
    [30, 30],
    [600, 100],
  ] as const) {
    const loop = new FakeLoop();
    const turns = new ReadingTurns(loop);
    const log: string[] = [];
    busy(loop, turns, log, "x", 3, tookMs);
    busy(loop, turns, log, "y", 3, tookMs);
    // they are known for slow ones after their first slice
    while (!loop.isQuiet) await loop.round();
    expect(log.map((entry) => entry.charAt(0)).join("")).toBe("xyxyxy");
    const last = Number(log.at(-1)?.split("@")[1]);
    expect(last).toBe(6 * tookMs + 4 * restMs);
  }
});

test("a jail that is slow no more has its rest no more", async () => {
  const loop = new FakeLoop();
  const turns = new ReadingTurns(loop);
  const place = turns.join();
  for (const [tookMs, isSlow] of [
    [24, false],
    [25, true],
    [3, false],
  ] as const) {
    const turn = place.next();
    while (!loop.isQuiet) await loop.round();
    await turn;
    place.work(() => {
      loop.time += tookMs;
    });
    expect(place.isSlow).toBe(isSlow);
  }
});

test("who leaves waits no longer, and never again", async () => {
  const loop = new FakeLoop();
  const turns = new ReadingTurns(loop);
  const first = turns.join();
  const second = turns.join();
  await first.next();
  const waiting = second.next();
  second.leave();
  await waiting;
  await second.next();
  // the others' turns go on
  const third = first.next();
  while (!loop.isQuiet) await loop.round();
  await third;
});

test("what a slice throws comes through and the turns go on", async () => {
  const loop = new FakeLoop();
  const turns = new ReadingTurns(loop);
  const place = turns.join();
  await place.next();
  expect(() =>
    place.work(() => {
      throw new Error("out");
    }),
  ).toThrow("out");
  const next = place.next();
  while (!loop.isQuiet) await loop.round();
  await next;
});

/** A jail that catches up on a log, block by block; a slice takes so long, and gets so much of a block done. */
function catchingUp(
  loop: FakeLoop,
  turns: ReadingTurns,
  log: string[],
  name: string,
  { path = "/log", from = 0, blocks = 6, slicesPerBlock = 1, tookMs = 1, blockBytes = 1000 },
) {
  const place = turns.join();
  void (async () => {
    for (let slice = 0; slice < blocks * slicesPerBlock; slice += 1) {
      await place.next({ path, offset: from + (slice * blockBytes) / slicesPerBlock });
      place.work(() => {
        loop.time += tookMs;
        log.push(name);
      });
    }
  })();
  return place;
}

test("of jails that catch up on the same log, who is behind goes on first, but not for long", async () => {
  const loop = new FakeLoop();
  const turns = new ReadingTurns(loop);
  const log: string[] = [];
  catchingUp(loop, turns, log, "a", {});
  catchingUp(loop, turns, log, "b", {});
  catchingUp(loop, turns, log, "c", { slicesPerBlock: 3 });
  while (!loop.isQuiet) await loop.round();
  expect(log.join("")).toBe("abcccabcccabcccabcccabcccabccc");
  log.length = 0;
  catchingUp(loop, turns, log, "a", { blocks: 2 });
  catchingUp(loop, turns, log, "d", { slicesPerBlock: 30, tookMs: 10, blocks: 2 });
  while (!loop.isQuiet) await loop.round();
  // five of its slices, and the one that is its turn
  expect(log.join("")).toMatch(/^ad{5,6}ad+$/);
});

test("nobody waits for who is far behind, reads another log, is slow, or has little to read", async () => {
  for (const [other, expected] of [
    [{ blockBytes: 10, from: -2 * 1024 * 1024 }, /^abcabc/],
    [{ path: "/other", from: -1000, blockBytes: 10 }, /^abcabc/],
    // it is known for a slow one after its first slice
    [{ tookMs: 30, from: -1000, blockBytes: 10 }, /^acbab/],
  ] as const) {
    const loop = new FakeLoop();
    const turns = new ReadingTurns(loop);
    const log: string[] = [];
    catchingUp(loop, turns, log, "a", { from: 100_000 });
    catchingUp(loop, turns, log, "b", { from: 100_000 });
    catchingUp(loop, turns, log, "c", other);
    while (!loop.isQuiet) await loop.round();
    expect(log.join("")).toMatch(expected);
  }
  const loop = new FakeLoop();
  const turns = new ReadingTurns(loop);
  const log: string[] = [];
  catchingUp(loop, turns, log, "a", { from: 100_000, blocks: 3 });
  busy(loop, turns, log, "x", 3, 1);
  while (!loop.isQuiet) await loop.round();
  expect(log.map((entry) => entry.charAt(0)).join("")).toBe("axaxax");
});
