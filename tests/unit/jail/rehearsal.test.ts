import { expect, test, vi } from "vitest";
import type { JailSettings } from "../../../src/config/settings.ts";
import { Jail } from "../../../src/jail/jail.ts";
import { RehearsalHall } from "../../../src/jail/rehearsal.ts";
import { JailStage, LOG } from "./stage.ts";

const LULL = 0.2;
const NFT = {
  name: "nft",
  properties: new Map([
    ["actionstart", "nft add table t"],
    ["actionban", 'nft add element inet t s "{ <ip> }"'],
  ]),
};

/** A stage with a hall, whose jails all look at the logs of the stage; `looks` are their looks at logs. */
function rehearsing() {
  const stage = new JailStage();
  const looks: string[] = [];
  const hall = new RehearsalHall({
    usedMs: () => 0,
    tailOf: (path, most) => {
      looks.push(path);
      return Promise.resolve(Buffer.from(stage.logs.get(path) ?? "").subarray(-most));
    },
  });
  const ports = {
    ...stage.ports,
    rehearsals: hall,
    transaction: () => Promise.reject(new Error("the firewall was touched")),
  };
  const jail = async (changes: Partial<JailSettings> = {}): Promise<Jail> => {
    const made = new Jail(stage.parts({ actions: [NFT], ...changes }), ports);
    await made.start();
    await stage.settled();
    return made;
  };
  const ended = (): void => stage.source.request.sink.idle(LOG);
  const rehearsed = async (): Promise<void> => {
    await stage.pass(LULL);
    for (let turn = 0; turn < 200; turn++) await stage.pass(0.2);
  };
  return {
    stage,
    hall,
    looks,
    jail,
    ended,
    rehearsed,
  };
}

test("a rehearsal leaves no trace: nothing told, stored, run, counted or banned", async () => {
  const { stage, hall, looks, jail, ended, rehearsed } = rehearsing();
  stage.write(["fail from 192.0.2.1", "nothing", "fail from 192.0.2.2"]);
  const made = await jail();
  const before = { lines: made.lines, failures: made.failures.total, held: [...made.failures.failing()] };
  stage.events.length = 0;
  stage.takeRan();
  ended();
  await rehearsed();
  expect(looks).toEqual([LOG]);
  expect(hall.hasSeenFlood).toBe(true);
  expect(stage.events).toEqual([]);
  expect(stage.takeRan()).toEqual([]);
  expect(made.bans.total).toBe(0);
  expect({ lines: made.lines, failures: made.failures.total, held: [...made.failures.failing()] }).toEqual(
    before,
  );
  expect(stage.store?.currentBans("j1", stage.clock.now())).toEqual([]);
  await made.stop();
});

test("a failure after it counts as it would have without it", async () => {
  const { stage, jail, ended, rehearsed } = rehearsing();
  stage.write(["fail from 192.0.2.1"]);
  const made = await jail({ actions: [] });
  ended();
  await rehearsed();
  stage.takeTold();
  stage.fail("192.0.2.1");
  stage.fail("192.0.2.2");
  expect(stage.takeTold()).toEqual(["found 192.0.2.1 2/2", "banned 192.0.2.1", "found 192.0.2.2 1/2"]);
  await made.stop();
});

test("lines that come in its midst are taken at once, in their order, and it begins anew afterwards", async () => {
  const { stage, hall, looks, jail, ended, rehearsed } = rehearsing();
  stage.write(["fail from 192.0.2.1"]);
  const made = await jail({ actions: [] });
  ended();
  await stage.pass(LULL);
  await stage.settled();
  expect(hall.hasSeenFlood).toBe(false);
  stage.takeTold();
  stage.write(["fail from 192.0.2.3", "fail from 192.0.2.1", "fail from 192.0.2.3"]);
  expect(stage.takeTold()).toEqual([
    "found 192.0.2.3 1/2",
    "found 192.0.2.1 2/2",
    "banned 192.0.2.1",
    "found 192.0.2.3 2/2",
    "banned 192.0.2.3",
  ]);
  await rehearsed();
  expect(hall.hasSeenFlood).toBe(true);
  expect(looks).toHaveLength(2);
  expect(stage.takeTold()).toEqual([]);
  await made.stop();
});

