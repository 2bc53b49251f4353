import { expect, test } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { Lookups } from "../../../src/jail/lookups.ts";
import { gate, JailStage } from "./stage.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";

interface Asking {
  readonly queue: Lookups;
  readonly said: string[];
  readonly done: string[];
  /** asks something whose answer comes when it is let through */
  ask(name: string, answered?: Promise<void>): void;
}

function asking(): Asking {
  const said: string[] = [];
  const done: string[] = [];
  const observe = (event: GaolerEvent): void => {
    if (event.type === "message") said.push(event.text);
  };
  const queue = new Lookups({ jail: "j1", observe, awaited: "answers", instead: "nothing is done" });
  const ask = (name: string, answered: Promise<void> = Promise.resolve()): void =>
    queue.add({
      about: name,
      ask: async () => {
        await answered;
        return () => void done.push(name);
      },
      giveUp: () => void done.push(`no ${name}`),
    });
  return { queue, said, done, ask };
}

test("answers are taken in the order of the questions, whichever comes first", async () => {
  const { queue, done, ask } = asking();
  const first = gate();
  ask("first", first.passed);
  ask("second");
  await Promise.resolve();
  expect(queue.pending).toBe(2);
  expect(queue.isAbout("second")).toBe(true);
  expect(done).toEqual([]);
  first.open();
  await queue.idle();
  expect(done).toEqual(["first", "second"]);
  expect(queue.pending).toBe(0);
  expect(queue.isAbout("second")).toBe(false);
});

test("a few questions are asked at once and no more", async () => {
  const { queue } = asking();
  const answered = gate();
  let asked = 0;
  for (let n = 0; n < 20; n += 1) {
    queue.add({
      about: "x",
      ask: async () => {
        asked += 1;
        await answered.passed;
        return () => undefined;
      },
      giveUp: () => undefined,
    });
  }
  expect(asked).toBe(4);
  answered.open();
  await queue.idle();
  expect(asked).toBe(20);
});

test("a question that fails, or an answer that does, is told and holds up nothing", async () => {
  const { queue, said, done, ask } = asking();
  queue.add({
    about: "x",
    ask: () => Promise.reject(new Error("no answer")),
    giveUp: () => void done.push("no x"),
  });
  queue.add({
    about: "y",
    ask: () =>
      Promise.resolve(() => {
        throw new Error("no use");
      }),
    giveUp: () => undefined,
  });
  ask("third");
  await queue.idle();
  expect(said).toEqual(["[j1] Error: no answer", "[j1] Error: no use"]);
  expect(done).toEqual(["no x", "third"]);
});

test("no question waits for longer than a minute, however many hang before it", async () => {
  const stage = new JailStage();
  const { queue, said, done, ask } = asking();
  const never = gate();
  for (let n = 1; n <= 6; n += 1) ask(`hanging ${n}`, never.passed);
  await stage.pass(10);
  ask("good");
  await stage.pass(49);
  expect(done).toEqual([]);
  await stage.pass(1);
  expect(done).toEqual([1, 2, 3, 4, 5, 6].map((n) => `no hanging ${n}`));
  expect(said).toEqual(["[j1] a failure has waited for 60 seconds for answers; nothing is done"]);
  await stage.pass(10);
  // four that hang still hold the places of those that could be asked
  expect(done.at(-1)).toBe("no good");
  expect([queue.pending, queue.givenUp]).toEqual([0, 7]);
  never.open();
  await stage.settled();
  ask("next");
  await stage.settled();
  expect(done.slice(7)).toEqual(["next"]);
  expect(said.slice(1)).toEqual(["[j1] 7 failures without an answer in all; nothing is done"]);
});

test("once closed no answer is taken, and no timer is left", async () => {
  const stage = new JailStage();
  const { queue, done, ask } = asking();
  const answered = gate();
  ask("x", answered.passed);
  const idle = queue.idle();
  queue.close();
  await idle;
  expect(queue.pending).toBe(0);
  answered.open();
  await stage.pass(120);
  expect(done).toEqual([]);
});

test("what finds no place among ten thousand is given up at once, counted, and told once an overflow", async () => {
  const { queue, said, done, ask } = asking();
  const first = gate();
  ask("first", first.passed);
  for (let n = 0; n < 10_005; n += 1) ask("x");
  expect(queue.pending).toBe(10_000);
  expect(queue.givenUp).toBe(6);
  expect(done).toEqual(Array(6).fill("no x"));
  expect(said).toEqual(["[j1] 10000 failures wait for answers; nothing is done"]);
  first.open();
  await queue.idle();
  expect([queue.pending, done.length]).toEqual([0, 10_006]);
  expect(said.slice(1)).toEqual(["[j1] 6 failures without an answer in all; nothing is done"]);
});

