/**
 * `npm run build`: bundles the program for a release into dist/. What a command does not need it does not load: each face is a
 * chunk of its own, and so is a dependency that is imported when it is needed. Names stay readable, for stack traces. Beside them lies
 * the code that V8 makes of what every start runs.
 *
 * The first chunk carries the time at which the build began, and `bin/gaoler` runs the bundle in a working tree only while nothing
 * it was made from is younger.
 * @module
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type OutputOptions, rolldown } from "rolldown";
import { recordCode } from "./bundle/recording.ts";

const ROOT = join(import.meta.dirname, "..");
/** As deep as `src/cli`: what ships beside the programs is found from both by the same path. */
const PROGRAMS = "cli";

/**
 * What a command of a client loads, what a trial of a filter loads besides, and what a server loads besides that: a file costs more to
 * find than to read. The face that is asked for stays a chunk of its own, and the entry, whose end the faces would wait for, may be in no
 * group.
 */
const GROUPS = [
  { name: "client", test: /\/src\/(?:cli\/(?:compat|config-place)|control|config|base|address|exec)/ },
  { name: "filter", test: /\/src\/(?:regex|date|filter|scan|backend|dns|action)\// },
  { name: "server", test: /\/src\/(?!cli\/|lint\/)/ },
] as const;

/** Writes an entry and all that it needs. */
async function bundle(input: Record<string, string>, output: OutputOptions): Promise<void> {
  const made = await rolldown({
    cwd: ROOT,
    input,
    platform: "node",
    tsconfig: false,
    onLog: (level, log) => {
      throw new Error(`${level}: ${log.message}`);
    },
  });
  try {
    await made.write({
      format: "cjs",
      // the same names in every build: a daemon that was upgraded under its feet still finds what it has not loaded yet
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
      comments: false,
      ...output,
    });
  } finally {
    await made.close();
  }
}

/** Any other character would make V8 hold the whole text with two bytes for each. */
function spellOut(directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll(/[^\0-\x7f]/g, escaped));
  }
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Bundles the program into a directory that is there as a whole or not at all. */
async function build(directory: string): Promise<void> {
  const began = new Date();
  const fresh = `${directory}.${process.pid}.new`;
  const stale = `${directory}.${process.pid}.old`;
  const programs = join(fresh, PROGRAMS);
  try {
    await bundle(
      { program: join(ROOT, "src/cli/main.ts") },
      { dir: programs, codeSplitting: { groups: [...GROUPS] } },
    );
    await bundle({ main: join(ROOT, "scripts/bundle/start.ts") }, { dir: programs });
    // a thread loads what it needs and nothing else of the server
    await bundle({ "detection-worker": join(ROOT, "src/detect/worker/entry.ts") }, { dir: programs });
    spellOut(programs);
    writeFileSync(join(fresh, "package.json"), `{ "type": "commonjs" }\n`);
    await recordCode(programs);
    utimesSync(join(programs, "main.js"), began, began);
    if (statSync(directory, { throwIfNoEntry: false }) !== undefined) renameSync(directory, stale);
    renameSync(fresh, directory);
  } finally {
    for (const left of [fresh, stale]) rmSync(left, { recursive: true, force: true });
  }
}

await build(join(ROOT, "dist"));
