/**
 * Bans that last longer than when they were made, and the actions that want to know.
 * @module
 */
import { expect, test } from "vitest";
import { newJailSettings } from "../../../src/config/apply-command.ts";
import { action, JailStage } from "./stage.ts";

const A = "192.0.2.1";
const PROLONGING = [
  action("fw", { actionban: "fw ban <ip> <bantime>", actionprolong: "fw prolong <ip> <bantime>" }),
];
const GROWING = { ...newJailSettings("j1", "polling").increment, enabled: true };

test("who fails on while banned is banned for longer; actions hear of it before the old end, once", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ actions: PROLONGING });
  await jail.ban([A]);
  await stage.pass(100);
  stage.fail(A, 2);
  await stage.pass(5);
  stage.fail(A, 2);
  expect(await jail.ban([A])).toBe(0);
  expect(stage.takeRan()).toEqual([`fw ban ${A} 600`]);
  await stage.pass(6);
  expect(stage.takeRan()).toEqual([`fw prolong ${A} 705`]);
  await stage.pass(594);
  expect(stage.takeRan()).toEqual([]);
  await stage.pass(10);
  expect(stage.takeRan()).toEqual([`fw unban ${A}`]);
});

test("a ban that grew has its time from the begin, and actions hear of it when fail2ban would tell them", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ actions: PROLONGING, bantime: 8, increment: GROWING });
  await jail.ban([A]);
  await stage.pass(9);
  expect(stage.takeRan()).toEqual([`fw ban ${A} 8`, `fw unban ${A}`]);
  await jail.ban([A]);
  expect(stage.takeRan()).toEqual([`fw ban ${A} 16`]);
  await stage.pass(2.5);
  expect(stage.takeRan()).toEqual([]);
  await stage.pass(1);
  expect(stage.takeRan()).toEqual([`fw prolong ${A} 16`]);
});

test("whoever is let go meanwhile is not prolonged, nor is anybody once the jail stops", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ actions: PROLONGING });
  await jail.ban([A]);
  await stage.pass(1);
  await jail.ban([A]);
  await jail.unban([A]);
  await stage.pass(20);
  expect(stage.takeRan()).toEqual([`fw ban ${A} 600`, `fw unban ${A}`]);
  await jail.ban([A]);
  await stage.pass(1);
  await jail.ban([A]);
  await jail.stop();
  await stage.pass(20);
  expect(stage.takeRan()).toEqual([`fw ban ${A} 600`, `fw unban ${A}`, "fw stop"]);
});

test("without a command for it nothing is run again", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  await jail.ban([A]);
  await stage.pass(100);
  await jail.ban([A]);
  await stage.pass(20);
  expect(stage.takeRan()).toEqual([`fw ban ${A}`]);
});
