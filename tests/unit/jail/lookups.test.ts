import { expect, test } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { Lookups } from "../../../src/jail/lookups.ts";
import { gate, JailStage } from "./stage.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";

function lookups(): { readonly lookups: Lookups; readonly said: string[] } {
  const said: string[] = [];
  const observe = (event: GaolerEvent): void => {
    if (event.type === "message") said.push(event.text);
  };
  return { lookups: new Lookups("j1", observe), said };
}

test("work is done in the order in which it came, one piece at a time", async () => {
  const { lookups: queue } = lookups();
  const done: string[] = [];
  const first = gate();
  queue.add(async () => {
    await first.passed;
    done.push("first");
  });
  queue.add(() => Promise.resolve(void done.push("second")));
  expect(queue.pending).toBe(2);
  expect(done).toEqual([]);
  first.open();
  await queue.idle();
  expect(done).toEqual(["first", "second"]);
  expect(queue.pending).toBe(0);
});

test("work that fails is told and holds up nothing", async () => {
  const { lookups: queue, said } = lookups();
  const done: string[] = [];
  queue.add(() => Promise.reject(new Error("no answer")));
  queue.add(() => Promise.resolve(void done.push("second")));
  await queue.idle();
  expect(said).toEqual(["[j1] Error: no answer"]);
  expect(done).toEqual(["second"]);
});

test("idle waits for work that other work adds", async () => {
  const { lookups: queue } = lookups();
  const done: string[] = [];
  queue.add(() => {
    queue.add(() => Promise.resolve(void done.push("inner")));
    return Promise.resolve();
  });
  await queue.idle();
  expect(done).toEqual(["inner"]);
});

test("idle gives up after the time it is given, and says what is left", async () => {
  const stage = new JailStage();
  const { lookups: queue } = lookups();
  const never = gate();
  queue.add(() => never.passed);
  let isIdle: boolean | undefined;
  void queue.idle(10).then((result) => {
    isIdle = result;
  });
  await stage.pass(9);
  expect(isIdle).toBeUndefined();
  await stage.pass(1);
  expect(isIdle).toBe(false);
  never.open();
  expect(await queue.idle(10)).toBe(true);
});

test("more than ten thousand waiting failures are dropped, counted, and said once an overflow", async () => {
  const { lookups: queue, said } = lookups();
  const first = gate();
  queue.add(() => first.passed);
  for (let n = 0; n < 10_005; n += 1) queue.add(() => Promise.resolve());
  expect(queue.pending).toBe(10_000);
  expect(queue.dropped).toBe(6);
  expect(said).toEqual(["[j1] 10000 failures wait for names or ignorecommand; further ones are dropped"]);
  first.open();
  await queue.idle();
  expect(queue.pending).toBe(0);
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

test("ignorecommand runs one at a time, however many lines come, and its verdict is kept", async () => {
  const stage = new JailStage();
  const answered = gate();
  stage.answer = async (script) => {
    if (!script.startsWith("ask")) return undefined;
    await answered.passed;
    return { code: 1 };
  };
  const cache = 'key="<ip>", max-count=10, max-time=5m';
  await stage.running({ ignorecommand: "ask <ip>", ignorecache: cache, maxretry: 100 });
  for (let n = 0; n < 20; n += 1) stage.fail(A);
  stage.fail(B);
  await stage.settled();
  expect(stage.takeRan()).toEqual([`ask ${A}`]);
  answered.open();
  await stage.settled();
  expect(stage.takeRan()).toEqual([`ask ${B}`]);
  expect(stage.takeTold()).toHaveLength(21);
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
