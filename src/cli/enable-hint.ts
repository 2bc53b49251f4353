/**
 * What somebody is told whose configuration enables no jail: the very lines to write, and where.
 * @module
 */
import { join, resolve } from "node:path";
import type { ConfigPlace } from "./config-place.ts";

/** Lines for people, without indent; nobody writes to the configuration that ships with gaoler. */
export function enableHint({ directory, isStock }: ConfigPlace): readonly string[] {
  const place = isStock ? "/etc/gaoler" : resolve(directory);
  return [
    "No jail is enabled, so nothing is watched. To guard SSH,",
    `add these lines to ${join(place, "jail.local")}`,
    "and start gaoler again:",
    "",
    "    [sshd]",
    "    enabled = true",
    "",
    "The other jails are in jail.conf, enabled the same way.",
  ];
}
