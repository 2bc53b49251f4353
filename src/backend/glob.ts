/**
 * Globs of `logpath` as Python's `glob` takes them (A§1.9): `*`, `?`, `[…]` within one name, `**` is no recursion, names that
 * begin with a dot need a dot. Knows nothing of what the files are.
 * @module
 */
import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Most paths that one glob gives; further ones are left out and said. */
export const MAX_GLOB_PATHS = 10_000;

/** What a glob leads to now, and the directories in which a new match would appear. */
export interface GlobResult {
  readonly paths: readonly string[];
  readonly directories: readonly string[];
  /** more matched than {@link MAX_GLOB_PATHS} */
  readonly isCut: boolean;
}

/** Whether a path has glob characters. */
export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Expands a glob, names sorted. What cannot be read matches nothing. A path without wildcards gives itself. */
export async function expandGlob(pattern: string): Promise<GlobResult> {
  if (!hasWildcard(pattern)) return { paths: [pattern], directories: [dirname(pattern)], isCut: false };
  const directories = new Set<string>();
  const parts = pattern.split("/").filter((part, index) => part !== "" || index === 0);
  let found: string[] = [parts[0] === "" ? "/" : "."];
  let isCut = false;
  for (const [index, part] of parts.entries()) {
    if (index === 0 && part === "") continue;
    const isLast = index === parts.length - 1;
    const next: string[] = [];
    for (const directory of found) {
      if (hasWildcard(part)) {
        directories.add(directory);
        for (const name of await namesIn(directory)) {
          if (matchesName(part, name)) next.push(join(directory, name));
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

type Step = "star" | ((character: string) => boolean);

/** The steps of one name's pattern; an opening bracket without its end is a plain character. */
function stepsOf(pattern: string): Step[] {
  const steps: Step[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") {
      if (steps.at(-1) !== "star") steps.push("star");
    } else if (character === "?") {
      steps.push(() => true);
    } else {
      // the first member may itself be a closing bracket
      const negated = characters[at + 1] === "!";
      const first = at + (negated ? 2 : 1);
      const end = character === "[" ? characters.indexOf("]", first + 1) : -1;
      if (end < 0) {
        steps.push((other) => other === character);
      } else {
        const members = characters.slice(first, end);
        steps.push((other) => isMember(members, other) !== negated);
        at = end;
      }
    }
  }
  return steps;
}

function isMember(members: readonly string[], character: string): boolean {
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? "";
    const to = members[at + 2];
    if (members[at + 1] === "-" && to !== undefined) {
      if (from <= character && character <= to) return true;
      at += 2;
    } else if (from === character) return true;
  }
  return false;
}

/** Whether a file name matches a pattern without slashes; at most pattern × name steps. */
export function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const steps = stepsOf(pattern);
  const characters = [...name];
  let step = 0;
  let at = 0;
  // the last star and where its text ends so far: only that one has to be tried again
  let starStep = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = steps[step];
    if (current === "star") {
      starStep = step++;
      starAt = at;
    } else if (current?.(characters[at] ?? "") === true) {
      step++;
      at++;
    } else if (starStep >= 0) {
      step = starStep + 1;
      at = ++starAt;
    } else return false;
  }
  while (steps[step] === "star") step++;
  return step === steps.length;
}
