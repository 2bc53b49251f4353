/**
 * The version of this gaoler, as its package says.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_DIRECTORY } from "./own-place.ts";

/** gaoler's own version. */
export function ownVersion(): string {
  const text = readFileSync(join(PACKAGE_DIRECTORY, "package.json"), "utf8");
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? "unknown";
}
