import { expect, test } from "vitest";
import { findConfiguration, STOCK_DIRECTORY } from "../../../src/cli/config-place.ts";
import { memoryFiles } from "../config/memory-files.ts";

const GAOLER = "/etc/gaoler/jail.local";
const FAIL2BAN = "/etc/fail2ban/jail.conf";

test.each<[string, Record<string, string>, string]>([
  ["gaoler's own place comes first", { [GAOLER]: "", [FAIL2BAN]: "" }, "/etc/gaoler"],
  ["then fail2ban's", { [FAIL2BAN]: "" }, "/etc/fail2ban"],
  ["a place without jails is none", { "/etc/gaoler/fail2ban.conf": "", [FAIL2BAN]: "" }, "/etc/fail2ban"],
  ["without any, the stock tree", {}, STOCK_DIRECTORY],
])("%s", (_, files, directory) => {
  const isStock = directory === STOCK_DIRECTORY;
  expect(findConfiguration(memoryFiles(files))).toEqual({ directory, isStock });
});

test("what is asked for is taken as it is, there or not", () => {
  const files = memoryFiles({ [GAOLER]: "" });
  expect(findConfiguration(files, "/nowhere")).toEqual({ directory: "/nowhere", isStock: false });
  expect(findConfiguration(files, `${STOCK_DIRECTORY}/../stock`).isStock).toBe(true);
});
