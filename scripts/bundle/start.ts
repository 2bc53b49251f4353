/**
 * The first file of the bundle: loads the program.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Chunks } from "./chunks.ts";
import { codeDirectory, faceOf } from "./code-place.ts";

const directory = import.meta.dirname;
const face = faceOf(process.argv[2]);
const code = codeDirectory(directory, face);

function codeOf(name: string): Buffer | undefined {
  try {
    return readFileSync(join(code, name));
  } catch {
    // made for other runtimes
    return undefined;
  }
}

new Chunks({ directory, isPatient: face === "server", codeOf }).load("program.js");
