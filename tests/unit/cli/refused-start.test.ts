/** What somebody sees who starts a server in the foreground where another one has the socket meanwhile. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { temporaryFolder } from "../store/store-fixture.ts";

const LAUNCHER = join(import.meta.dirname, "../../../bin/gaoler");
const REASON = "Could not start server: Fail2ban seems to be already running";

test.each([
  ["a file", "log"],
  ["stderr", "STDERR"],
])("with the log in %s it is told on stderr, once, with exit code 255", async (_, logtarget) => {
  const folder = temporaryFolder();
  const [socket, target] = [join(folder, "s"), logtarget === "log" ? join(folder, "log") : logtarget];
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(socket, resolve));
  const places = ["-s", socket, "-p", join(folder, "p"), "--logtarget", target];
  // as the client starts it: whether a server answers was asked before
  const words = ["server", "--async", "-f", ...places, "--loglevel", "INFO", "--syslogsocket", "auto"];
  const child = spawn(LAUNCHER, words, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const said = await text(child.stderr);
  expect(await ended).toBe(255);
  expect(said.split(REASON)).toHaveLength(2);
  if (logtarget === "log") expect(readFileSync(target, "utf8")).toContain(REASON);
  await new Promise((resolve) => other.close(resolve));
});
