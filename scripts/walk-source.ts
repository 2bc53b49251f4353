/**
 * Compiles assembly/walk.ts and says what src/scan/walk-module.ts must hold.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const SOURCE = join(import.meta.dirname, "../assembly/walk.ts");

const OPTIONS = [
  "walk.ts",
  "--outFile",
  "walk.wasm",
  "-O3",
  "--noAssert",
  ...["--runtime", "stub"],
  ...["--enable", "simd"],
  ...["--use", "abort="],
  // five pages of 64 KiB: what walk-memory.ts lays out, and a first piece of the table
  ...["--initialMemory", "5"],
];

/** Characters of base64 in a line. */
const LINE_LENGTH = 100;

/** The text of src/scan/walk-module.ts, as it follows from the source of the walk. */
export async function walkModuleText(): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(OPTIONS, {
    readFile: (name) => (name === "walk.ts" ? readFileSync(SOURCE, "utf8") : null),
    writeFile: (name, contents) => {
      if (name === "walk.wasm" && typeof contents !== "string") binary = contents;
    },
    listFiles: () => null,
  });
  if (error !== null || binary === undefined)
    throw new Error(`assembly/walk.ts does not compile:\n${stderr.toString()}`);
  const base64 = Buffer.from(binary).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return `/**
 * The byte walk as WebAssembly. Generated from assembly/walk.ts by \`npm run build:scan\`; do not edit.
 * @module
 */

/** The module's bytes as base64. */
export const WALK_BASE64 =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}
