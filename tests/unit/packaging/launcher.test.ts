/**
 * Which program `bin/gaoler` runs: the bundle of a release, or in a working tree the sources unless the bundle was made of just these.
 * @module
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../store/store-fixture.ts";

const ROOT = join(import.meta.dirname, "../../..");
const BUNDLE = "dist/cli/main.js";
const SOURCE = "src/cli/main.ts";
/** When the bundle was made; files of a tree are older unless said otherwise. */
const BUILT = 1_000_000;

/** A package whose programs say which of them runs. */
function tree(files: readonly string[], younger: readonly string[]): string {
  const root = temporaryFolder();
  mkdirSync(join(root, "bin"));
  copyFileSync(join(ROOT, "bin/gaoler"), join(root, "bin/gaoler"));
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `console.log(${JSON.stringify(file)}, process.argv[2]);`);
  }
  for (const path of ["src", "src/cli", "scripts/bundle", ...files]) {
    if (!files.some((file) => file.startsWith(path))) continue;
    const time = path === BUNDLE ? BUILT : BUILT + (younger.includes(path) ? 1 : -1);
    utimesSync(join(root, path), time, time);
  }
  return root;
}

const WORKING_TREE = [
  SOURCE,
  "src/other.ts",
  "package-lock.json",
  "scripts/build.ts",
  "scripts/bundle/start.ts",
];

test.each<[string, readonly string[], readonly string[], string]>([
  ["a release has the bundle alone", [BUNDLE, "README.md"], ["README.md"], BUNDLE],
  ["a working tree without a bundle runs its sources", WORKING_TREE, [], SOURCE],
  ["a working tree runs the bundle of its sources", [BUNDLE, ...WORKING_TREE], [], BUNDLE],
  ["a source was edited since", [BUNDLE, ...WORKING_TREE], ["src/other.ts"], SOURCE],
  ["a source was removed since", [BUNDLE, ...WORKING_TREE], ["src"], SOURCE],
  ["another version of a dependency", [BUNDLE, ...WORKING_TREE], ["package-lock.json"], SOURCE],
  ["the build itself was edited", [BUNDLE, ...WORKING_TREE], ["scripts/build.ts"], SOURCE],
  ["what loads the bundle was edited", [BUNDLE, ...WORKING_TREE], ["scripts/bundle/start.ts"], SOURCE],
  ["what it is compared with is not there", [BUNDLE, SOURCE], [], SOURCE],
])("%s", (_, files, younger, expected) => {
  const said = execFileSync(join(tree(files, younger), "bin/gaoler"), ["word"], { encoding: "utf8" });
  expect(said).toBe(`${expected} word\n`);
});

test.each([
  ["server", true],
  ["run", true],
  ["client", false],
  ["regex", false],
])("the runtime is tuned to wait for a daemon alone: %s, %s", (face, isTuned) => {
  const root = tree([BUNDLE], []);
  const tells = "console.log(process.execArgv.join(' '), Object.keys(process.env).join(' '));";
  writeFileSync(join(root, BUNDLE), tells);
  const said = execFileSync(join(root, "bin/gaoler"), [face], { encoding: "utf8" });
  expect(said.includes("--max-semi-space-size=")).toBe(isTuned);
  expect(said.includes("MALLOC_MMAP_THRESHOLD_")).toBe(isTuned);
  expect(said.includes("MALLOC_ARENA_MAX")).toBe(isTuned);
});

test.each([
  ["regex", true],
  ["server", false],
  ["client", false],
])(
  "the runtime is tuned to be done soon for a trial alone, by flags under which ready code is taken: %s, %s",
  (face, isTuned) => {
    const root = tree([BUNDLE], []);
    const tells = `const { Script } = require("node:vm");
    const cachedData = Buffer.from(process.env.READY_CODE, "base64");
    console.log(process.execArgv.join(" "), new Script("(() => 1)()", { cachedData }).cachedDataRejected);`;
    writeFileSync(join(root, BUNDLE), tells);
    const make = `process.stdout.write(new (require("node:vm").Script)("(() => 1)()").createCachedData().toString("base64"))`;
    const runtime = join(ROOT, `node_modules/node-linux-${process.arch}/bin/node`);
    const READY_CODE = execFileSync(runtime, ["-e", make], { encoding: "utf8" });
    const env = { ...process.env, READY_CODE };
    const said = execFileSync(join(root, "bin/gaoler"), [face], { encoding: "utf8", env });
    expect(said.includes("--min-semi-space-size=")).toBe(isTuned);
    expect(said.trimEnd()).toMatch(/ false$/);
  },
);

test("a launcher that is named without its directory, and one that is led to by links, find their own package", () => {
  const root = tree([BUNDLE], []);
  symlinkSync("gaoler", join(root, "bin/link"));
  const outside = temporaryFolder();
  symlinkSync(join(root, "bin/link"), join(outside, "gaoler"));
  const said = (command: string, words: readonly string[], cwd: string): string =>
    execFileSync(command, words, { cwd, encoding: "utf8" });
  expect(said("sh", ["gaoler", "word"], join(root, "bin"))).toBe(`${BUNDLE} word\n`);
  expect(said("sh", ["link", "word"], join(root, "bin"))).toBe(`${BUNDLE} word\n`);
  expect(said(join(outside, "gaoler"), ["word"], outside)).toBe(`${BUNDLE} word\n`);
});
