/**
 * Which of the stock paths files fits this machine: the one of its distribution, by what /etc/os-release says of it and its relatives.
 * @module
 */
import { join } from "node:path";
import type { ConfigFiles } from "../config/config-files.ts";

/** Both places of the file, in the order in which they count. */
const RELEASE_FILES = ["/etc/os-release", "/usr/lib/os-release"];

/** Names in `ID` and `ID_LIKE`, and the paths file for them. Debian's is what `jail.conf` reads by itself. */
const FAMILIES: readonly (readonly [id: RegExp, paths: string])[] = [
  [/^(?:debian|ubuntu)$/, "paths-debian.conf"],
  [/^(?:fedora|rhel|centos)$/, "paths-fedora.conf"],
  [/^arch$/, "paths-arch.conf"],
  [/^(?:suse|opensuse.*|sle[sd]?)$/, "paths-opensuse.conf"],
];

export interface DistributionPaths {
  /** as the machine calls itself */
  readonly name: string;
  /** absolute path of the paths file */
  readonly file: string;
}

/** The value of an assignment in os-release, without its quotes. */
function assigned(text: string, key: string): string {
  const [, value = ""] = new RegExp(`^${key}=(.*)$`, "m").exec(text) ?? [];
  return value.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** `undefined`: the machine does not say what it is, or has no file of its own. */
export function distributionPaths(files: ConfigFiles, stockDir: string): DistributionPaths | undefined {
  const content = RELEASE_FILES.map((path) => files.readText(path)).find((found) => found !== undefined);
  if (content === undefined || !("text" in content)) return undefined;
  const ids = [assigned(content.text, "ID"), ...assigned(content.text, "ID_LIKE").split(" ")];
  const paths = ids.flatMap((id) => FAMILIES.find(([known]) => known.test(id))?.[1] ?? []).at(0);
  if (paths === undefined) return undefined;
  const file = join(stockDir, paths);
  if (files.kind(file) !== "file") return undefined;
  return { name: assigned(content.text, "NAME") || (ids[0] ?? ""), file };
}
