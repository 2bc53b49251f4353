import { expect, test } from "vitest";
import { gate, LOG } from "../jail/stage.ts";
import { jailStream, World } from "./world.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";
const OTHER = "/var/log/other.log";

async function slotOf(...options: readonly (readonly string[])[]) {
  const world = new World();
  await world.start(jailStream("j1", { options }));
  const slot = world.daemon.jail("j1");
  if (slot === undefined) throw new Error("no jail");
  return { world, slot };
}

test("set changes a running jail at once", async () => {
  const { world, slot } = await slotOf();
  await slot.apply(["maxretry", "1"]);
  await slot.apply(["bantime", "1m"]);
  expect(slot.view().settings).toMatchObject({ maxretry: 1, bantime: 60 });
  world.stage.fail(A);
  expect(slot.bannedIds()).toEqual([A]);
  await world.stage.pass(61);
  expect(slot.bannedIds()).toEqual([]);
});

test("set adds log paths, regexes and ignored addresses", async () => {
  const { world, slot } = await slotOf();
  await slot.apply(["addlogpath", OTHER, "tail"]);
  await slot.apply(["addfailregex", "^bad <HOST>$"]);
  await slot.apply(["addignoreip", "198.51.100.0/24"]);
  expect(slot.reading()).toEqual({ kind: "files", paths: [LOG, OTHER] });
  expect(slot.view().failregex).toHaveLength(2);
  expect(slot.view().ignoreip).toEqual(["198.51.100.0/24"]);
  world.stage.write([`bad ${A}`, "bad 198.51.100.1"], OTHER);
  expect(slot.status()).toEqual({ currentlyFailed: 1, totalFailed: 1, currentlyBanned: 0, totalBanned: 0 });
});

test.each([
  [["maxretry", "many"], "invalid literal for int() with base 10: 'many'"],
  [["nonsense", "1"], "Invalid command 'nonsense' (no set action or not yet implemented)"],
  [["addlogpath", "/x", "middle"], "File option must be 'head' or 'tail'"],
  [["addfailregex", "^no address"], "No failure-id group"],
  [["addfailregex", "^(<HOST>"], "regular expression"],
  [["datepattern", "%!"], "Failed to set datepattern"],
  [["logencoding", "nope"], "unknown encoding: nope"],
  [["ignorecache", 'key="<ip>", max-time=soon'], "max-time"],
])("set J %j is refused and changes nothing", async (words, text) => {
  for (const isRunning of [true, false]) {
    const { world, slot } = await slotOf();
    if (!isRunning) world.daemon.addJail("j2", "polling");
    const target = isRunning ? slot : world.daemon.jail("j2");
    const before = target?.settings;
    await expect(target?.apply(words)).rejects.toThrow(text);
    expect(target?.settings).toBe(before);
  }
});

test("what was wrong with a jail before does not stand in the way of a change", async () => {
  const { slot } = await slotOf(["addfailregex", "^no address"], ["addaction", "py", "/x.py", "{}"]);
  await slot.apply(["maxretry", "9"]);
  expect(slot.settings.maxretry).toBe(9);
  await expect(slot.apply(["addfailregex", "^no address either"])).rejects.toThrow("No failure-id group");
});

test("changes at the same time all hold", async () => {
  const { slot } = await slotOf();
  await Promise.all([
    slot.apply(["maxretry", "9"]),
    slot.apply(["addlogpath", OTHER]),
    slot.apply(["findtime", "1h"]),
  ]);
  expect(slot.settings).toMatchObject({ maxretry: 9, findtime: 3600 });
  expect(slot.jail?.settings).toMatchObject({ maxretry: 9, findtime: 3600 });
  expect(slot.reading()).toEqual({ kind: "files", paths: [LOG, OTHER] });
});

test.each([
  ['key="<ip>", max-count=10, max-time=5m', { key: "<ip>", maxCount: 10, maxTime: 300 }],
  ["key='<ip-host>'", { key: "<ip-host>", maxCount: 100, maxTime: 300 }],
  ["", undefined],
])("the view shows ignorecache %j as it is used", async (text, shown) => {
  const { slot } = await slotOf(["ignorecache", text]);
  expect(slot.view().ignorecache).toEqual(shown);
});

