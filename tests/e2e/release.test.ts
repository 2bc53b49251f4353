/**
 * What `npm pack` makes is the product: unpacked anywhere, with nothing beside it but the runtime, it bans.
 * @module
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnBench } from "./describe-on-bench.ts";

const ROOT = join(import.meta.dirname, "../..");
const RUNTIME = `node-linux-${process.arch}`;
/** Parts of a working tree that are no sources. */
const NOT_COPIED: ReadonlySet<string> = new Set(["node_modules", ".git", ".cache", "dist", "coverage"]);

/** Makes a program tell of each part that it loads whether V8 took the code that was kept of it. */
const TELLS_OF_CODE = `
const { appendFileSync } = require("node:fs");
const { basename } = require("node:path");
const vm = require("node:vm");
const { Script } = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    const code = options.cachedData === undefined ? "none" : this.cachedDataRejected ? "refused" : "taken";
    appendFileSync(process.env.CODE_SAID, basename(options.filename) + " " + code + "\\n");
  }
};
`;

/** Builds and packs a copy of this tree. @returns the unpacked package */
function unpackedRelease(folder: string): string {
  const copy = join(folder, "tree");
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  run(process.execPath, "scripts/build.ts");
  const pack = run("npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", folder).trim();
  execFileSync("tar", ["-xzf", join(folder, pack), "-C", folder]);
  const release = join(folder, "package");
  mkdirSync(join(release, "node_modules"));
  symlinkSync(join(ROOT, "node_modules", RUNTIME), join(release, "node_modules", RUNTIME));
  return release;
}

describeOnBench("a release", (bench) => {
  let folder = "";
  let launcher = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gaoler-release-"));
    launcher = join(unpackedRelease(folder), "bin/gaoler");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("carries the bundle and no sources, and each face is there", async () => {
    expect(existsSync(join(folder, "package/src"))).toBe(false);
    expect(readdirSync(join(folder, "package/dist/cli"))).toContain("main.js");
    const ownVersion = execFileSync(launcher, ["--version"], { encoding: "utf8" });
    expect(ownVersion).toMatch(/^gaoler \d+\.\d+\.\d+\n$/);
    const faces = [
      ["client", "--version"],
      ["server", "--version"],
      ["regex", "--version"],
      ["test-filters", "sshd"],
      ["lint", join(folder, "package/stock")],
      ["doctor", "--help"],
    ];
    for (const words of faces) {
      const { code, stderr } = await bench.world.run(launcher, words);
      expect([words, code, stderr]).toEqual([words, 0, ""]);
    }
  });

  test("starts with the code that the build has kept: V8 takes it under the launcher's options", async () => {
    const [hook, said] = [join(folder, "hook.cjs"), join(folder, "said")];
    writeFileSync(hook, TELLS_OF_CODE);
    const faces = [
      { words: ["client", "ping"], part: "client.js" },
      { words: ["ping"], part: "own-command.js" },
      { words: ["regex", "x", "<HOST>"], part: "regex-command.js" },
      { words: ["server", "-t"], part: "server.js" },
    ];
    for (const { words, part } of faces) {
      rmSync(said, { force: true });
      await bench.world.run(launcher, words, { NODE_OPTIONS: `--require ${hook}`, CODE_SAID: said });
      const parts = readFileSync(said, "utf8").trimEnd().split("\n");
      expect([words, parts]).toEqual([words, expect.arrayContaining(["program.js taken", `${part} taken`])]);
      expect(parts.filter((one) => !one.endsWith(" taken"))).toEqual([]);
    }
  });

  test("bans and lets go in the kernel, and finds its own stock", async () => {
    bench.jails("[load]\nenabled = true\n");
    // what a configuration lacks comes from the tree that ships
    bench.world.shSync("rm -r /etc/fail2ban/action.d");
    const guard = bench.startAs(launcher, "run");
    await guard.untilSaid("Ctrl-C ends", 20_000);
    expect(guard.said).toContain("1 of 1 jails run");
    bench.attack("198.18.0.1");
    await bench.untilRule("198.18.0.1");
    const { stdout } = await bench.world.run(launcher, ["client", "get", "load", "banip"]);
    expect(stdout).toBe("198.18.0.1\n");
    expect((await guard.end("INT")).code).toBe(0);
    expect(bench.rules()).not.toContain("198.18.0.1");
  });
});
