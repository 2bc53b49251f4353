/**
 * A configuration file that exists in memory only, laid over the real ones.
 * @module
 */
import { join } from "node:path";
import type { ConfigFiles } from "../config/config-files.ts";

/** A view of the files with one more in it: a `.local` file of a `.d` directory. */
export function withFile(files: ConfigFiles, path: string, text: string): ConfigFiles {
  return {
    ...files,
    readText: (other) => (other === path ? { text } : files.readText(other)),
    kind: (other) => (other === path ? "file" : files.kind(other)),
    glob: (pattern) => {
      const found = files.glob(pattern);
      return pattern === join(path, "..", "*.local") ? [...found, path] : found;
    },
  };
}
