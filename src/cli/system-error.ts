/**
 * What the system says of a file or a socket, in the words of Python.
 * @module
 */
import { getSystemErrorMessage } from "node:util";

/**
 * `[Errno 13] Permission denied: 'PATH'`, the path where one is given.
 *
 * @returns `undefined`: it is no error of the system
 */
export function systemErrorText(error: unknown, path?: string): string | undefined {
  if (!(error instanceof Error && "errno" in error && typeof error.errno === "number")) return undefined;
  const reason = getSystemErrorMessage(error.errno);
  const place = path === undefined ? "" : `: '${path}'`;
  return `[Errno ${-error.errno}] ${reason.charAt(0).toUpperCase()}${reason.slice(1)}${place}`;
}
