/**
 * `set J del…` on a jail's settings.
 * @module
 */
import { expect, test } from "vitest";
import { applyCommand, newJailSettings } from "../../../src/config/apply-command.ts";
import { ConfigMistake } from "../../../src/config/findings.ts";
import type { JailSettings, StreamWord } from "../../../src/config/settings.ts";

const set = (settings: JailSettings, ...words: StreamWord[]): JailSettings => {
  const changed = applyCommand(settings, { words: ["set", "j", ...words] });
  if (changed instanceof ConfigMistake) throw changed;
  return changed;
};

function filled(): JailSettings {
  let settings = newJailSettings("j", "polling");
  const commands: readonly (readonly StreamWord[])[] = [
    ["addignoreip", "10.0.0.0/8", "2001:db8::1", "name.example"],
    ["addlogpath", "/a.log", "head"],
    ["addlogpath", "/b.log", "tail"],
    ["addfailregex", "^a <HOST>"],
    ["addfailregex", "^b <HOST>"],
    ["addignoreregex", "^c"],
    ["addjournalmatch", "A=1", "B=2"],
    ["addjournalmatch", "C=3"],
    ["addaction", "one"],
    ["addaction", "two"],
  ];
  for (const words of commands) settings = set(settings, ...words);
  return settings;
}

test("delignoreip takes an entry out, in any spelling of the address", () => {
  expect(set(filled(), "delignoreip", "2001:DB8:0::1").ignoreip).toEqual(["10.0.0.0/8", "name.example"]);
});

test("delignoreip of an absent entry is a mistake in Python's words", () => {
  expect(() => set(filled(), "delignoreip", "192.0.2.1")).toThrow("list.remove(x): x not in list");
});

test("dellogpath takes a path out", () => {
  expect(set(filled(), "dellogpath", "/a.log").logpaths.map(({ pattern }) => pattern)).toEqual(["/b.log"]);
});

test.each([
  { index: "0", left: ["^b <HOST>"] },
  { index: "1", left: ["^a <HOST>"] },
  { index: "7", left: ["^a <HOST>", "^b <HOST>"] },
  { index: "-1", left: ["^a <HOST>", "^b <HOST>"] },
])("delfailregex $index leaves $left", ({ index, left }) => {
  expect(set(filled(), "delfailregex", index).failregex.map(({ value }) => value)).toEqual(left);
});

test("delfailregex needs a number", () => {
  expect(() => set(filled(), "delfailregex", "x")).toThrow("invalid literal for int()");
});

test("delignoreregex, deljournalmatch and delaction take theirs out", () => {
  expect(set(filled(), "delignoreregex", "0").ignoreregex).toEqual([]);
  expect(set(filled(), "deljournalmatch", "A=1", "B=2").journalmatch).toEqual([["C=3"]]);
  expect(set(filled(), "deljournalmatch").journalmatch).toEqual([]);
  expect(set(filled(), "delaction", "one").actions.map(({ name }) => name)).toEqual(["two"]);
});
