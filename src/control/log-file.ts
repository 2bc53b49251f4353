/**
 * Whether a log that a client names can be read at all. Files of the configuration may come later and are waited for; somebody who
 * types a path wants to hear at once that it is wrong (B§2.3).
 * @module
 */
import { access, constants, stat } from "node:fs/promises";
import { CommandError } from "./command-error.ts";

/** Python's names for what the system says. */
const FAILURES: Readonly<Record<string, readonly [className: string, number: number, text: string]>> = {
  ENOENT: ["FileNotFoundError", 2, "No such file or directory"],
  EACCES: ["PermissionError", 13, "Permission denied"],
  ENOTDIR: ["NotADirectoryError", 20, "Not a directory"],
  EISDIR: ["IsADirectoryError", 21, "Is a directory"],
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

function refusal(code: string, path: string): CommandError {
  const [className, number, text] = FAILURES[code] ?? ["OSError", 5, code];
  return new CommandError(`builtins.${className}`, [number, text, path]);
}

/**
 * Looks at a log's path. Patterns are not looked at: what they stand for may come later.
 *
 * @throws {CommandError} `[Errno 2] No such file or directory: 'F'` and the like
 */
export async function checkLogFile(path: string): Promise<void> {
  if (/[*?[]/.test(path)) return;
  let isDirectory: boolean;
  try {
    await access(path, constants.R_OK);
    isDirectory = (await stat(path)).isDirectory();
  } catch (error) {
    throw refusal(codeOf(error), path);
  }
  if (isDirectory) throw refusal("EISDIR", path);
}
