/**
 * Where the configuration is: what was asked for, else /etc/gaoler, else /etc/fail2ban, else the stock tree that ships with gaoler.
 * @module
 */
import { join } from "node:path";
import type { ConfigFiles } from "../config/config-files.ts";
import { PACKAGE_DIRECTORY } from "./own-place.ts";

/** The tree that ships with gaoler. */
export const STOCK_DIRECTORY = join(PACKAGE_DIRECTORY, "stock");

/** Looked at in this order; the second is fail2ban's own place. */
const PLACES = ["/etc/gaoler", "/etc/fail2ban"];

export interface ConfigPlace {
  readonly directory: string;
  readonly isStock: boolean;
}

/** Finds the configuration directory; a given one is taken as it is. */
export function findConfiguration(files: ConfigFiles, given?: string): ConfigPlace {
  const directory = given ?? PLACES.find((place) => hasJails(files, place)) ?? STOCK_DIRECTORY;
  return { directory, isStock: files.resolve(directory) === files.resolve(STOCK_DIRECTORY) };
}

/** A directory without jails (left over by a package that is gone) is not taken for a configuration. */
function hasJails(files: ConfigFiles, directory: string): boolean {
  return ["jail.conf", "jail.local"].some((name) => files.kind(join(directory, name)) === "file");
}
