import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { availableBackends, findProgram, hostNames, isIpv6Allowed } from "../../../src/daemon/machine.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

test("a program is found in the first directory of the path that has it and may run it", () => {
  const folder = temporaryFolder();
  const directories = ["a", "b", "c"].map((name) => join(folder, name));
  for (const directory of directories) {
    mkdirSync(directory);
    writeFileSync(join(directory, "tool-of-a-test"), "");
  }
  const [a = "", b = "", c = ""] = directories;
  chmodSync(join(b, "tool-of-a-test"), 0o755);
  chmodSync(join(c, "tool-of-a-test"), 0o755);
  expect(findProgram("tool-of-a-test", `:${a}:${b}:${c}`)).toBe(join(b, "tool-of-a-test"));
  expect(findProgram("tool-of-a-test", a)).toBeUndefined();
  expect(findProgram("tool-of-a-test", "")).toBeUndefined();
});

test("files can always be read", () => {
  expect(availableBackends()).toMatchObject({ polling: true, pyinotify: process.platform === "linux" });
});

test.each([
  ["yes", true],
  [" ON ", true],
  ["1", true],
  ["no", false],
  ["0", false],
  ["whatever", false],
])("allowipv6 = %j is %s", (setting, allowed) => {
  expect(isIpv6Allowed(setting)).toBe(allowed);
});

test("allowipv6 = auto has an answer on every machine", () => {
  expect(typeof isIpv6Allowed("auto")).toBe("boolean");
});

test("the short name of the host has no dot, and the full one begins with it", () => {
  const { full, short } = hostNames();
  expect(short).not.toContain(".");
  expect(short).not.toBe("");
  expect(full.length).toBeGreaterThanOrEqual(short.length);
});
