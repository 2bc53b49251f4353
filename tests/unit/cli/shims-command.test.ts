import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runShimsCommand } from "../../../src/cli/shims-command.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

const SHIPPED = join(import.meta.dirname, "../../../packaging/shims");
const NAMES = ["fail2ban-client", "fail2ban-regex", "fail2ban-server"];

/** A directory to install in, and a stand-in for gaoler that shows its words. */
function setUp() {
  const folder = temporaryFolder();
  const directory = join(folder, "bin");
  mkdirSync(directory);
  // a path that a careless script would break at
  const launcher = join(folder, "it's gaoler");
  writeFileSync(launcher, `#!/bin/sh\nprintf '[%s]' "$@"\n`);
  chmodSync(launcher, 0o755);
  let out = "";
  let err = "";
  const run = (...words: string[]): { code: number; out: string; err: string } => {
    [out, err] = ["", ""];
    const io = {
      sourceDirectory: SHIPPED,
      launcher,
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
    };
    return { code: runShimsCommand(words, io), out, err };
  };
  return { directory, run };
}

test("the shims that ship are for everybody to run and are what is installed", () => {
  expect(readdirSync(SHIPPED).sort()).toEqual(NAMES);
  for (const name of NAMES) expect(statSync(join(SHIPPED, name)).mode & 0o111).toBe(0o111);
});

test("each name calls gaoler's face of it, with its words as they are", () => {
  const { directory, run } = setUp();
  expect(run("install", directory)).toMatchObject({ code: 0, err: "" });
  for (const name of NAMES) {
    const said = execFileSync(join(directory, name), ["-s", "a b", "", "*"], { encoding: "utf8" });
    expect(said).toBe(`[${name.replace("fail2ban-", "")}][-s][a b][][*]`);
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o755);
  }
});

test("installed again they are written anew; removed they are gone, and nothing else is", () => {
  const { directory, run } = setUp();
  writeFileSync(join(directory, "other"), "");
  run("install", directory);
  expect(run("install", directory).code).toBe(0);
  expect(readdirSync(directory).sort()).toEqual([...NAMES, "other"]);
  expect(run("remove", directory)).toMatchObject({ code: 0, err: "" });
  expect(run("remove", directory)).toMatchObject({ code: 0, out: "" });
  expect(readdirSync(directory)).toEqual(["other"]);
});

test.each([
  ["a program of fail2ban", (path: string) => writeFileSync(path, "#!/usr/bin/python3\n")],
  ["a link", (path: string) => symlinkSync(join(SHIPPED, "fail2ban-regex"), path)],
  ["a link to nowhere", (path: string) => symlinkSync("/nowhere", path)],
  ["a directory", (path: string) => mkdirSync(path)],
])("%s in the way: nothing is written, and nothing of it is removed", (_, put) => {
  const { directory, run } = setUp();
  const path = join(directory, "fail2ban-regex");
  put(path);
  const refused = run("install", directory);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(path);
  expect(readdirSync(directory)).toEqual(["fail2ban-regex"]);
  expect(run("remove", directory)).toMatchObject({ code: 1, err: expect.stringContaining(path) });
  expect(readdirSync(directory)).toEqual(["fail2ban-regex"]);
});

test("ours beside a strange one: removing takes ours alone", () => {
  const { directory, run } = setUp();
  run("install", directory);
  writeFileSync(join(directory, "fail2ban-client"), "mine\n");
  expect(run("remove", directory).code).toBe(1);
  expect(readdirSync(directory)).toEqual(["fail2ban-client"]);
  expect(readFileSync(join(directory, "fail2ban-client"), "utf8")).toBe("mine\n");
});

test.each([
  ["no words", [], 2],
  ["no directory named", ["install"], 2],
  ["a word too many", ["install", "/tmp", "x"], 2],
  ["another verb", ["list", "/tmp"], 2],
  ["a directory that is not there", ["install", "/nowhere/at/all"], 1],
  ["a file", ["remove", join(SHIPPED, "fail2ban-client")], 1],
])("%s: exit code says so, and so does a line", (_, words, code) => {
  const said = setUp().run(...words);
  expect(said.code).toBe(code);
  expect(said.err).toMatch(
    code === 2 ? /^gaoler shims: .+; gaoler shims --help says more\n$/ : /^gaoler: .+\n$/,
  );
  expect(existsSync("/nowhere")).toBe(false);
});

test.each([
  ["/nowhere/at/all", "there is no directory /nowhere/at/all; take one that"],
  [join(SHIPPED, "fail2ban-client"), "fail2ban-client is no directory; take one that"],
  ["/proc/self", "/proc/self: "],
])("%s will not do: said in words, not in the system's", (directory, said) => {
  const { code, out, err } = setUp().run("install", directory);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain(said);
  expect(err).not.toMatch(/\bE[A-Z]{3,}|\b(?:stat|open)\b/);
});

test.each(["--help", "-h"])("%s: the usage, as the answer to a question", (word) => {
  const usage = expect.stringMatching(/^Usage: gaoler shims install DIR/);
  expect(setUp().run(word)).toEqual({ code: 0, out: usage, err: "" });
});
