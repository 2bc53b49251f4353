/**
 * Gets a package of Debian through apt and unpacks it into a cache; nothing is installed.
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./program.ts";

const DOWNLOAD_MS = 300_000;

/**
 * The folder with the unpacked package; downloads it where the cache has none.
 *
 * @param holds a file of the package that shows that it is there, such as `usr/bin/rg`
 * @returns `undefined` where there is no apt, or it has no such package
 */
export async function unpackedPackage(
  cache: string,
  name: string,
  holds: string,
  progress: (text: string) => void,
): Promise<string | undefined> {
  const unpacked = join(cache, name);
  const isUnpacked = (): boolean => existsSync(join(unpacked, holds));
  if (isUnpacked()) return unpacked;
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/usr/bin/dpkg")) return undefined;
  progress(`downloading Debian's package ${name}`);
  mkdirSync(cache, { recursive: true });
  const download = mkdtempSync(join(cache, "download-"));
  try {
    await runProgram("/usr/bin/apt-get", ["download", "-qq", name], {
      cwd: download,
      timeoutMs: DOWNLOAD_MS,
    });
    const [archive] = readdirSync(download).filter((file) => file.endsWith(".deb"));
    if (archive === undefined) return undefined;
    const tree = join(download, "tree");
    const { code } = await runProgram("/usr/bin/dpkg", ["-x", join(download, archive), tree]);
    if (code !== 0) return undefined;
    // whole or not at all: two runs may do this at the same time
    if (!isUnpacked()) {
      rmSync(unpacked, { recursive: true, force: true });
      renameSync(tree, unpacked);
    }
    return unpacked;
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}
