/**
 * Runs the program of a bundle as its first file does, and keeps the code that V8 made of what was run: `record.ts DIRECTORY WORD…`.
 * Each run adds to what is kept already.
 * @module
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "node:vm";
import { Chunks } from "./chunks.ts";
import { codeDirectory } from "./code-place.ts";

const [runtime = "", , directory = "", ...words] = process.argv;
const code = codeDirectory(directory);
const scripts = new Map<string, Script>();

function codeOf(name: string): Buffer | undefined {
  try {
    return readFileSync(join(code, name));
  } catch {
    // the first run
    return undefined;
  }
}

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
  codeOf,
  loaded: (name, script) => scripts.set(name, script),
});
chunks.load("program.js");
