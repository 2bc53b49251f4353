import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { showsUnicode, systemCompatIo } from "../../../src/cli/compat-system-io.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-io-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.each([
  [{}, true],
  [{ LANG: "C" }, true],
  [{ LANG: "de_DE.UTF-8" }, true],
  [{ LANG: "en_US.utf8" }, true],
  [{ LANG: "en_US.ISO-8859-1" }, false],
  [{ LANG: "en_US.UTF-8", LC_ALL: "de_DE@euro" }, false],
  [{ LC_CTYPE: "C.UTF-8", LANG: "de_DE" }, true],
])("in the locale %j box characters can be shown: %s", (environment, expected) => {
  expect(showsUnicode(environment)).toBe(expected);
});

test("a spawned server runs in its own session, in the root directory", async () => {
  const file = join(directory, "out");
  const script = `{ pwd; echo "$@"; ps -o sid= -p $$; echo $$; } > '${file}'; exit 3`;
  const io = systemCompatIo({
    program: "fail2ban-client",
    serverCommand: ["/bin/sh", "-c", script, "sh"],
    configDirectory: directory,
  });
  expect(await io.spawnServer(["--async", "-b"])).toBe(3);
  const [where, args, session, pid] = readFileSync(file, "utf8").split("\n");
  expect([where, args]).toEqual(["/", "--async -b"]);
  expect(session?.trim()).toBe(pid);
});

test("a server that cannot be started is an error", async () => {
  const io = systemCompatIo({
    program: "fail2ban-client",
    serverCommand: [join(directory, "none")],
    configDirectory: directory,
  });
  await expect(io.spawnServer([])).rejects.toMatchObject({ code: "ENOENT" });
});
