/**
 * A directory that has overrides only: gaoler's own files stand below them.
 * @module
 */
import { expect, test } from "vitest";
import { loadConfiguration } from "../../../src/config/load.ts";
import { daemonStreamOf } from "../../../src/config/stream.ts";
import { memoryFiles } from "./memory-files.ts";

const STOCK = {
  "/stock/fail2ban.conf": "[Definition]\nloglevel = INFO\n",
  "/stock/jail.conf":
    "[INCLUDES]\nbefore = paths.conf\n[DEFAULT]\nmaxretry = 5\nbantime = 10m\n[sshd]\nlogpath = %(sshd_log)s\n",
  "/stock/paths.conf": "[DEFAULT]\nsshd_log = /log/auth.log\n",
  "/stock/filter.d/sshd.conf": "[Definition]\nfailregex = ^x <HOST>$\n",
};
const OVERRIDES = { "/c/jail.local": "[sshd]\nenabled = true\nfilter = sshd\nmaxretry = 2\n" };

test("jail.conf and fail2ban.conf of stock stand below a jail.local without them, with a notice", () => {
  const files = memoryFiles({ ...STOCK, ...OVERRIDES });
  const loaded = loadConfiguration({ files, baseDir: "/c", stockDir: "/stock" });
  expect(loaded.fatal).toBeUndefined();
  const words = loaded.jails.flatMap(({ commands }) => commands.map((command) => command.words));
  expect(words).toContainEqual(["set", "sshd", "maxretry", 2]);
  expect(words).toContainEqual(["set", "sshd", "bantime", "10m"]);
  const notices = loaded.diagnostics.filter(({ severity }) => severity === "notice");
  expect(notices.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["there is no fail2ban.conf in /c", "there is no jail.conf in /c"]),
  );
});

test("for fail2ban's face they are missing", () => {
  const loaded = loadConfiguration({ files: memoryFiles({ ...STOCK, ...OVERRIDES }), baseDir: "/c" });
  expect(loaded.fatal).toBe("Read fail2ban configuration failed.");
});

test("a jail.conf of the directory's own keeps stock's out", () => {
  const files = memoryFiles({
    ...STOCK,
    ...OVERRIDES,
    "/c/jail.conf": "[DEFAULT]\nbantime = 1h\n",
    "/c/fail2ban.conf": "[Definition]\n",
  });
  const { jails } = loadConfiguration({ files, baseDir: "/c", stockDir: "/stock" });
  const words = jails.flatMap(({ commands }) => commands.map((command) => command.words));
  expect(words).toContainEqual(["set", "sshd", "bantime", "1h"]);
});

test("the daemon's stream carries globs, before the actions, though no file is there yet", () => {
  const files = memoryFiles({
    ...STOCK,
    "/stock/action.d/a.conf": "[Definition]\nactionban = true\n",
    "/c/jail.local": "[sshd]\nenabled = true\nfilter = sshd\nlogpath = /log/*.log\naction = a\n",
  });
  const loaded = loadConfiguration({ files, baseDir: "/c", stockDir: "/stock" });
  const words = daemonStreamOf(loaded).map((command) => command.words);
  const path = words.findIndex(([, , option, value]) => option === "addlogpath" && value === "/log/*.log");
  const action = words.findIndex(([, , option]) => option === "addaction");
  expect(path).toBeGreaterThan(0);
  expect(path).toBeLessThan(action);
});
