import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheFolder, findOracle } from "../../parity/oracle-package.ts";

test("downloads are kept in the user's cache folder", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/var/cache/me" })).toBe("/var/cache/me/gaoler/parity");
  expect(cacheFolder({ XDG_CACHE_HOME: "relative" })).toMatch(/\/\.cache\/gaoler\/parity$/);
  expect(cacheFolder({})).toMatch(/\/\.cache\/gaoler\/parity$/);
});

test("a directory without the package is said to have none", async () => {
  const found = await findOracle({ GAOLER_ORACLE: join(import.meta.dirname, "none") }, () => {});
  expect(found).toMatchObject({ missing: expect.stringMatching(/no fail2ban package in|no .*python3/) });
});
