/**
 * Globs of `logpath` as Python's `glob` takes them (A§1.9): `*`, `?`, `[…]` within one name, `**` is no recursion, names that
 * begin with a dot need a dot. Knows nothing of what the files are.
 * @module
 */
import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasGlobCharacters, matchesGlobName } from "../base/glob-name.ts";

/** Most paths that one glob gives; further ones are left out and said. */
export const MAX_GLOB_PATHS = 10_000;

/** What a glob leads to now, and the directories in which a new match would appear. */
export interface GlobResult {
  readonly paths: readonly string[];
  readonly directories: readonly string[];
  /** more matched than {@link MAX_GLOB_PATHS} */
  readonly isCut: boolean;
}

/** Expands a glob, names sorted. What cannot be read matches nothing. A path without wildcards gives itself. */
export async function expandGlob(pattern: string): Promise<GlobResult> {
  if (!hasGlobCharacters(pattern)) return { paths: [pattern], directories: [dirname(pattern)], isCut: false };
  const directories = new Set<string>();
  const parts = pattern.split("/").filter((part, index) => part !== "" || index === 0);
  let found: string[] = [parts[0] === "" ? "/" : "."];
  let isCut = false;
  for (const [index, part] of parts.entries()) {
    if (index === 0 && part === "") continue;
    const isLast = index === parts.length - 1;
    const next: string[] = [];
    for (const directory of found) {
      if (hasGlobCharacters(part)) {
        directories.add(directory);
        for (const name of await namesIn(directory)) {
          if (matchesGlobName(part, name)) next.push(join(directory, name));
        }
      } else {
        const path = join(directory, part);
        if (isLast) directories.add(directory);
        if (!isLast || (await exists(path))) next.push(path);
      }
    }
    isCut ||= next.length > MAX_GLOB_PATHS;
    found = next.slice(0, MAX_GLOB_PATHS);
  }
  return { paths: found, directories: [...directories], isCut };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch {
    // not there, not readable or no directory: today nothing matches below it
    return [];
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