test("it takes place once, where a log has lines", async () => {
  const { stage, looks, jail, ended, rehearsed } = rehearsing();
  const made = await jail({ actions: [] });
  for (let time = 0; time < 3; time++) {
    ended();
    await rehearsed();
  }
  expect(looks, "the log is empty, and nothing has come").toHaveLength(1);
  for (let time = 0; time < 3; time++) {
    stage.write([`fail from 192.0.2.${time}`]);
    ended();
    await rehearsed();
  }
  expect(looks).toHaveLength(2);
  await made.stop();
});

test("its time is bounded for all jails together, and given anew where one changes", async () => {
  const { stage, hall, looks, jail, ended, rehearsed } = rehearsing();
  stage.write(["fail from 192.0.2.1"]);
  const made = await jail({ actions: [] });
  hall.leftMs = 0;
  const turns = vi.spyOn(hall, "inTurn");
  ended();
  await rehearsed();
  expect(looks).toEqual([]);
  expect(turns, "nobody asks again and again").not.toHaveBeenCalled();
  await made.reconfigure(stage.parts({ actions: [], maxretry: 3 }));
  await rehearsed();
  expect(looks).toEqual([LOG]);
  expect(hall.leftMs).toBe(500);
  await made.stop();
});

test("a jail that it does not last for asks no more", async () => {
  const { stage, hall, jail, ended, rehearsed } = rehearsing();
  stage.write(["fail from 192.0.2.1"]);
  const made = await jail({ actions: [] });
  const turns = vi.spyOn(hall, "inTurn");
  ended();
  hall.leftMs = 0;
  await rehearsed();
  expect(turns).toHaveBeenCalledTimes(1);
  await made.stop();
});

test("a rehearsal that fails is told, and neither others' nor the jail are held up by it", async () => {
  const { stage, hall, looks, jail, ended, rehearsed } = rehearsing();
  stage.write(["fail from 192.0.2.1"]);
  const made = await jail({ actions: [] });
  stage.takeTold();
  stage.events.length = 0;
  vi.spyOn(hall, "usedMs").mockImplementationOnce(() => {
    throw new Error("no clock");
  });
  ended();
  await rehearsed();
  expect(stage.events).toEqual([
    expect.objectContaining({ text: "[j1] could not make itself ready for a flood: no clock" }),
  ]);
  expect(looks).toEqual([]);
  await hall.inTurn(() => Promise.resolve());
  stage.write(["fail from 192.0.2.1"]);
  expect(stage.takeTold()).toEqual(["found 192.0.2.1 2/2", "banned 192.0.2.1"]);
  await made.stop();
});

test("a jail that has stopped rehearses no more", async () => {
  const { stage, looks, jail, ended, rehearsed } = rehearsing();
  stage.write(["fail from 192.0.2.1"]);
  const made = await jail({ actions: [] });
  ended();
  await made.stop();
  await rehearsed();
  expect(looks).toEqual([]);
});

test("who has been through a flood needs no rehearsal until his parts are others", async () => {
  const { stage, hall, looks, jail, ended, rehearsed } = rehearsing();
  const made = await jail({ actions: [] });
  stage.write(Array.from({ length: 4000 }, (_, index) => `fail from 192.0.${index >> 8}.${index & 0xff}`));
  await stage.settled();
  expect(made.failures.total).toBe(4000);
  ended();
  await rehearsed();
  expect(looks).toEqual([]);
  expect(hall.hasSeenFlood).toBe(true);
  await made.reconfigure(stage.parts({ actions: [], failregex: [{ value: "^fell from <HOST>$" }] }));
  await rehearsed();
  expect(looks).toEqual([LOG]);
  await made.stop();
});

test("where a flood was seen, a log of many lines is not rehearsed, too", async () => {
  const { stage, hall, looks, jail, ended, rehearsed } = rehearsing();
  const made = await jail({ actions: [] });
  stage.write(Array(20_000).fill("nothing"));
  await stage.settled();
  expect(made.lines).toBe(20_000);
  hall.hasSeenFlood = true;
  ended();
  await rehearsed();
  expect(looks).toEqual([]);
  await made.reconfigure(stage.parts({ actions: [], failregex: [{ value: "^fell from <HOST>$" }] }));
  await rehearsed();
  expect(looks).toEqual([LOG]);
  await made.stop();
});
