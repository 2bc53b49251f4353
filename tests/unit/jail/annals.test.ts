/**
 * The begin of a burst: the firewall hears of the bans first; what is told and stored follows in its order, and nothing of it is missing.
 * @module
 */
import { expect, onTestFinished, test, vi } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { Annals } from "../../../src/jail/annals.ts";
import type { Jail } from "../../../src/jail/jail.ts";
import { JailStage, LOG } from "./stage.ts";

const MANY = 400;
const TICK = 0.0002;

const idOf = (n: number): string => `198.51.${n >> 8}.${n & 255}`;
const IDS = Array.from({ length: MANY }, (_, n) => idOf(n));
const TOLD = IDS.flatMap((id) => [`found ${id} 1/1`, `banned ${id}`]);

/** A jail that finds a log with much in it, in slices: its clock goes on with each look at it. */
class Burst {
  readonly stage: JailStage;
  readonly jail: Jail;
  offset = 0;
  /** its lines were written just now */
  inOperation = true;
  readonly #bytes: Buffer;

  private constructor(stage: JailStage, jail: Jail, ids: readonly string[]) {
    this.stage = stage;
    this.jail = jail;
    this.#bytes = Buffer.from(ids.map((id) => `fail from ${id}\n`).join(""));
  }

  static async begin(ids: readonly string[] = IDS): Promise<Burst> {
    const stage = new JailStage();
    const jail = await stage.running({ maxretry: 1 });
    let passed = 0;
    Object.defineProperty(stage, "clockShift", { get: () => (passed += TICK), configurable: true });
    return new Burst(stage, jail, ids);
  }

  get isOver(): boolean {
    return this.offset === this.#bytes.length;
  }

