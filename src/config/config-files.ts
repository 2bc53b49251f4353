/**
 * What the configuration needs of the file system, as a port. Knows no file system.
 * @module
 */

/** Content of a file, or why it cannot be had; `undefined` where there is no such file. */
export type FileContent =
  | { readonly text: string }
  | { readonly error: string; readonly undecodable?: boolean }
  | undefined;

export type PathKind = "file" | "directory" | "dangling" | undefined;

export interface ConfigFiles {
  /** The whole file as UTF-8, strictly; a byte order mark stays in the text. */
  readText(path: string): FileContent;
  /** Paths that match a glob (`*`, `?`, `[…]`; leading dots and `**` are nothing special), in directory order; dangling links too. */
  glob(pattern: string): readonly string[];
  /** What the path leads to, links followed; `dangling`: a link to nothing. */
  kind(path: string): PathKind;
  /** The path made absolute by the process's directory, `.` and `..` removed. */
  resolve(path: string): string;
}
