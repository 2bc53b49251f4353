import { expect, test } from "vitest";
import { JailStage } from "./stage.ts";

const A = "192.0.2.1";
const OWN = "198.51.100.7";

const WARNING = (id: string, why: string): string => `[j1] ${id} banned by hand, though ${why}`;

test("what speaks against bans is found by every rule, once for each ID, in their order", async () => {
  const stage = new JailStage();
  stage.own.add(OWN);
  stage.names.set("friend.example", ["203.0.113.5"]);
  stage.names.set("me.example", [OWN]);
  stage.answer = (script) => (script.includes("check") ? { code: script.includes(A) ? 0 : 1 } : undefined);
  stage.files.set("/etc/friends", "203.0.113.77 # the office\n");
  const jail = await stage.running({
    ignoreip: ["10.0.0.0/8", "friend.example", "file:/etc/friends"],
    ignorecommand: "check <ip>",
  });
  const ids = ["203.0.113.1", OWN, "10.1.2.3", "10.0.0.0/7", "203.0.113.5", "me.example", A, "203.0.113.77"];
  const found = await jail.objections.find([...ids, "203.0.113.64/26", "unknown.example"], ["203.0.113.70"]);
  expect(found.map(({ id, rule, text }) => [id, rule, text])).toEqual([
    [OWN, "own address", "it is an address of this machine"],
    ["10.1.2.3", "ignoreip", "ignoreip has 10.0.0.0/8"],
    ["10.0.0.0/7", "ignoreip", "ignoreip has 10.0.0.0/8"],
    ["203.0.113.5", "ignoreip", "a name in ignoreip leads to it"],
    ["me.example", "own address", "it is an address of this machine"],
    [A, "ignorecommand", "ignorecommand says that it is to be ignored"],
    ["203.0.113.77", "ignoreip", "ignoreip has file:/etc/friends, where it is written"],
    ["203.0.113.64/26", "own session", "your own session comes from 203.0.113.70"],
  ]);
  expect(jail.bans.size).toBe(0);
  expect(stage.messages("WARNING")).toEqual([]);
});

test("a ban by hand of somebody ignored is obeyed, and told with a warning", async () => {
  const stage = new JailStage();
  stage.own.add(OWN);
  const jail = await stage.running({ ignoreip: ["10.0.0.0/8"] });
  expect(await jail.ban([A, OWN, "10.1.2.3"])).toBe(3);
  expect(stage.messages("WARNING")).toEqual([
    WARNING(OWN, "it is an address of this machine"),
    WARNING("10.1.2.3", "ignoreip has 10.0.0.0/8"),
  ]);
});

test("a ban by hand does not wait for an ignorecommand; the warning comes when it has answered", async () => {
  const stage = new JailStage();
  const { promise, resolve } = Promise.withResolvers<{ code: number }>();
  stage.answer = (script) => (script.includes("check") ? promise : undefined);
  const jail = await stage.running({ ignorecommand: "check <ip>" });
  expect(await jail.ban([A])).toBe(1);
  expect(stage.messages("WARNING")).toEqual([]);
  resolve({ code: 0 });
  await stage.settled();
  expect(stage.messages("WARNING")).toEqual([WARNING(A, "ignorecommand says that it is to be ignored")]);
});

test("a stop does not wait for doubts about bans by hand", async () => {
  const stage = new JailStage();
  stage.answer = (script) => (script.includes("check") ? new Promise(() => {}) : undefined);
  const jail = await stage.running({ ignorecommand: "check <ip>" });
  await jail.ban([A]);
  await jail.stop();
  expect(jail.state).toBe("stopped");
});
