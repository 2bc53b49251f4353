/**
 * The file system as the configuration sees it. Every failure becomes a value; nothing throws.
 * @module
 */
import { lstatSync, opendirSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { hasGlobCharacters, matchesGlobName } from "../base/glob-name.ts";
import type { ConfigFiles, FileContent, PathKind } from "../config/config-files.ts";

/** Largest file read, bytes; configuration files are far below. */
const MAX_FILE_BYTES = 16 << 20;
/** Most paths that one glob gives. */
const MAX_GLOB_PATHS = 10_000;

// `ignoreBOM` keeps a byte order mark in the text, where the reader reports it
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown";

function readText(path: string): FileContent {
  let bytes: Uint8Array;
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) return { error: `larger than ${MAX_FILE_BYTES} bytes` };
    bytes = readFileSync(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return {
      error: code === "EISDIR" ? "it is a directory" : code === "EACCES" ? "permission denied" : code,
    };
  }
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    return { error: "it is not UTF-8", undecodable: true };
  }
}

function kind(path: string): PathKind {
  try {
    return statSync(path).isDirectory() ? "directory" : "file";
  } catch {
    try {
      lstatSync(path);
      return "dangling";
    } catch {
      return undefined;
    }
  }
}

/** Names in directory order, as Python's `scandir` gives them; unlike `readdir` of Node, which sorts. */
function namesIn(directory: string): string[] {
  const names: string[] = [];
  try {
    const handle = opendirSync(directory);
    try {
      for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) names.push(entry.name);
    } finally {
      handle.closeSync();
    }
  } catch {
    // not there, not readable or no directory: nothing matches below it
  }
  return names;
}

function glob(pattern: string): readonly string[] {
  if (!hasGlobCharacters(pattern)) return kind(pattern) === undefined ? [] : [pattern];
  const parts = pattern.split("/");
  let found: string[] = [""];
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const next: string[] = [];
    for (const before of found) {
      const prefix = index === 0 ? "" : `${before}/`;
      if (hasGlobCharacters(part)) {
        for (const name of namesIn(prefix === "" ? "." : prefix)) {
          if (matchesGlobName(part, name)) next.push(prefix + name);
        }
      } else if (!isLast || kind(prefix + part) !== undefined) next.push(prefix + part);
    }
    found = next.slice(0, MAX_GLOB_PATHS);
  }
  return found;
}

/** Configuration files of this machine. */
export const nodeConfigFiles: ConfigFiles = { readText, glob, kind, resolve: (path) => resolve(path) };
