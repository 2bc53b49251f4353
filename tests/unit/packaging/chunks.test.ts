/**
 * How the parts of the bundle are loaded.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "node:vm";
import { expect, test } from "vitest";
import { Chunks } from "../../../scripts/bundle/chunks.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

/** A bundle of these parts. */
function bundle(parts: Readonly<Record<string, string>>): string {
  const directory = temporaryFolder();
  for (const [name, text] of Object.entries(parts)) writeFileSync(join(directory, name), text);
  return directory;
}

const without = (): undefined => undefined;

test("a part runs once, and gets what other parts export", () => {
  const directory = bundle({
    "a.js":
      'const b = require("./b.js"); const again = require("./b.js"); exports.sum = b.one + 1; exports.same = b === again;',
    "b.js":
      'globalThis.chunkRuns = (globalThis.chunkRuns ?? 0) + 1; Object.defineProperty(exports, "one", { enumerable: true, get: () => 1 });',
  });
  const chunks = new Chunks({ directory, isPatient: false, codeOf: without });
  expect(chunks.load("a.js")).toEqual({ sum: 2, same: true });
  expect(chunks.load("a.js")).toBe(chunks.load("a.js"));
  expect(Reflect.get(globalThis, "chunkRuns")).toBe(1);
});

test("parts know where they are", () => {
  const directory = bundle({ "a.js": "exports.file = __filename; exports.directory = __dirname;" });
  expect(new Chunks({ directory, isPatient: false, codeOf: without }).load("a.js")).toEqual({
    file: join(directory, "a.js"),
    directory,
  });
});

test("Node's modules are loaded when they are asked for something", () => {
  const directory = bundle({
    "a.js":
      'let tls = require("node:_nothing"); let path = require("node:path"); exports.base = () => tls.base; exports.sep = path.sep; exports.Url = () => require("node:url").URL;',
  });
  const part = new Chunks({ directory, isPatient: false, codeOf: without }).load("a.js");
  expect(Reflect.get(part, "sep")).toBe("/");
  expect(Reflect.get(part, "Url")()).toBe(URL);
  expect(Reflect.get(part, "base")).toThrow("there is no module node:_nothing");
  const patient = new Chunks({ directory, isPatient: true, codeOf: without });
  expect(() => patient.load("a.js")).toThrow("there is no module node:_nothing");
});

test("code that was kept is used, and code that does not fit is left out", () => {
  /** Loads a part that says its number; V8 remembers texts itself, so each has another one. */
  const load = (number: number, code?: Buffer) => {
    const scripts: Script[] = [];
    const chunks = new Chunks({
      directory: bundle({ "a.js": `exports.number = () => ${number};` }),
      isPatient: false,
      codeOf: () => code,
      loaded: (_, script) => scripts.push(script),
    });
    const said: unknown = Reflect.get(chunks.load("a.js"), "number")();
    const [script] = scripts;
    return { said, isRejected: script?.cachedDataRejected, code: script?.createCachedData() };
  };
  const { code, ...first } = load(11);
  expect(first).toEqual({ said: 11, isRejected: undefined });
  // V8 compares lengths alone: the build writes both together
  expect(load(22, code)).toMatchObject({ said: 11, isRejected: false });
  expect(load(333, code)).toMatchObject({ said: 333, isRejected: true });
  expect(load(44, Buffer.from("no code"))).toMatchObject({ said: 44, isRejected: true });
});