  /** The next lines, as the source brings them. */
  slice(): void {
    const position = this.#bytes.length;
    const chunk = { path: LOG, bytes: this.#bytes.subarray(this.offset), offset: this.offset, position };
    const rest = { isRotated: false, firstLineHash: "h", inOperation: this.inOperation };
    this.offset += Number(this.stage.source.request.sink.chunk({ ...chunk, ...rest }, () => {}));
  }

  get stored(): number {
    const { stage } = this;
    return stage.store?.currentBans("j1", stage.clock.now()).length ?? 0;
  }

  get position(): number | undefined {
    return this.stage.store?.logPosition("j1", LOG)?.position;
  }
}

/** All its slices but the last. */
async function heldBurst(ids: readonly string[] = IDS): Promise<Burst> {
  const burst = await Burst.begin(ids);
  while (burst.jail.bans.size < ids.length - 60) burst.slice();
  return burst;
}

test("after the first slice of a burst the firewall hears of the bans at once, and all is told and stored in its order when it is over", async () => {
  const burst = await Burst.begin();
  const { stage, jail } = burst;
  burst.slice();
  const early = jail.bans.size;
  expect(early).toBeGreaterThan(15);
  expect(burst.stored).toBe(early);
  expect(burst.position).toBe(burst.offset);
  const behind = burst.offset;
  expect(stage.takeTold()).toEqual(TOLD.slice(0, 2 * early));
  while (!burst.isOver) burst.slice();
  expect(jail.bans.size).toBe(MANY);
  for (let ran: string[] = []; ran.length < MANY; ) {
    await Promise.resolve();
    ran = [...ran, ...stage.takeRan()];
  }
  expect([stage.takeTold(), burst.stored, burst.position]).toEqual([[], early, behind]);
  stage.source.request.sink.idle(LOG);
  await stage.pass(0.05);
  expect(stage.takeTold()).toEqual(TOLD.slice(2 * early));
  expect(burst.stored).toBe(MANY);
});

test("what the actions report of bans that wait to be told comes after them, a failure too", async () => {
  const burst = await Burst.begin();
  const { stage } = burst;
  stage.answer = () => ({ code: 1 });
  while (!burst.isOver) burst.slice();
  await stage.settled();
  stage.source.request.sink.idle(LOG);
  await stage.pass(0.05);
  const told = stage.events.map((event) =>
    event.type === "banned" ? event.id : event.type === "message" ? event.text : "",
  );
  for (const id of IDS) {
    const failure = told.findIndex((text) => text.includes(`Error banning ${id}`));
    expect(told.indexOf(id)).toBeGreaterThan(-1);
    expect(failure).toBeGreaterThan(told.indexOf(id));
  }
});

test("no lines are taken while what waited is written, and others have their turns meanwhile", async () => {
  const ids = Array.from({ length: 3000 }, (_, n) => idOf(n));
  const burst = await heldBurst(ids);
  const { stage } = burst;
  stage.takeTold();
  const { sink } = stage.source.request;
  sink.idle(LOG);
  vi.advanceTimersByTime(50);
  let mayGoOn = false;
  void sink.turn().then(() => {
    mayGoOn = true;
  });
  const portions: number[] = [];
  while (!mayGoOn) {
    portions.push(stage.takeTold().length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(portions.filter((count) => count > 0).length).toBeGreaterThan(4);
  expect(burst.stored).toBe(burst.jail.bans.size);
});

test("whoever asks for the database finds all that was decided, and who is let go stays so", async () => {
  const burst = await heldBurst();
  const { stage, jail } = burst;
  const last = idOf(jail.bans.size - 1);
  await jail.unban([last]);
  expect(burst.stored).toBe(jail.bans.size);
  expect(stage.takeTold().slice(-3)).toEqual([
    `found ${last} 1/1`,
    `banned ${last}`,
    `unbanned ${last}: command`,
  ]);
});

test("who is banned by hand in the midst of a burst is stored when the answer is there, after all before him", async () => {
  const burst = await heldBurst();
  const { stage, jail } = burst;
  expect(await jail.ban(["192.0.2.1"])).toBe(1);
  expect(burst.stored).toBe(jail.bans.size);
  expect(stage.takeTold().slice(-2)).toEqual([`banned ${idOf(jail.bans.size - 2)}`, "banned 192.0.2.1"]);
});

test("where the logs stand is not stored before the bans of their lines", async () => {
  const burst = await Burst.begin();
  const { stage, jail } = burst;
  // it is to be stored within a second
  const before = { path: LOG, bytes: Buffer.from("nothing\n"), offset: 0, position: 8, isRotated: false };
  void stage.source.request.sink.chunk({ ...before, firstLineHash: "h", inOperation: true }, () => {});
  await stage.pass(0.5);
  while (jail.bans.size < 100) burst.slice();
  const { stored, position } = burst;
  expect(stored).toBeLessThan(jail.bans.size);
  await vi.advanceTimersByTimeAsync(600);
  expect([burst.stored, burst.position]).toEqual([stored, position]);
  await stage.pass(1);
  expect(burst.stored).toBe(jail.bans.size);
});

test("what waits is told and stored after a second whatever comes, and the next burst is told as it comes", async () => {
  const burst = await Burst.begin();
  const { stage, jail } = burst;
  while (jail.bans.size < 100) burst.slice();
  expect(burst.stored).toBeLessThan(jail.bans.size);
  await stage.pass(1);
  expect(burst.stored).toBe(jail.bans.size);
  stage.takeTold();
  for (let before = jail.bans.size; !burst.isOver; before = jail.bans.size) {
    burst.slice();
    expect(stage.takeTold()).toHaveLength(2 * (jail.bans.size - before));
    expect([burst.stored, burst.position]).toEqual([jail.bans.size, burst.offset]);
  }
});

test("what is caught up on is told and stored as it comes", async () => {
  const burst = await Burst.begin();
  const { stage, jail } = burst;
  burst.inOperation = false;
  for (let before = 0; !burst.isOver; before = jail.bans.size) {
    burst.slice();
    expect(stage.takeTold()).toHaveLength(2 * (jail.bans.size - before));
    expect([burst.stored, burst.position]).toEqual([jail.bans.size, burst.offset]);
  }
});

test("what waits has a bound: beyond it no lines are taken until all is written", async () => {
  const told: GaolerEvent[] = [];
  const options = { jail: "j1", clock: { now: () => 0 }, store: () => undefined, written: () => undefined };
  const annals = new Annals({ ...options, observe: (event) => told.push(event) });
  annals.sliceTaken(16, true);
  const event: GaolerEvent = { type: "message", level: "INFO", logger: "jail", text: "" };
  for (let count = 0; count < 63_999; count++) annals.observe(event);
  annals.sliceTaken(16, true);
  expect(annals.room()).toBeUndefined();
  annals.observe(event);
  annals.sliceTaken(16, true);
  const room = annals.room();
  expect(room).toBeDefined();
  await room;
  expect([told.length, annals.isHeld]).toEqual([64_000, false]);
});

test("a stop tells and stores all of a burst before it lifts the bans", async () => {
  const burst = await heldBurst();
  const { stage, jail } = burst;
  const { size } = jail.bans;
  await jail.stop();
  const told = stage.takeTold();
  expect(told.slice(0, 2 * size)).toEqual(TOLD.slice(0, 2 * size));
  expect(told.slice(2 * size)).toEqual(IDS.slice(0, size).map((id) => `unbanned ${id}: stop`));
  expect(burst.stored).toBe(size);
});

test("new parts of the jail in the midst of a burst find all of it stored", async () => {
  const burst = await heldBurst();
  const { stage, jail } = burst;
  const logpaths = ["/var/log/other.log"].map((pattern) => ({ pattern, tail: false }));
  await jail.reconfigure(stage.parts({ maxretry: 1, logpaths }));
  expect(burst.stored).toBe(jail.bans.size);
});

test("after a kill in the midst of it the lines that were not told of are read again, and nobody is forgotten", async () => {
  const burst = await heldBurst();
  const { stage, jail } = burst;
  const { store } = stage;
  const behind = burst.position ?? 0;
  // what the dying jail still writes does not arrive
  stage.store = undefined;
  await jail.stop();
  stage.store = store;
  stage.takeTold();
  Object.defineProperty(stage, "clockShift", { value: 0 });
  stage.logs.set(LOG, IDS.map((id) => `fail from ${id}\n`).join(""));
  const again = stage.jail({ maxretry: 1 });
  onTestFinished(() => again.stop());
  await again.start();
  await stage.settled();
  expect(behind).toBeLessThan(burst.offset);
  expect(again.bans.size).toBe(MANY);
  const told = stage.takeTold();
  expect(new Set(told.filter((text) => /^(banned|restored)/.test(text))).size).toBe(MANY);
});

test("where ban times grow with each ban, each is stored before the next failure is weighed", async () => {
  const stage = new JailStage();
  const increment = { ...stage.parts().settings.increment, enabled: true };
  const jail = await stage.running({ maxretry: 1, increment });
  let passed = 0;
  Object.defineProperty(stage, "clockShift", { get: () => (passed += TICK) });
  const bytes = Buffer.from(IDS.map((id) => `fail from ${id}\n`).join(""));
  const chunk = { path: LOG, offset: 0, position: bytes.length, isRotated: false, firstLineHash: "h" };
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    at += Number(stage.source.request.sink.chunk({ ...chunk, bytes: rest, inOperation: true }, () => {}));
    expect(stage.store?.currentBans("j1", stage.clock.now())).toHaveLength(jail.bans.size);
  }
});
