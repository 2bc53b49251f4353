/**
 * Compiles what stands in assembly/ and says what the modules of src/scan/ that are made of it must hold.
 * @module
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import asc from "assemblyscript/asc";

const ROOT = join(import.meta.dirname, "..");

interface ScanModule {
  /** of its source in assembly/, and of the constant that holds it */
  readonly name: string;
  /** further sources that give something out */
  readonly others?: readonly string[];
  readonly what: string;
  /** pages of 64 KiB that its memory begins with */
  readonly pages: number;
  readonly maxPages?: number;
}

/** The modules, in the order of the alphabet. */
export const SCAN_MODULES: readonly ScanModule[] = [
  // never grows: pages that nobody writes to cost nothing, and views on them stay good
  {
    name: "captures",
    others: ["line-batch", "plain-lines"],
    what: "search by rows",
    pages: 92,
    maxPages: 92,
  },
  // what walk-memory.ts lays out, and a first piece of the table
  { name: "walk", what: "byte walk", pages: 5 },
];

/** Characters of base64 in a line. */
const LINE_LENGTH = 100;

/** The file of a module. */
export const scanModulePath = ({ name }: ScanModule): string => join(ROOT, `src/scan/${name}-module.ts`);

/** The text of a file of assembly/; the compiler looks for others, too. */
function readSource(file: string): string | null {
  try {
    return readFileSync(join(ROOT, "assembly", file), "utf8");
  } catch {
    return null;
  }
}

/** The text of that file, as it follows from the source. */
export async function scanModuleText({
  name,
  others = [],
  what,
  pages,
  maxPages,
}: ScanModule): Promise<string> {
  const options = [
    ...[name, ...others].map((source) => `${source}.ts`),
    ...["--outFile", `${name}.wasm`],
    "-O3",
    "--noAssert",
    ...["--runtime", "stub"],
    ...["--enable", "simd"],
    ...["--use", "abort="],
    ...["--initialMemory", `${pages}`],
    ...(maxPages === undefined ? [] : ["--maximumMemory", `${maxPages}`]),
  ];
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(options, {
    readFile: (file) => readSource(basename(file)),
    writeFile: (file, contents) => {
      if (file === `${name}.wasm` && typeof contents !== "string") binary = contents;
    },
    listFiles: () => null,
  });
  if (error !== null || binary === undefined)
    throw new Error(`assembly/${name}.ts does not compile:\n${stderr.toString()}`);
  const base64 = Buffer.from(binary).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return `/**
 * The ${what} as WebAssembly. Generated from assembly/${name}.ts by \`npm run build:scan\`; do not edit.
 * @module
 */

/** The module's bytes as base64. */
export const ${name.toUpperCase()}_BASE64 =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}
