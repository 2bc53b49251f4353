/**
 * `npm run build`: bundles the program for a release into dist/. What a command does not need it does not load: each face is a
 * chunk of its own, and so is a dependency that is imported when it is needed. Names stay readable, for stack traces.
 *
 * The first chunk carries the time at which the build began, and `bin/gaoler` runs the bundle in a working tree only while nothing
 * it was made from is younger.
 * @module
 */
import { renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const ROOT = join(import.meta.dirname, "..");
/** As deep as `src/cli`: what ships beside the programs is found from both by the same path. */
const PROGRAMS = "cli";

/**
 * What a command of a client loads, and what a server loads besides: a file costs more to find than to read. The face that is asked for stays
 * a chunk of its own, and the entry, whose end the faces would wait for, may be in no group.
 */
const GROUPS = [
  { name: "client", test: /\/src\/(?:cli\/(?:compat|config-place)|control|config|base|address|exec)/ },
  { name: "server", test: /\/src\/(?!cli\/|lint\/)/ },
] as const;

/** Bundles the program into a directory that is there as a whole or not at all. */
async function build(directory: string): Promise<void> {
  const began = new Date();
  const fresh = `${directory}.${process.pid}.new`;
  const stale = `${directory}.${process.pid}.old`;
  const bundle = await rolldown({
    cwd: ROOT,
    input: { main: join(ROOT, "src/cli/main.ts") },
    platform: "node",
    tsconfig: false,
    onLog: (level, log) => {
      throw new Error(`${level}: ${log.message}`);
    },
  });
  try {
    await bundle.write({
      dir: join(fresh, PROGRAMS),
      // the same names in every build: a daemon that was upgraded under its feet still finds what it has not loaded yet
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
      comments: false,
      codeSplitting: { groups: [...GROUPS] },
    });
    utimesSync(join(fresh, PROGRAMS, "main.js"), began, began);
    if (statSync(directory, { throwIfNoEntry: false }) !== undefined) renameSync(directory, stale);
    renameSync(fresh, directory);
  } finally {
    await bundle.close();
    for (const left of [fresh, stale]) rmSync(left, { recursive: true, force: true });
  }
}

await build(join(ROOT, "dist"));