test("a name's addresses all count, in the order of the lines, with a warning where usedns says so", async () => {
  const stage = new JailStage();
  stage.names.set("evil.example", [A, B]);
  await stage.running({ usedns: "warn", maxretry: 9 });
  stage.fail("evil.example");
  stage.fail("nobody.example");
  await stage.settled();
  expect(stage.messages("WARNING")).toContain(
    `Determined IP using DNS Lookup: evil.example = {'${A}', '${B}'}`,
  );
  expect(stage.takeTold()).toEqual([`found ${A} 1/9`, `found ${B} 1/9`]);
});

test("ignorecommand is asked once for a key, however many lines come, and their order is kept", async () => {
  const stage = new JailStage();
  const answered = gate();
  stage.answer = async (script) => {
    if (!script.startsWith("ask")) return undefined;
    if (script === `ask ${A}`) await answered.passed;
    return { code: 1 };
  };
  const cache = 'key="<ip>", max-count=10, max-time=5m';
  await stage.running({ ignorecommand: "ask <ip>", ignorecache: cache, maxretry: 100 });
  for (let n = 0; n < 3; n += 1) stage.fail(A);
  stage.fail(B);
  await stage.settled();
  expect(stage.takeRan()).toEqual([`ask ${A}`, `ask ${B}`]);
  expect(stage.takeTold()).toEqual([]);
  // known by now, but not before the one that waits
  stage.fail(B);
  expect(stage.takeTold()).toEqual([]);
  answered.open();
  await stage.settled();
  expect(stage.takeTold()).toEqual([
    ...[1, 2, 3].map((n) => `found ${A} ${n}/100`),
    `found ${B} 1/100`,
    `found ${B} 2/100`,
  ]);
});

test("an ignorecommand that hangs delays nobody for longer than a minute: such failures count", async () => {
  const stage = new JailStage();
  const never = gate();
  stage.answer = async (script) => {
    if (script.startsWith("ask")) await never.passed;
    return undefined;
  };
  await stage.running({ ignorecommand: "ask <ip>", ignoreip: ["198.51.100.7"], maxretry: 2 });
  stage.fail(A, 2);
  stage.fail("198.51.100.7");
  expect(stage.takeTold()).toEqual(["ignored 198.51.100.7 by ip"]);
  await stage.pass(60);
  expect(stage.takeTold()).toEqual([`found ${A} 1/2`, `found ${A} 2/2`, `banned ${A}`]);
});

test("a name that is not found in time delays no failure of an address, and is told", async () => {
  const stage = new JailStage();
  const never = gate();
  stage.lookUp = () => never.passed;
  const jail = await stage.running({ maxretry: 1 });
  for (let n = 0; n < 9; n += 1) stage.fail(`slow-${n}.example`);
  stage.fail(A);
  expect(stage.takeTold()).toEqual([`found ${A} 1/1`, `banned ${A}`]);
  await stage.pass(60);
  expect(stage.messages("ERROR")).toEqual([
    "[j1] a failure has waited for 60 seconds for the addresses of a name; the failures of such names are dropped",
    "[j1] 9 failures without an answer in all; the failures of such names are dropped",
  ]);
  expect(jail.failures.total).toBe(1);
});

test("a failure that is ignored again by a kept verdict is told as such", async () => {
  const stage = new JailStage();
  stage.answer = () => ({ code: 0 });
  await stage.running({ ignorecommand: "ask <ip>", ignorecache: 'key="<ip>"' });
  stage.fail(A);
  await stage.settled();
  stage.fail(A);
  const ignored = stage.events.flatMap((event) =>
    event.type === "failure-ignored" ? [event.isRepeated] : [],
  );
  expect(ignored).toEqual([false, true]);
});

test("a stop does not wait for ever for names, and the lines that wait are read again afterwards", async () => {
  const stage = new JailStage();
  stage.names.set("slow.example", [A]);
  const answered = gate();
  stage.lookUp = () => answered.passed;
  const jail = await stage.running({ maxretry: 1 });
  stage.fail("slow.example");
  const stop = jail.stop();
  await stage.pass(60);
  await stop;
  expect(stage.takeRan()).toEqual(["fw stop"]);
  answered.open();
  await stage.settled();
  expect(stage.takeRan()).toEqual([]);
  stage.takeTold();

  await stage.jail({ maxretry: 1 }).start();
  await stage.settled();
  expect(stage.takeTold()).toEqual([`found ${A} 1/1`, `banned ${A}`]);
});

test("a stop waits for names that are found soon, and their bans are remembered", async () => {
  const stage = new JailStage();
  stage.names.set("quick.example", [A]);
  const answered = gate();
  stage.lookUp = () => answered.passed;
  const jail = await stage.running({ maxretry: 1 });
  stage.fail("quick.example");
  const stop = jail.stop();
  await stage.pass(1);
  answered.open();
  await stop;
  expect(stage.takeRan()).toEqual([`fw ban ${A}`, `fw unban ${A}`, "fw stop"]);
  expect(stage.store?.currentBans("j1", stage.clock.now())).toHaveLength(1);
});
