/**
 * Runs the program of a bundle as its first file does, and keeps the code that V8 made of what was run: `record.ts DIRECTORY WORD…`.
 * Each run adds to what is kept already.
 * @module
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import v8 from "node:v8";
import type { Script } from "node:vm";
import { Chunks } from "./chunks.ts";
import { codeDirectory, faceOf } from "./code-place.ts";

const [runtime = "", , directory = "", ...words] = process.argv;
const face = faceOf(words[0]);
const code = codeDirectory(directory, face);
const scripts = new Map<string, Script>();

function codeOf(name: string): Buffer | undefined {
  try {
    return readFileSync(join(code, name));
  } catch {
    // the first run
    return undefined;
  }
}

// V8 takes code made under the same flags only, and when its parts are loaded the program has set none yet
v8.setFlagsFromString = () => undefined;
process.on("exit", () => {
  mkdirSync(code, { recursive: true });
  // a server keeps what it writes to itself
  chmodSync(code, 0o755);
  for (const [name, script] of scripts) {
    writeFileSync(join(code, name), script.createCachedData());
    chmodSync(join(code, name), 0o644);
  }
});
process.argv = [runtime, join(directory, "main.js"), ...words];
const chunks = new Chunks({
  directory,
  isPatient: face === "server",
  codeOf,
  loaded: (name, script) => scripts.set(name, script),
});
chunks.load("program.js");