test("the view shows a jail that does not run yet as well", async () => {
  const { world } = await slotOf();
  world.daemon.addJail("j2", "polling");
  const slot = world.daemon.jail("j2");
  await slot?.apply(["addignoreip", "192.0.2.1/255.255.255.0"]);
  await slot?.apply(["addfailregex", "^x <HOST>$"]);
  expect(slot?.view()).toMatchObject({ logencoding: "UTF-8", prefregex: "", ignoreip: ["192.0.2.0/24"] });
  expect(slot?.backend).toBe("polling");
  expect(slot?.reading()).toEqual({ kind: "files", paths: [] });
  expect(slot?.status()).toEqual({ currentlyFailed: 0, totalFailed: 0, currentlyBanned: 0, totalBanned: 0 });
  expect(slot?.bannedIds()).toEqual([]);
  expect(slot?.bansByEnd()).toEqual([]);
  expect(await slot?.unban([A])).toEqual({ lifted: 0, absent: [A] });
  await expect(slot?.ban([A])).rejects.toThrow("Jail 'j2' is not running");
  await expect(slot?.objections([A], [])).rejects.toThrow("Jail 'j2' is not running");
});

test("bans by hand are counted, listed by their ends, and found in any spelling", async () => {
  const { world, slot } = await slotOf();
  expect(await slot.ban(["2001:DB8::1", A, A])).toBe(2);
  await world.stage.pass(10);
  await slot.apply(["bantime", "-1"]);
  await slot.apply(["bantime", "600"]);
  expect(await slot.ban([A])).toBe(0);
  expect(slot.isBanned("2001:db8:0::1")).toBe(true);
  expect(slot.isBanned(B)).toBe(false);
  expect(slot.bansByEnd().map(({ id, bantime }) => [id, Math.round(bantime)])).toEqual([
    ["2001:db8::1", 600],
    [A, 610],
  ]);
});

test("a jail that is being stopped takes no ban", async () => {
  const { world, slot } = await slotOf();
  const stopped = gate();
  world.stage.answer = async (script) => {
    if (script === "fw-j1 stop") await stopped.passed;
    return undefined;
  };
  const stop = world.daemon.stopJail("j1");
  await world.stage.settled();
  await expect(slot.ban([A])).rejects.toThrow("Jail 'j1' is not running");
  await expect(slot.callAction("fw", "start", undefined)).rejects.toThrow("not running");
  stopped.open();
  await stop;
});

test("an attempt by hand says whether it counted", async () => {
  const { slot } = await slotOf(["addignoreip", B]);
  expect(await slot.attempt(A, [])).toBe(1);
  expect(await slot.attempt(B, ["x"])).toBe(0);
});

test("methods of an action are called in their turn", async () => {
  const { world, slot } = await slotOf();
  expect(await slot.callAction("fw", "ban", JSON.stringify({ aInfo: { ip: A } }))).toBe(null);
  expect(await slot.callAction("fw", "stop", undefined)).toBe(true);
  expect(world.stage.takeRan()).toEqual([`fw-j1 ban ${A}`, "fw-j1 stop"]);
  await expect(slot.callAction("none", "stop", undefined)).rejects.toThrow("Invalid Action name: none");
  await expect(slot.callAction("fw", "dance", undefined)).rejects.toThrow("no attribute 'dance'");
  await expect(slot.callAction("fw", "ban", undefined)).rejects.toThrow(
    "missing 1 required positional argument: 'aInfo'",
  );
});

test("a command that a client words is run, and what the original forgets is nothing to us", async () => {
  const { world, slot } = await slotOf();
  expect(await slot.callAction("fw", "executeCmd", '{"realCmd": "by hand"}')).toBe(true);
  expect(world.stage.takeRan()).toEqual(["by hand"]);
  await expect(slot.callAction("fw", "executeCmd", undefined)).rejects.toThrow("argument: 'realCmd'");
  expect(await slot.callAction("fw", "clearAllParams", undefined)).toBe(null);
  expect(world.stage.takeRan()).toEqual([]);
});

test("the actions are shown with their properties", async () => {
  const { slot } = await slotOf();
  expect([...(slot.actions().get("fw") ?? [])][0]).toEqual(["actionstart", "fw-j1 start"]);
});

test("a jail is running, idle or stopped", async () => {
  const { world, slot } = await slotOf();
  expect(slot.state).toBe("running");
  slot.setIdle(true);
  expect(slot.state).toBe("idle");
  slot.setIdle(false);
  expect(slot.state).toBe("running");
  await world.daemon.stopJail("j1");
  expect(slot.state).toBe("stopped");
});
