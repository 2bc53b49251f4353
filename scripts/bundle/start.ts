/**
 * The first file of the bundle: loads the program.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Chunks } from "./chunks.ts";
import { codeDirectory } from "./code-place.ts";

const directory = import.meta.dirname;
const code = codeDirectory(directory);

function codeOf(name: string): Buffer | undefined {
  try {
    return readFileSync(join(code, name));
  } catch {
    // made for other runtimes, or under other flags
    return undefined;
  }
}

new Chunks({ directory, codeOf }).load("program.js");
