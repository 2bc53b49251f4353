/**
 * A file system of the tests: a map from path to text.
 * @module
 */
import { matchesGlobName } from "../../../src/base/glob-name.ts";
import type { ConfigFiles } from "../../../src/config/config-files.ts";
import { type LoadedConfiguration, type LoadOptions, loadConfiguration } from "../../../src/config/load.ts";
import { streamOf } from "../../../src/config/stream.ts";

/** A server configuration without surprises, so that tests show the jails alone. */
const SERVER = "[Definition]\nloglevel = INFO\n";

/** Files by absolute path; directories are what has something below it. */
export function memoryFiles(files: Readonly<Record<string, string>>): ConfigFiles {
  const paths = Object.keys(files);
  const resolve = (path: string): string =>
    new URL(`file://${path.startsWith("/") ? "" : "/cwd/"}${path}`).pathname;
  return {
    readText: (path) => {
      const text = files[path];
      return text === undefined ? undefined : { text };
    },
    kind: (path) => {
      if (files[path] !== undefined) return "file";
      return paths.some((other) => other.startsWith(`${path}/`)) ? "directory" : undefined;
    },
    glob: (pattern) => {
      const parts = pattern.split("/");
      return paths.filter((path) => {
        const names = path.split("/");
        return (
          names.length === parts.length && parts.every((part, at) => matchesGlobName(part, names[at] ?? ""))
        );
      });
    },
    resolve,
  };
}

/** Loads a configuration given as files below `/c`. */
export function loadFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): LoadedConfiguration {
  const all: Record<string, string> = { "/c/fail2ban.conf": SERVER };
  for (const [path, text] of Object.entries(files)) all[path.startsWith("/") ? path : `/c/${path}`] = text;
  return loadConfiguration({ files: memoryFiles(all), baseDir: "/c", ...options });
}

/** The words that a command of the stream sets, by jail and option; several of one option one after the other. */
export function wordsOf(loaded: LoadedConfiguration, jail: string, option: string): readonly unknown[] {
  return streamOf(loaded)
    .filter(({ words }) => words[1] === jail && words[2] === option)
    .map(({ words }) => (words.length === 4 ? words[3] : words.slice(3)));
}
